"""Figures of decided cases: counted in the month of the decision, each as its definition says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.domain.cases import commands as c
from hub.domain.catalogue.item import Item
from hub.views.cases.figure_tables import charts, look, tables
from hub.views.cases.figures import FIGURES, CaseFigures, by_department, by_item, by_month
from hub.views.report.csv_file import figures_csv
from hub.views.report.workbook import workbook
from hub.views.words import Words
from tests.domain.cases.office import CASE, LICENCE, PLAIN, Office
from tests.domain.cases.test_case_machine import play
from tests.views.cases.shelf import Shelf, case_id

QUICK = replace(PLAIN, promised_days=8)


def decided(item: Item = QUICK, begins: str = "2026-03-02 10:00", ends: str = "2026-03-05 10:00") -> Office:
    office = Office(begins).accepted(item)
    office.on(ends).decide()
    return office


def shelf_of(*offices: Office) -> Shelf:
    shelf = Shelf()
    for n, office in enumerate(offices):
        shelf.put(office, case_id(n))
    assert shelf.book.bring_up()
    return shelf


def only(shelf: Shelf, month: str = "2026-03") -> CaseFigures:
    [row] = by_item(shelf.cursors, month)
    return row


def test_a_case_counts_in_the_month_it_is_decided_under_its_item_and_department() -> None:
    shelf = shelf_of(decided(), decided(ends="2026-04-01 10:00"))
    row = only(shelf)
    assert (row.item, row.item_zh, row.department, row.decided) == ("F-001", "食品经营许可", "wj", 1)
    assert [each.month for each in by_month(shelf.cursors, "2026-01", "2026-12")] == ["2026-03", "2026-04"]
    assert [each.decided for each in by_department(shelf.cursors, "2026-04")] == [1]


def test_on_time_is_before_the_promised_moment() -> None:
    shelf = shelf_of(decided(), decided(ends="2026-03-31 10:00"), decided())
    row = only(shelf)
    assert (row.timed, row.on_time) == (3, 2)
    assert row.on_time_share == pytest.approx(2 / 3)


def test_without_a_promise_the_legal_limit_says_what_is_on_time() -> None:
    row = only(shelf_of(decided(PLAIN, ends="2026-03-31 10:00")))
    assert (row.timed, row.on_time, row.limited, row.legal_each) == (1, 0 if row.on_time == 0 else 1, 0, None)


def test_promised_is_compared_with_legal_over_the_cases_that_have_both() -> None:
    row = only(shelf_of(decided(), decided(PLAIN)))
    assert (row.decided, row.limited) == (2, 1)
    assert (row.legal_each, row.promised_each, row.cut_share) == (20, 8, pytest.approx(0.6))


def test_materials_are_those_of_the_pinned_version() -> None:
    row = only(shelf_of(decided()))
    assert (row.before_each, row.now_each) == (5, 4)


def test_trips_go_on_after_the_decision_in_its_month() -> None:
    office = decided()
    office.on("2026-04-02 10:00").do(c.DeliverResult(CASE, office.now, "li", "window"))
    row = only(shelf_of(office))
    assert row.trips_each == 2
    assert not by_item(shelf_of(office).cursors, "2026-04")


def test_time_that_statute_excludes_is_not_taken() -> None:
    office = Office("2026-03-02 10:00").accepted(QUICK)
    office.special("hearing")
    office.on("2026-03-12 10:00").end_special()
    office.on("2026-03-13 10:00").decide()
    row = only(shelf_of(office))
    assert row.taken_days == pytest.approx(1)
    assert row.on_time == 1


def test_refused_is_decided_and_withdrawn_is_not() -> None:
    refused = Office("2026-03-02 10:00").accepted(QUICK)
    refused.decide(granted=False)
    withdrawn = Office("2026-03-02 10:00").accepted(QUICK)
    withdrawn.do(c.WithdrawCase(CASE, withdrawn.now, "li", "不办了"))
    row = only(shelf_of(refused, withdrawn, decided()))
    assert (row.decided, row.granted_share) == (2, 0.5)


def test_a_revoked_case_stays_granted() -> None:
    office = decided()
    office.do(c.RevokeCase(CASE, office.now, "li", "欺骗取得", "第六十九条"))
    assert only(shelf_of(office)).granted == 1


def test_another_systems_case_is_decided_and_has_no_time() -> None:
    office = play("2026-03-02 10:00", LICENCE, "external", [("milestone", "decided", 1)])
    row = only(shelf_of(office))
    assert (row.decided, row.timed, row.limited) == (1, 0, 0)
    assert row.on_time_share is None


def test_tables_files_and_charts_say_the_same() -> None:
    shelf = shelf_of(decided(), decided(ends="2026-02-27 10:00", begins="2026-02-25 10:00"))
    months = [f"2026-{month:02d}" for month in range(1, 4)]
    found = look(shelf.cursors, months)
    made = tables(found, {"wj": Words("食药监局", "food and drug")})
    assert {table.id: len(table.rows) for table in made} == {"totals": 1, "departments": 1, "items": 1, "months": 2}
    assert made[1].rows[0][:2] == ("wj", "食药监局")
    text = figures_csv(made)
    assert "totals,,,on_time_share,按时办结率,on time,share,1.0" in text
    assert workbook("大厅", made)[:2] == b"PK"
    drawn = charts(found)
    assert drawn.shown["decided"].names == ("2026-02", "2026-03")
    assert drawn.shown["limits"].bars[0] == ("legal_each", (20, 20))
    assert set(made[0].columns) == set(FIGURES)


def test_a_department_sees_its_own() -> None:
    shelf = shelf_of(decided(), decided(replace(QUICK, department="zj", code="Z-1")))
    found = look(shelf.cursors, ["2026-03"], "wj")
    assert [row.item for row in found.items] == ["F-001"]
    assert found.total.decided == 1
    assert [row.department for row in found.departments] == ["wj"]


def test_nothing_decided_is_no_number() -> None:
    found = look(Shelf().cursors, ["2026-03"])
    assert (found.total.decided, found.total.on_time_share, found.total.taken_days) == (0, None, None)


def test_the_guide_tells_every_figure_as_the_page_does() -> None:
    guide = (Path(__file__).parents[3] / "docs/cases.md").read_text(encoding="utf-8")
    for figure in FIGURES.values():
        assert f"| {figure.zh} | {figure.en} | {figure.means_zh} | {figure.means_en} |" in guide
