"""Every figure of a day equals the log to the ticket, whatever happened on that day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.hall.plan import DayPlan
from hub.domain.queue import commands as c
from hub.domain.queue import events as e
from hub.views.report.day_report import DayReport
from hub.views.report.fold import DayFold
from hub.views.report.summary import report_of
from hub.views.report.times import Times
from tests.domain.queue.hall import PHONE, Hall
from tests.domain.queue.plans import HOUR, MINUTE, small_plan
from tests.views.report import recount as r
from tests.views.report.days import CLERKS, any_day


def reported(events: Sequence[object], day: str = "2026-01-05", now: int = 0) -> DayReport:
    fold = DayFold()
    for event in events:
        fold.feed(event)
    return report_of(fold, day, now)


def agree(times: Times, spells: Sequence[int]) -> None:
    assert times.count == len(spells)
    assert times.total_ms == sum(spells)
    assert times.long == sum(spell > 30 * MINUTE for spell in spells)
    assert (times.p50, times.p90) == (r.percentile(spells, 50), r.percentile(spells, 90))
    assert times.longest == (max(spells) // MINUTE if spells else None)
    assert times.mean == (round(sum(spells) / len(spells) / MINUTE, 1) if spells else None)
    assert dict(times.minutes) == Counter(spell // MINUTE for spell in spells)


def check_totals(report: DayReport, events: Sequence[object]) -> None:
    totals, tickets = report.totals, r.tickets(events)
    served = [ticket for ticket in tickets if r.served(events, ticket)]
    assert totals.issued == len(tickets)
    assert totals.served == len(served)
    assert totals.hand == len(r.of(events, e.HandTicketEntered))
    assert totals.abandoned == len(r.of(events, e.TicketAbandoned))
    assert totals.void == len(r.of(events, e.TicketVoided))
    assert totals.expired == len(r.of(events, e.TicketExpired))
    assert totals.issued == totals.served + totals.abandoned + totals.void + totals.expired + totals.under_way
    assert totals.appointments == sum(each.slot is not None for each in r.of(events, e.TicketIssued))
    assert totals.late == sum(each.late for each in r.of(events, e.TicketIssued))
    assert totals.priority == sum(r.birth(events, ticket).priority is not None for ticket in tickets)
    assert totals.called == len(r.waits(events, tickets))
    for name, kind in (
        ("missed", e.TicketMissed),
        ("reinstated", e.TicketReinstated),
        ("transferred", e.TicketTransferred),
    ):
        assert getattr(totals, name) == sum(r.was(events, ticket, kind) > 0 for ticket in tickets)
        assert getattr(totals, name + "_times") == len(r.of(events, kind))
    assert totals.parked == sum(r.was(events, ticket, e.TicketParked) > 0 for ticket in tickets)
    assert totals.wrong_number == sum(r.wrong(events, ticket) for ticket in tickets)
    assert totals.several == sum(r.several(events, ticket) for ticket in tickets)
    one = [ticket for ticket in served if len(r.stood_at(events, ticket)) == 1]
    several = [ticket for ticket in served if r.several(events, ticket)]
    wrong = [ticket for ticket in served if r.wrong(events, ticket)]
    if served:
        assert report.rates.accuracy == pytest.approx(1 - len(wrong) / len(served), abs=1e-4)
        assert report.rates.one_window == pytest.approx(len(one) / len(served), abs=1e-4)
    if several:
        share = len(set(several) & set(one)) / len(several)
        assert report.rates.one_window_several == pytest.approx(share, abs=1e-4)


def check_times(report: DayReport, events: Sequence[object], timezone: str) -> None:
    tickets, services, later = r.tickets(events), r.services(events), r.later_waits(events)
    agree(report.waits, r.waits(events, tickets))
    agree(report.later, [wait for _, wait in later])
    agree(report.hold, [ended - called for _, called, _, ended in services])
    agree(report.walk, [started - called for _, called, started, _ in services if started is not None])
    agree(report.service, [ended - started for _, _, started, ended in services if started is not None])
    assert {row.category for row in report.categories} >= {r.birth(events, ticket).category for ticket in tickets}
    for row in report.categories:
        here = [ticket for ticket in tickets if r.birth(events, ticket).category == row.category]
        agree(row.waits, r.waits(events, here))
        agree(row.later, [wait for category, wait in later if category == row.category])
        agree(row.hold, [ended - called for category, called, _, ended in services if category == row.category])
        assert row.issued == len(here)
        assert row.served == sum(r.served(events, ticket) for ticket in here)
        assert row.missed == sum(r.was(events, ticket, e.TicketMissed) > 0 for ticket in here)
        assert row.wrong_number == sum(r.wrong(events, ticket) for ticket in here)
    by_hour: dict[tuple[str, str], list[str]] = {}
    for ticket in tickets:
        by_hour.setdefault(r.hour(r.joined(events, ticket), timezone), []).append(ticket)
    zone = ZoneInfo(timezone)
    assert len(report.hours) == len(by_hour)
    for row in report.hours:
        local = row.begins.astimezone(zone)
        here = by_hour[local.strftime("%Y-%m-%d %H"), local.strftime("%z")]
        assert row.issued == len(here)
        agree(row.waits, r.waits(events, here))
    for cell in report.cells:
        here = [
            ticket
            for ticket in tickets
            if r.birth(events, ticket).category == cell.category
            and int(r.hour(r.joined(events, ticket), timezone)[0][-2:]) == cell.hour
        ]
        waits = r.waits(events, here)
        assert (cell.count, cell.total_ms) == (len(waits), sum(waits))
    assert sum(cell.count for cell in report.cells) == report.waits.count


def check_places(report: DayReport, events: Sequence[object], until: int) -> None:
    clerks = {event.clerk for event in r.of(events, e.ClerkSignedIn)}
    for row in report.windows:
        spent = r.milliseconds_at_windows(events, row.window, until)
        assert (row.open_ms, row.paused_ms) == (spent["open"], spent["paused"]), row.window
        assert (row.busy_ms, row.serving_ms) == (spent["busy"], spent["serving"]), row.window
        assert row.busy_open_ms == spent["busy_open"]
        assert sum(pause.ms for pause in row.pauses) == row.paused_ms
        here = [event for event in events if getattr(event, "window", None) == row.window]
        assert row.calls == len(r.of(here, e.TicketCalled))
        by_hand = [event for event in here if r.served_by_hand(event)]
        assert row.finished == len(r.of(here, e.ServiceFinished)) + len(by_hand)
        assert row.legs == len(r.of(here, e.LegFinished))
        assert row.missed == len(r.of(here, e.TicketMissed))
        assert row.scores.count == len(r.of(here, e.VisitRated))
    assert {row.clerk for row in report.clerks} >= clerks
    for row in report.clerks:
        assert {seat.window: seat.ms for seat in row.seats} == r.milliseconds_of_clerk(events, row.clerk, until)
        assert row.signed_in_ms == sum(seat.ms for seat in row.seats)
        own = [event for event in events if getattr(event, "clerk", None) == row.clerk]
        assert row.calls == len(r.of(own, e.TicketCalled))
        assert row.finished == len(r.of(own, e.ServiceFinished)) + sum(r.served_by_hand(event) for event in own)
        assert row.scores.count == len(r.of(own, e.VisitRated))
        assert 0 <= row.serving_ms <= row.busy_ms <= row.signed_in_ms
    ratings = Counter(event.score for event in r.of(events, e.VisitRated))
    scores = report.scores
    assert (scores.one, scores.two, scores.three, scores.four, scores.five) == tuple(ratings[n] for n in range(1, 6))


@settings(max_examples=60)
@given(seed=st.integers(0, 1_000_000), acts=st.sampled_from((0, 20, 150, 400)))
def test_every_figure_of_any_day_equals_the_log_to_the_ticket(seed: int, acts: int) -> None:
    day = any_day(seed, acts)
    report = reported(day.events)
    closed_at = r.of(day.events, e.DayClosed)[0].at
    check_totals(report, day.events)
    check_times(report, day.events, "Asia/Shanghai")
    check_places(report, day.events, closed_at)
    assert report.closed
    assert report.totals.under_way == 0
    assert report.as_of == datetime.fromtimestamp(closed_at / 1000, UTC)


@settings(max_examples=20)
@given(seed=st.integers(0, 1_000_000))
def test_a_day_that_goes_on_is_reported_as_of_now(seed: int) -> None:
    day = any_day(seed, 200, late=0)
    going_on = [event for event in day.events if event is not r.of(day.events, e.DayClosed)[0]]
    going_on = going_on[: int(len(going_on) * 0.8)]
    now = max(getattr(event, "at", 0) for event in going_on) + 5 * MINUTE
    report = reported(going_on, now=now)
    check_totals(report, going_on)
    check_places(report, going_on, now)
    assert not report.closed


def test_generated_days_have_something_of_everything_in_them() -> None:
    totals = [reported(any_day(seed, 400).events).totals for seed in range(6)]
    for name in ("served", "hand", "missed", "reinstated", "transferred", "wrong_number", "parked", "several_served"):
        assert sum(getattr(each, name) for each in totals) > 3, name
    assert sum(each.one_window for each in totals) not in (0, sum(each.served for each in totals))
    assert sum(reported(any_day(seed, 400).events).later.count for seed in range(6)) > 3


def plan_of(timezone: str, date: str) -> DayPlan:
    zone = ZoneInfo(timezone)
    midnight = datetime.fromisoformat(date).replace(tzinfo=zone)

    def at(hour: int) -> int:
        return int(midnight.replace(hour=hour).timestamp() * 1000)

    return replace(small_plan(), date=date, timezone=timezone, issuing_from=None, opens=None, closes=None, ends=at(23))


@pytest.mark.parametrize(
    ("timezone", "date", "hours"),
    [("Europe/Warsaw", "2026-03-29", 23), ("Europe/Warsaw", "2026-10-25", 25), ("America/New_York", "2026-11-01", 25)],
)
def test_a_day_with_a_clock_change_has_its_real_hours(timezone: str, date: str, hours: int) -> None:
    plan = plan_of(timezone, date)
    hall = Hall()
    midnight = datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(timezone))
    hall.at = int(midnight.timestamp() * 1000)
    fold = DayFold()
    fold.feed(e.DayOpened(plan, hall.at))
    for number in range(hours * 4):
        at = hall.at + number * 15 * MINUTE
        fold.feed(
            e.TicketIssued(f"{number:032x}", f"A{number:03d}", "A", "A/1", at, None, None, (), None, None, 0, None)
        )
        fold.feed(e.TicketCalled(f"{number:032x}", "101", None, at + 3 * MINUTE))
    report = report_of(fold, date, hall.at + hours * HOUR)
    assert len(report.hours) == hours
    assert {row.issued for row in report.hours} == {4}
    labels = [row.label for row in report.hours]
    assert len(set(labels)) == hours
    doubled = [label for label in labels if "(" in label]
    assert len(doubled) == (2 if hours == 25 else 0)
    assert {row.begins.timestamp() % 3600 for row in report.hours} == {0}
    if hours == 23:
        assert "02:00" not in labels
    window = next(row for row in report.windows if row.window == "102")
    assert window.closed_ms == hours * HOUR, "a hall without hours is closed by the real length of the day"


def test_a_hand_over_shows_on_both_clerks_and_divides_the_visitor_between_them() -> None:
    hall = Hall(small_plan())
    hall.do(c.OpenWindow, window="101")
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.take("A", phone=PHONE)
    hall.wait(5)
    hall.call("101")
    hall.do(c.StartService, window="101")
    hall.wait(4)
    hall.do(c.SignInClerk, window="101", clerk="wang")
    hall.wait(6)
    hall.do(c.FinishService, window="101")
    hall.do(c.PauseWindow, window="101", why="午餐")
    hall.wait(30)
    hall.do(c.CloseWindow, window="101", why="下班")
    report = reported(hall.events, now=hall.at)
    li, wang = (next(row for row in report.clerks if row.clerk == name) for name in ("li", "wang"))
    assert [(deed.what, deed.who, deed.number) for deed in li.deeds] == [
        ("signed-in", "", ""),
        ("handed-over", "wang", "A001"),
    ]
    assert [(deed.what, deed.who, deed.why) for deed in wang.deeds] == [
        ("took-over", "li", ""),
        ("paused", "", "午餐"),
        ("signed-out", "", ""),
        ("closed", "", "下班"),
    ]
    assert (li.serving_ms, wang.serving_ms) == (4 * MINUTE, 6 * MINUTE)
    assert (li.finished, wang.finished) == (0, 1)
    window = next(row for row in report.windows if row.window == "101")
    assert [(pause.reason, pause.ms) for pause in window.pauses] == [("午餐", 30 * MINUTE)]
    assert window.busy_share == pytest.approx(10 / 15, abs=1e-4)
    assert window.closed_ms == 0


def test_events_of_a_number_that_cannot_be_read_are_left_out_and_told() -> None:
    fold = DayFold()
    fold.feed(e.DayOpened(small_plan(), 1))
    fold.skip()
    fold.feed(e.TicketCalled("f" * 32, "101", None, 2))
    report = report_of(fold, "2026-01-05", 3)
    assert (report.version, report.totals.unread, report.totals.issued) == (3, 2, 0)


def test_nobody_at_all_makes_a_report_of_noughts() -> None:
    report = reported([])
    assert report.totals.issued == 0
    assert (report.waits.mean, report.rates.accuracy, report.rates.satisfaction) == (None, None, None)
    assert set(CLERKS).isdisjoint(row.clerk for row in report.clerks)
