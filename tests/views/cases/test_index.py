"""The index is the log, folded: whatever happens to a case, its row, its tasks and its figures say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.cases import commands as c
from hub.domain.cases import review_commands as rc
from hub.domain.cases.events import MaterialsSupplied
from hub.domain.cases.timers import next_at
from hub.domain.hall.planning import business_day
from hub.domain.refusals import Refused
from hub.log.entry import Batch, Draft
from hub.views.cases import stored, tally
from hub.views.cases.folded import Folded, fold, todos
from hub.views.cases.stored import COLUMNS
from tests.domain.cases.office import CASE, EXTERNAL, JOINT, LICENCE, PLAIN, Office
from tests.domain.cases.test_case_machine import ITEMS, PRELUDES, beginnings, play, scripts
from tests.domain.hall.halls import DEFAULT
from tests.views.cases.shelf import Shelf, case_id


def day_of(at: int) -> str:
    return business_day(DEFAULT, at)


def columns(shelf: Shelf, case: str = CASE) -> dict[str, object]:
    row = shelf.cursors.read(f"SELECT {', '.join(COLUMNS)} FROM cases WHERE id = ?", (case,))[0]
    return dict(zip(COLUMNS, row, strict=True))


def tasks(shelf: Shelf) -> list[tuple[object, ...]]:
    return [tuple(row) for row in shelf.cursors.read("SELECT * FROM case_task ORDER BY seq, kind, department, step")]


@given(st.lists(st.tuples(beginnings, st.sampled_from(ITEMS), st.sampled_from(PRELUDES), scripts), max_size=3))
@settings(max_examples=80, deadline=None)
def test_the_index_equals_the_fold_of_the_log(stories: list[tuple[str, object, str, list[tuple[object, ...]]]]) -> None:
    shelf = Shelf()
    whole: list[tuple[str, Office]] = []
    for n, (when, item, prelude, script) in enumerate(stories):
        office = play(when, item, prelude, script)  # type: ignore[arg-type]
        shelf.put(office, case_id(n), events=office.told[: len(office.told) // 2])
        assert shelf.book.bring_up()
        shelf.put(office, case_id(n), events=office.told[len(office.told) // 2 :])
        whole.append((case_id(n), office))
    assert shelf.book.bring_up()
    assert not shelf.cursors.parked()
    sums: dict[tally.Key, list[int]] = {}
    expected: list[tuple[object, ...]] = []
    for id, office in whole:
        folded = Folded()
        for event in office.told:
            fold(folded, event, day_of)  # type: ignore[arg-type]
        folded.case = office.case  # nothing that a list shows was left out of the index's own fold
        assert tuple(columns(shelf, id).values()) == stored.values_of(id, folded)
        row = shelf.book.one(id)
        assert row is not None
        assert (row.state, row.number, row.outcome) == (office.case.state, office.case.number, office.case.outcome)
        expected += [stored.task_values(row.seq, todo) for todo in todos(office.case)]
        if counted := tally.tally_of(folded, day_of):
            old = sums.setdefault(counted[0], [0] * len(counted[1]))
            sums[counted[0]] = [a + b for a, b in zip(old, counted[1], strict=True)]
    assert tasks(shelf) == sorted(expected, key=lambda each: each[:4])
    kept = {tuple(row[:3]): list(row[3:]) for row in shelf.cursors.read("SELECT * FROM case_tally")}
    assert {key: row for key, row in kept.items() if any(row)} == sums


def test_an_index_that_begins_anew_is_the_same() -> None:
    office = Office().accepted()
    shelf = Shelf()
    shelf.put(office)
    assert shelf.book.bring_up()
    before = columns(shelf), tasks(shelf)
    shelf.book.index.version += 1
    shelf.put(office, case_id(7))
    assert shelf.book.bring_up()
    assert columns(shelf) == before[0]
    assert shelf.book.one(case_id(7)) is not None


def test_a_draft_has_no_number_and_is_somebodys() -> None:
    office = Office()
    office.open(LICENCE, receive=False, clerk="li", ticket="7" * 32, ticket_number="C012", ticket_day="2026-03-02")
    shelf = Shelf()
    shelf.put(office)
    assert shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert (row.number, row.state, row.clerk, row.ticket_number) == ("", "draft", "li", "C012")
    assert [each.id for each in shelf.book.of_ticket("7" * 32)] == [CASE]
    assert [each.id for each in shelf.book.mine("li", office.now).rows] == [CASE]
    assert not shelf.book.mine("li", office.now + 1).rows
    assert shelf.book.numbered("") is None


def test_the_row_names_the_clock_that_is_due_next_and_the_legal_and_promised_days() -> None:
    office = Office().accepted()
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert (row.clock, row.due) == ("step:first", office.due("step:first"))
    assert (row.legal_due, row.promised_due) == (office.due("legal"), office.due("promised"))
    assert next_at(office.case) == columns(shelf)["next_at"]


def test_a_stopped_clock_has_no_due_day_and_its_tasks_lie_apart() -> None:
    office = Office().accepted()
    office.special("hearing")
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert (row.stopped, row.legal_due, row.special) == (True, "", "hearing")
    assert not shelf.book.inbox("wj").rows
    assert [task.kind for task in shelf.book.inbox("wj", stopped=True).rows] == ["special", "step"]
    office.end_special()
    shelf.put(office, events=office.told[-1:])
    shelf.book.bring_up()
    assert [task.step for task in shelf.book.inbox("wj").rows] == ["first"]


def test_an_on_site_check_stops_nothing_and_both_things_are_to_do() -> None:
    office = Office().accepted()
    office.special("on-site")
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    assert [task.kind for task in shelf.book.inbox("wj").rows] == ["special", "step"]


def test_the_end_of_the_route_leads_to_the_department_that_decides() -> None:
    office = Office().accepted()
    for step in ("first", "last"):
        office.opine(step)
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    [task] = shelf.book.inbox("wj").rows
    assert (task.kind, task.step) == ("decide", "")
    office.decide()
    shelf.put(office, events=office.told[-1:])
    shelf.book.bring_up()
    assert not shelf.book.inbox("wj").rows


def test_what_several_steps_sent_back_is_the_lead_departments_to_merge() -> None:
    office = Office().accepted(JOINT)
    shelf = Shelf()
    for step, department in (("build", "zj"), ("fire", "xf"), ("air", "rf")):
        office.opine(step, "return", department, defects=(c.Defect("form", "缺盖章"),))
    shelf.put(office)
    shelf.book.bring_up()
    assert [task.kind for task in shelf.book.inbox("zj").rows] == ["correct"]
    assert not shelf.book.inbox("xf").rows
    office.correct(department="zj")
    shelf.put(office, events=office.told[-1:])
    shelf.book.bring_up()
    assert not shelf.book.inbox("zj").rows


def test_claimed_steps_are_found_by_who_claimed_them() -> None:
    office = Office().accepted()
    office.do(rc.ClaimStep(CASE, office.day, office.now, "wang", "wj", "first"))
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    [task] = shelf.book.claimed("wang").rows
    assert (task.case.id, task.step, task.step_zh, task.by) == (CASE, "first", "初审", "wang")
    assert not shelf.book.claimed("").rows


def test_days_in_the_hall_are_counted_once_each() -> None:
    office = Office("2026-03-02 10:00")
    office.open(PLAIN)
    office.supply("form", "id", "lease", "photo")
    office.on("2026-03-04 10:00").supply("lease")
    office.accept()
    office.on("2026-03-05 10:00").decide()
    office.on("2026-03-06 10:00").do(c.DeliverResult(CASE, office.now, "li", "courier"))
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert row.trips == 2


def test_what_is_uploaded_from_home_is_no_trip() -> None:
    office = Office()
    office.open(PLAIN, channel="online")
    office.do(c.SupplyMaterials(CASE, office.now, "net", (c.Supply("form", "0" * 64, origin="upload"),)))
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert row.trips == 0


def test_a_case_of_another_system_has_its_number_and_no_clock() -> None:
    office = play("2026-02-10 10:00", EXTERNAL, "external", [])
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert (row.external, row.state, row.clock, row.due_at) == ("SB-77", "received", "", None)


def test_an_entry_that_cannot_be_read_is_parked_and_the_case_goes_on() -> None:
    office = Office().accepted()
    shelf = Shelf()
    shelf.put(office)
    shelf.versions[f"case/{CASE}"] += 1
    draft = Draft(f"case/{CASE}", shelf.versions[f"case/{CASE}"], "case-mystified", 0, "x", b"c" * 16, b"{}")
    shelf.log.append(Batch([draft], [], [], 0))
    office.opine("first")
    shelf.put(office, events=[each for each in office.told[-2:] if not isinstance(each, MaterialsSupplied)])
    assert shelf.book.bring_up()
    assert [each.position for each in shelf.cursors.parked()] == [shelf.log.head().position - 2]
    assert [task.step for task in shelf.book.inbox("wj").rows] == ["last"]


def test_nothing_personal_is_in_the_index() -> None:
    office = Office().accepted()
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    written: Sequence[tuple[object, ...]] = [
        tuple(row)
        for table in ("cases", "case_fold", "case_item", "case_task")
        for row in shelf.cursors.read(f"SELECT * FROM {table}")
    ]
    for secret in ("张三", "110101199003078515", "13800001111"):
        assert not any(
            secret in (value.decode() if isinstance(value, bytes) and b"{" in value else str(value))
            for row in written
            for value in row
        )


def test_an_item_is_kept_once_and_by_its_content() -> None:
    shelf = Shelf()
    for n, item in enumerate((LICENCE, LICENCE, replace(LICENCE, promised_days=9))):
        office = Office()
        office.open(item)
        shelf.put(office, case_id(n))
    shelf.book.bring_up()
    assert shelf.cursors.read("SELECT count(*) FROM case_item")[0][0] == 2


def test_a_refused_act_leaves_nothing() -> None:
    office = Office().accepted()
    with pytest.raises(Refused):
        office.decide()
    shelf = Shelf()
    shelf.put(office)
    shelf.book.bring_up()
    row = shelf.book.one(CASE)
    assert row is not None
    assert row.decided_at is None
