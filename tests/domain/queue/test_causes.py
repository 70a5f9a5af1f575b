"""Long waits and why: one cause each."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.hall.plan import ClerkPlan
from hub.domain.queue import causes as k
from hub.domain.queue import commands as c
from hub.domain.queue.causes import Cause, long_waits
from hub.domain.queue.load import loads
from hub.domain.queue.state import WAITING
from tests.domain.queue.hall import Hall, small_hall
from tests.domain.queue.plans import RUSH, small_plan
from tests.domain.queue.troubled import halls


def cause(hall: Hall, line: str = "A/1") -> Cause:
    found = {wait.line: wait.cause for wait in long_waits(hall.day, loads(hall.day, hall.at), hall.at)}
    return found[line]


@given(st.one_of(halls(), halls(frozen=True)))
def test_every_wait_over_thirty_minutes_is_found_with_one_cause(hall: Hall) -> None:
    waits = long_waits(hall.day, loads(hall.day, hall.at), hall.at)
    expected = {
        ticket.line
        for ticket in hall.day.tickets.values()
        if ticket.state == WAITING and hall.at - ticket.waiting_since > k.LONG_MS
    }
    assert {wait.line for wait in waits} == expected
    assert len(waits) == len(expected)
    assert all(wait.cause.code in k.CAUSES for wait in waits)
    assert [wait.longest for wait in waits] == sorted((wait.longest for wait in waits), reverse=True)


def test_no_window_is_open() -> None:
    hall = small_hall()
    hall.take("A")
    hall.wait(30)
    assert long_waits(hall.day, loads(hall.day, hall.at), hall.at) == []
    hall.wait(1)
    assert cause(hall) == Cause(k.NONE_OPEN, ("101", "102"), 2)


def test_the_windows_are_paused_and_why() -> None:
    hall = small_hall()
    for window, why in (("101", "午餐"), ("102", "午餐")):
        hall.do(c.OpenWindow, window=window)
        hall.do(c.PauseWindow, window=window, why=why)
    hall.take("A")
    hall.wait(31)
    assert cause(hall) == Cause(k.STOPPED, ("101", "102"), 2, (("午餐", 2),))


def test_the_clerks_there_lack_the_skill() -> None:
    hall = Hall(replace(small_plan(policy=RUSH), clerks=(ClerkPlan("li", ("P",)),)))
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.do(c.OpenWindow, window="101")
    hall.take("A")
    hall.wait(31)
    assert cause(hall).code == k.UNSKILLED
    assert cause(hall).windows == ("101",)


def test_one_number_holds_the_window() -> None:
    hall = small_hall()
    held = hall.take("E", floor=2)
    hall.call("202")
    hall.take("E", floor=2)
    hall.wait(47)
    assert cause(hall, "E/2") == Cause(k.HELD, ("202",), 2, number=held, minutes=47)


def test_a_window_stands_open_and_does_not_call() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    hall.take("A")
    hall.wait(31)
    assert cause(hall).code == k.IDLE


def _busy(hall: Hall, *, every: float, minutes: int) -> None:
    """One window that serves a ten-minute visit after the other while people come."""
    hall.do(c.OpenWindow, window="101")
    for minute in range(minutes):
        if minute % every == 0:
            hall.take("A")
        if minute % 10 == 0:
            if hall.day.windows["101"].active is not None:
                hall.do(c.FinishService, window="101")
            hall.call("101")
        hall.wait(1)


def test_more_people_than_windows_for_the_last_hour() -> None:
    hall = small_hall()
    _busy(hall, every=3, minutes=60)
    found = cause(hall)
    assert (found.code, found.of) == (k.MORE_PEOPLE, 1)
    assert found.came > found.can


def test_the_paused_windows_would_have_been_enough() -> None:
    hall = small_hall()
    for window in ("102", "103"):
        hall.do(c.OpenWindow, window=window)
        hall.do(c.PauseWindow, window=window, why="会议")
    _busy(hall, every=6, minutes=90)
    found = cause(hall)
    assert (found.code, found.windows, found.reasons) == (k.STOPPED, ("102", "103"), (("会议", 2),))


def test_the_rush_is_over_and_its_rest_is_there() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    for _ in range(12):
        hall.take("A")
    for _ in range(7):
        hall.call("101")
        hall.wait(10)
        hall.do(c.FinishService, window="101")
    hall.call("101")
    found = cause(hall)
    assert (found.code, found.came) == (k.BACKLOG, 0)
    assert 35 <= found.minutes <= 45, "four visits of about ten minutes"


def test_a_frozen_hall_is_the_cause_of_everything() -> None:
    hall = small_hall()
    hall.take("A")
    hall.do(c.FreezeHall, why="消防演练")
    hall.wait(31)
    assert cause(hall) == Cause(k.FROZEN, why="消防演练")
