"""Lists of cases: every question finds what the rows say, each case once over all pages, by its index alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.domain.cases import review_commands as rc
from hub.domain.hall.planning import business_day_after
from hub.views.cases import lists
from hub.views.cases.book import CaseBook
from hub.views.cases.rows import CaseRow, Page, Search, Task, light_of, said
from tests.domain.cases.office import CASE, JOINT, LICENCE, PLAIN, Office
from tests.views.cases.shelf import Shelf, case_id, person

NOW = "2026-03-10 10:00"


def offices() -> list[Office]:
    """One of each kind that lists tell apart."""
    draft = Office("2026-03-09 09:00")
    draft.open(receive=False, clerk="li")
    received = Office("2026-03-04 09:10")
    received.open(PLAIN, clerk="li")
    late = Office("2026-02-09 09:00").accepted()
    near = Office("2026-03-03 09:00").accepted()
    fresh = Office("2026-03-09 10:00").accepted(JOINT)
    claimed = Office("2026-03-05 10:00").accepted()
    claimed.do(rc.ClaimStep(CASE, claimed.day, claimed.now, "wang", "wj", "first"))
    stopped = Office("2026-03-05 11:00").accepted()
    stopped.special()
    decided = Office("2026-03-05 12:00").accepted(PLAIN)
    decided.decide()
    return [draft, received, late, near, fresh, claimed, stopped, decided]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(Path(tmp_path_factory.mktemp("cases")) / "views.db")
    kinds = offices()
    for n in range(96):
        made.put(kinds[n % len(kinds)], case_id(n), number=f"1101012026C{n:06d}", person=person(n % 5))
    assert made.book.bring_up()
    return made


def rows(shelf: Shelf) -> list[CaseRow]:
    found = [shelf.book.one(case_id(n)) for n in range(96)]
    return [row for row in found if row is not None]


def all_pages(ask: Callable[[str], Page[CaseRow]]) -> list[str]:
    found, after = [], ""
    while True:
        page = ask(after)
        found += [row.id for row in page.rows]
        after = page.after
        if not after:
            return found


def all_tasks(ask: Callable[[str], Page[Task]]) -> list[Task]:
    found: list[Task] = []
    after = ""
    while True:
        page = ask(after)
        found += page.rows
        after = page.after
        if not after:
            return found


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"item": "F-001"},
        {"state": "draft"},
        {"person": person(3)},
        {"department": "wj"},
        {"item": "F-001", "state": "review"},
        {"department": "zj", "state": "review"},
        {"department": "wj", "item": "F-001"},
        {"person": person(3), "state": "decided"},
        {"number": "1101012026C00001"},
        {"number": "1101012026C00001", "state": "review"},
        {"number": "9"},
        {"item": "none"},
    ],
)
@pytest.mark.parametrize("scan", [lists.SCAN, 11])
def test_a_search_finds_what_the_rows_say_each_once(
    shelf: Shelf, asked: dict[str, str], scan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SCAN", scan)
    expected = [
        row.id
        for row in rows(shelf)
        if all(
            getattr(row, name) == value if name != "number" else row.number.startswith(value)
            for name, value in asked.items()
        )
    ]
    found = all_pages(lambda after: shelf.book.find(Search(**asked, after=after, limit=7)))
    assert found == (expected if "number" in asked else expected[::-1])


def test_a_number_finds_its_case_at_once(shelf: Shelf) -> None:
    row = shelf.book.numbered("1101012026C000001")
    assert row is not None
    assert row.id == case_id(1)
    assert shelf.book.numbered("1101012026C00000") is None


@pytest.mark.parametrize("department", ["", "wj", "zj"])
def test_deadlines_come_by_the_nearest_moment(shelf: Shelf, department: str) -> None:
    office = Office(NOW)
    ask = {"department": department, "limit": 5}
    for light in ("", "red", "yellow", "stopped"):
        found = all_pages(
            lambda after, light=light: shelf.book.deadlines(
                office.now, office.day, office.almanac, light=light, after=after, **ask
            )
        )
        mine = [row for row in rows(shelf) if department in ("", row.department)]
        if light == "stopped":
            assert found == [row.id for row in mine if row.stopped]
            continue
        timed = sorted((row for row in mine if row.due_at is not None), key=lambda row: (row.due_at, row.seq))
        lit = [row.id for row in timed if light in ("", light_of(row, office.almanac, office.now, office.day))]
        assert found == lit
        assert lit or department == "zj"


def test_lights_are_counted_and_counts_end(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(NOW)
    counts = shelf.book.due_counts(office.now, office.day, office.almanac)
    lights = [light_of(row, office.almanac, office.now, office.day) for row in rows(shelf) if row.due_at is not None]
    assert (counts.red, counts.yellow, counts.stopped) == (lights.count("red"), lights.count("yellow"), 12)
    monkeypatch.setattr(lists, "MOST", 4)
    assert shelf.book.due_counts(office.now, office.day, office.almanac).stopped == 5
    assert (said(1001), said(1000)) == ("1000+", "1000")


def test_an_inbox_comes_by_legal_deadline_with_stopped_clocks_apart(shelf: Shelf) -> None:
    office = Office(NOW)
    found = all_tasks(lambda after: shelf.book.inbox("wj", after=after, limit=5))
    assert [task.sort_at for task in found] == sorted(task.sort_at or 0 for task in found)
    assert len(found) == len({(task.case.id, task.kind, task.step) for task in found}) == 36
    apart = all_tasks(lambda after: shelf.book.inbox("wj", stopped=True, after=after, limit=5))
    assert {task.case.id for task in apart} == {row.id for row in rows(shelf) if row.stopped}
    tonight = office.almanac.ends(office.day)
    counts = shelf.book.inbox_counts("wj", office.now, tonight)
    assert counts.late == sum(1 for task in found if (task.sort_at or 0) <= office.now)
    assert counts.late + counts.today + counts.later == 36
    assert counts.stopped == len(apart)
    assert {task.step for task in shelf.book.inbox("xf").rows} == {"fire"}


def test_claimed_steps_and_todays_own_cases_are_listed(shelf: Shelf) -> None:
    assert len(all_tasks(lambda after: shelf.book.claimed("wang", after=after, limit=5))) == 12
    since = Office("2026-03-09 00:00").now
    mine = all_pages(lambda after: shelf.book.mine("li", since, after=after, limit=5))
    expected = [row for row in rows(shelf) if row.clerk == "li" and row.opened_at >= since]
    assert mine == [row.id for row in sorted(expected, key=lambda row: (row.opened_at, row.seq), reverse=True)]


def test_a_key_of_another_list_is_refused(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        shelf.book.find(Search(after="nonsense"))
    with pytest.raises(ValueError, match=r"1\.2\.3"):
        shelf.book.mine("li", 0, after="1.2.3")


def test_what_falls_due_is_listed_for_the_clock(shelf: Shelf) -> None:
    office = Office(NOW)
    found = shelf.book.timed(office.now, 1000)
    assert found
    assert len(shelf.book.timed(office.now, 3)) == 3
    end = office.almanac.ends(business_day_after(office.day))
    assert set(found) <= set(shelf.book.timed(end, 1000))


def test_an_index_nobody_began_is_empty() -> None:
    empty = Shelf()
    book = CaseBook(empty.log, empty.cursors, empty.codec)
    assert not book.find(Search()).rows
    assert book.one(CASE) is None
    assert book.inbox_counts("wj", 0, 0).late == 0
    assert book.bring_up()
    assert book.find(Search(item=LICENCE.code)).rows == ()


def test_a_page_waits_no_longer_than_its_share(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.views.cases.book.ROUNDS", 0)
    shelf.write("case/x")
    assert not CaseBook(shelf.log, shelf.cursors, shelf.codec).bring_up()


def test_no_list_sorts_more_than_it_shows(shelf: Shelf) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    read = shelf.cursors.read

    def noting(sql: str, values=()):
        asked.append((sql, tuple(values)))
        return read(sql, values)

    office = Office(NOW)
    shelf.cursors.read = noting  # type: ignore[method-assign]
    try:
        for search in (Search(), Search(item="F-001"), Search(person=person(1)), Search(state="review"),
                       Search(item="F-001", state="review"), Search(department="wj"), Search(number="1")):  # fmt: skip
            shelf.book.find(search)
        shelf.book.inbox("wj")
        shelf.book.claimed("wang")
        shelf.book.inbox_counts("wj", office.now, office.now)
        shelf.book.mine("li", 0)
        for light in ("", "red", "yellow", "stopped"):
            shelf.book.deadlines(office.now, office.day, office.almanac, light=light)
            shelf.book.deadlines(office.now, office.day, office.almanac, light=light, department="wj")
        shelf.book.due_counts(office.now, office.day, office.almanac, "wj")
        shelf.book.timed(office.now, 10)
    finally:
        shelf.cursors.read = read  # type: ignore[method-assign]
    for sql, values in asked:
        plan = [row[3] for row in read("EXPLAIN QUERY PLAN " + sql, values)]
        sorts = any("TEMP B-TREE" in step for step in plan)
        assert not sorts or " FROM (SELECT " in sql, (sql, plan)  # what was already cut to a page
