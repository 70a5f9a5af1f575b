"""What the demo says of its cases is what their log says, and what failed is said plainly."""

from __future__ import annotations

from dataclasses import replace

from hub.demo.casework.judged import Judged, as_lines, failed, judge, judged
from hub.demo.casework.ledger import Ledger, Progress
from hub.demo.casework.stories import DEEMED, PROMISED, STORIES
from hub.domain.cases import commands as c
from tests.domain.cases.office import CASE, PLAIN, Office
from tests.views.cases.shelf import Shelf

SHOWN = Judged("promised", "承诺", "promised", "c" * 32, "DC1", "某事项", "已送达 delivered", shown=True)


def shelved(office: Office) -> tuple[Shelf, str]:
    shelf = Shelf()
    shelf.put(office)
    [stream] = shelf.log.streams("case/")
    return shelf, stream.removeprefix("case/")


def test_a_case_shows_its_kind_when_its_events_came_in_that_order() -> None:
    office = Office().accepted(PLAIN)
    office.decide()
    office.do(c.DeliverResult(CASE, office.now, "li", "window", window="116"))
    shelf, case = shelved(office)
    story = replace(PROMISED, shows=("case-opened", "case-accepted", "case-decided", "result-delivered"))
    [row] = judged(
        [story], Ledger("2026-11-23", {"promised": Progress(case, "n", "clerk-1", 0)}), shelf.log, shelf.codec
    )
    assert (row.shown, row.state, row.outlet) == (True, "已送达 delivered", "116")
    late = judge(replace(story, shows=("case-decided", "case-accepted")), case, _entries(shelf, case), shelf.codec, [])
    assert (late.shown, late.lacks) == (False, "case-accepted")


def test_deemed_acceptance_that_no_clock_made_is_not_shown() -> None:
    shelf, case = shelved(Office().accepted(PLAIN))
    story = replace(DEEMED, shows=("case-accepted",))
    assert not judge(story, case, _entries(shelf, case), shelf.codec, []).shown


def test_what_failed_is_said_with_the_hubs_own_words_and_is_a_failure() -> None:
    broken = replace(SHOWN, shown=False, lacks="case-decided", trouble="accept: 409 materials-missing: 材料不齐")
    said = as_lines([broken], "http://hall")
    assert "! 承诺 promised: 没有办成 it failed: accept: 409 materials-missing: 材料不齐" in said
    assert "http://hall/cases/" + "c" * 32 in said
    assert failed([SHOWN, broken])


def test_what_nobody_came_for_or_did_not_end_is_said_and_is_no_failure() -> None:
    late = replace(SHOWN, shown=False, lacks="case-decided")
    nobody = judged(STORIES[:1], Ledger("2026-11-23"), Shelf().log, Shelf().codec)
    said = as_lines([late, *nobody], "http://hall")
    assert "到日终还没有 not by the end of the day: case-decided" in said
    assert "没有人来办 nobody came for it" in said
    assert not failed([late, *nobody])


def _entries(shelf: Shelf, case: str):
    return list(shelf.log.read_stream(f"case/{case}"))
