"""What a script takes from a day's events."""

from __future__ import annotations

import pytest

from hub.domain.queue import commands as c
from hub.domain.queue.events import WindowOpened
from hub.domain.trial.recorded import NoDay, script_of
from hub.domain.trial.rerun import rerun
from hub.domain.trial.script import GONE, MISSED, PARKED, SERVED, TRANSFERRED, Turn
from tests.domain.queue.hall import PHONE, Hall, small_hall
from tests.domain.queue.plans import CLOSES, DATE, MINUTE, OPENS


def hall() -> Hall:
    made = small_hall()
    made.do(c.OpenWindow, window="101")
    return made


def test_events_without_an_opened_day_are_no_script() -> None:
    with pytest.raises(NoDay):
        script_of([])
    with pytest.raises(NoDay):
        script_of([WindowOpened("101", OPENS)])


def test_a_visit_is_when_it_came_for_what_and_how_long_it_held_its_window() -> None:
    day = hall()
    day.take("A", priority="elderly", phone=PHONE, slot=OPENS + 5 * MINUTE)
    day.wait(2)
    day.call()
    day.wait(1)
    day.do(c.StartService, window="101")
    day.wait(6)
    day.do(c.FinishService, window="101")
    found = script_of(day.events)
    (one,) = found.visitors
    assert (one.at, one.category, one.floor, one.priority, one.phone) == (OPENS, "A", 1, "elderly", True)
    assert one.slot == OPENS + 5 * MINUTE
    assert one.turns == (Turn(SERVED, 7 * MINUTE, walk=MINUTE, done=("A",)),)
    assert found.means["A"] == 7 * MINUTE
    assert found.gaps == {"101": (2 * MINUTE,)}
    assert found.outcomes[one.ticket].waited == 2 * MINUTE
    assert not found.over


def test_missed_parked_transferred_and_gone_are_turns_with_their_ways_back() -> None:
    day = hall()
    day.do(c.OpenWindow, window="102")
    number = day.take("A", phone=PHONE)
    day.call()
    day.wait(3)
    day.do(c.MissTicket, window="101")
    day.wait(4)
    day.do(c.ReinstateTicket, ticket=number)
    day.call()
    day.wait(1)
    day.do(c.ParkTicket, window="101")
    day.wait(9)
    day.do(c.CallTicket, window="101", ticket=number)
    day.wait(2)
    day.do(c.TransferTicket, window="101", to="B", why="取错号")
    day.call("102")
    day.wait(5)
    day.do(c.VoidTicket, ticket=number, why="重复")
    (one,) = script_of(day.events).visitors
    assert one.turns == (
        Turn(MISSED, 3 * MINUTE, away=4 * MINUTE),
        Turn(PARKED, MINUTE, away=9 * MINUTE, by_name=True),
        Turn(TRANSFERRED, 2 * MINUTE, to="B", wrong=True),
        Turn(GONE, 5 * MINUTE),
    )


def test_who_gave_up_waiting_left_then_and_a_hand_ticket_that_waits_is_a_visitor() -> None:
    day = hall()
    number = day.take("B")
    day.wait(7)
    day.do(c.AbandonTicket, ticket=number)
    day.do(c.EnterHandTicket, ticket="f" * 32, number="XA001", category="A", taken_at=OPENS + MINUTE)
    gone, by_hand = script_of(day.events).visitors
    assert gone.leaves == OPENS + 7 * MINUTE
    assert (by_hand.taken_at, by_hand.number) == (OPENS + MINUTE, "XA001")


def test_a_window_reacts_only_while_somebody_waits_for_it() -> None:
    day = hall()
    day.wait(10)
    day.take("A")
    day.wait(0.5)
    day.call()
    day.wait(5)
    day.do(c.FinishService, window="101")
    day.wait(20)
    day.take("B")
    day.wait(1)
    day.call()
    assert script_of(day.events).gaps == {"101": (30_000, 60_000)}


def test_what_clerks_and_supervisors_did_is_kept_with_its_time() -> None:
    day = hall()
    day.do(c.SignInClerk, window="101", clerk="li")
    day.wait(30)
    day.do(c.PauseWindow, window="101", why="午休")
    day.do(c.ReskillWindow, window="102", categories=("P",))
    day.do(c.FreezeHall, why="演练")
    day.do(c.ReleaseHall)
    day.do(c.CloseWindow, window="101")
    found = script_of(day.events).acts
    at = OPENS + 30 * MINUTE
    assert found == (
        c.OpenWindow(DATE, OPENS, "101"),
        c.SignInClerk(DATE, OPENS, "101", "li", move=True),
        c.PauseWindow(DATE, at, "101", "午休", anyway=True),
        c.ReskillWindow(DATE, at, "102", ("P",)),
        c.FreezeHall(DATE, at, "演练"),
        c.ReleaseHall(DATE, at),
        c.CloseWindow(DATE, at, "101", anyway=True),
    )


def test_a_window_lasts_when_its_last_closing_left_nobody_waiting() -> None:
    for waiting in (False, True):
        day = hall()
        day.at = CLOSES - MINUTE
        if waiting:
            day.take("A")
        day.at = CLOSES + MINUTE
        day.do(c.CloseDay, why="下班")
        found = script_of(day.events)
        assert found.over
        assert found.lasting == (frozenset() if waiting else {"101"})


def test_a_recorded_day_rerun_under_its_own_plan_is_that_day_again() -> None:
    day = hall()
    numbers = [day.take("A", phone=PHONE) for _ in range(5)]
    for n in range(5):
        day.wait(0.25)
        assert day.call() == numbers[n]
        day.wait(3 + n)
        day.do(c.FinishService, window="101")
    day.at = CLOSES + MINUTE
    day.do(c.CloseDay, why="下班")
    recorded = script_of(day.events)
    again = rerun(recorded)
    assert {key: each.waited for key, each in again.outcomes.items()} == {
        key: each.waited for key, each in recorded.outcomes.items()
    }


def test_a_pause_begins_when_the_ticket_at_the_window_is_done() -> None:
    day = hall()
    day.take("A")
    day.call()
    day.wait(1)
    day.do(c.PauseWindow, window="101", why="午休")
    day.wait(4)
    day.do(c.FinishService, window="101")
    day.wait(30)
    day.do(c.OpenWindow, window="101")
    assert script_of(day.events).acts[1:] == (
        c.PauseWindow(DATE, OPENS + 5 * MINUTE, "101", "午休", anyway=True),
        c.OpenWindow(DATE, OPENS + 35 * MINUTE, "101"),
    )


def test_a_pause_that_was_over_before_the_ticket_was_done_is_none() -> None:
    day = hall()
    day.take("A")
    day.call()
    day.do(c.PauseWindow, window="101", why="午休")
    day.do(c.OpenWindow, window="101")
    day.do(c.FinishService, window="101")
    assert script_of(day.events).acts == (c.OpenWindow(DATE, OPENS, "101"),)
