"""The report is counted from the day's events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.demo.report import aligned, as_json, as_table, report_of, share
from hub.domain.queue import events as e
from tests.demo.test_visits import PLAN

MINUTE = 60_000


def issued(ticket: str, number: str, at: int) -> e.TicketIssued:
    return e.TicketIssued(ticket, number, number[0], f"{number[0]}/1", at, None, None, (), None, None, 0, None)


DAY = [
    e.DayOpened(PLAN, 0),
    issued("t1", "A001", 0),
    issued("t2", "A002", MINUTE),
    issued("t3", "B001", MINUTE),
    e.TicketCalled("t1", "101", None, 4 * MINUTE),
    e.TicketMissed("t1", "101", 5 * MINUTE),
    e.TicketCalled("t2", "101", None, 11 * MINUTE),
    e.TicketTransferred("t2", "101", "B/1", "B", "取错号", 12 * MINUTE),
    e.TicketReinstated("t1", "A/1", (0, 0, 0), 13 * MINUTE, None, None, 0, None),
    e.TicketCalled("t1", "101", None, 20 * MINUTE),
    e.ServiceFinished("t1", "101", None, 30 * MINUTE),
    e.VisitRated("t1", "101", None, 5, 30 * MINUTE),
    e.TicketCalled("t2", "106", None, 30 * MINUTE),
    e.ServiceFinished("t2", "106", None, 40 * MINUTE),
    e.VisitRated("t2", "106", None, 2, 40 * MINUTE),
    e.TicketExpired("t3", 60 * MINUTE),
    e.DayClosed(60 * MINUTE, "closed"),
]


def test_acts_count_for_the_category_on_the_ticket_and_waits_end_at_the_first_call() -> None:
    report = report_of(DAY)
    a, b = report.rows
    assert (a.letter, a.zh, a.tickets, a.served) == ("A", "新设企业专区", 2, 2)
    assert (a.missed, a.reinstated, a.transferred, a.expired) == (1, 1, 1, 0)
    assert (a.wait_p50, a.wait_p90) == (10.0, 10.0)
    assert (a.ratings, a.rating) == (2, 3.5)
    assert (b.tickets, b.served, b.expired, b.wait_p50, b.rating) == (1, 0, 1, None, None)
    assert (report.total.tickets, report.total.served, report.total.expired) == (3, 2, 1)
    assert report.waits == {"A001": 4.0, "A002": 10.0}
    assert report.date == PLAN.date
    assert report.repeated == ()


def test_a_number_given_twice_is_named() -> None:
    assert report_of([*DAY[:2], issued("t9", "A001", 5)]).repeated == ("A001",)


def test_an_empty_day_has_an_empty_report() -> None:
    report = report_of([])
    assert report.rows == ()
    assert report.total.tickets == 0
    assert "total" in as_table(report)


def test_the_report_is_a_table_and_json() -> None:
    report = report_of(DAY)
    lines = as_table(report).splitlines()
    assert lines[0].startswith(PLAN.date)
    assert len(lines) == 6
    assert as_json(report)["total"]["tickets"] == 3  # type: ignore[index]


def test_columns_stand_under_each_other_also_with_hanzi() -> None:
    assert aligned([["类别", "取号"], ["A", "7"]]) == "类别  取号\nA        7"


@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0, 1))
def test_a_share_is_one_of_the_values(values: list[float], part: float) -> None:
    found = share(values, part)
    assert found in values
    assert share([], part) is None
