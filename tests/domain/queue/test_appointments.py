from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.hall.plan import AppointmentPolicy
from hub.domain.queue import commands as c
from hub.domain.queue.lines import APPOINTMENT
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import MINUTE, RUSH, small_plan

BOOKED = replace(RUSH, appointment=AppointmentPolicy(credit_minutes=10, early_minutes=30, grace_minutes=10))


def hall_at_ten() -> Hall:
    hall = Hall(small_plan(policy=BOOKED))
    hall.wait(60)
    return hall


def check_in(hall: Hall, minutes: float, **fields: object) -> str:
    """Checks in for a slot so many minutes from now."""
    return hall.take("A", slot=hall.at + int(minutes * MINUTE), **fields)


def test_an_appointment_counts_since_its_slot_and_its_credit() -> None:
    hall = hall_at_ten()
    hall.take("A")
    hall.wait(8)
    assert check_in(hall, 0) == "A002"
    ticket = hall.ticket("A002")
    assert (ticket.lane, ticket.slot) == (APPOINTMENT, hall.at)
    assert hall.calls("101", 2) == ["A002", "A001"]


def test_who_comes_long_before_the_slot_stands_as_anybody_who_came_then() -> None:
    hall = hall_at_ten()
    hall.take("A")
    check_in(hall, 25)
    hall.take("A")
    assert hall.ticket("A002").lane == ""
    assert hall.calls("101", 3) == ["A001", "A002", "A003"]


def test_an_early_appointment_is_called_when_nobody_else_waits() -> None:
    hall = hall_at_ten()
    check_in(hall, 25)
    assert hall.call("101") == "A001"


def test_checking_in_too_early_is_refused_with_the_time_it_can_be_done() -> None:
    hall = hall_at_ten()
    refused = hall.refuse(c.TakeTicket, ticket="t", category="A", slot=hall.at + 31 * MINUTE)
    assert (refused.code, refused.facts) == ("too-early-to-check-in", {"opens": "10:01"})


@pytest.mark.parametrize(("late", "lane"), [(10, APPOINTMENT), (11, "")])
def test_who_comes_too_late_stands_as_without_appointment(late: int, lane: str) -> None:
    hall = hall_at_ten()
    check_in(hall, -late)
    ticket = hall.ticket("A001")
    assert ticket.lane == lane
    assert ticket.key[0] == (hall.at - late * MINUTE if lane else hall.at)


def test_an_elderly_visitor_with_an_appointment_has_the_better_of_both_places() -> None:
    hall = hall_at_ten()
    check_in(hall, 20, priority="elderly")
    assert hall.ticket("A001").lane == "elderly"
    check_in(hall, -6, priority="elderly")
    assert hall.ticket("A002").lane == APPOINTMENT


def test_ring_of_transfers_ends_with_a_sentence_that_says_who_decides() -> None:
    hall = Hall(small_plan(policy=replace(RUSH, transfers=3)))
    hall.take("A")
    for window, to in (("101", "B"), ("102", "P"), ("103", "A")):
        assert hall.call(window) == "A001"
        hall.do(c.TransferTicket, window=window, to=to, why="材料")
    assert hall.call("101") == "A001"
    refused = hall.refuse(c.TransferTicket, window="101", to="B", why="材料")
    assert (refused.code, refused.facts) == ("transferred-too-often", {"number": "A001", "times": 3})


def test_a_transfer_to_a_closed_window_is_refused_and_the_ticket_stays() -> None:
    hall = Hall(small_plan(policy=RUSH))
    hall.take("A")
    hall.call("101")
    assert hall.refuse(c.TransferTicket, window="101", to="202", why="材料").code == "window-closed"
    assert hall.day.windows["101"].active == hall.ticket("A001").id


def test_a_drill_stops_numbers_and_calls_until_the_release_and_lets_services_end() -> None:
    hall = Hall(small_plan(policy=RUSH))
    hall.take("A")
    hall.take("A")
    hall.call("101")
    assert hall.refuse(c.FreezeHall, why=" ").code == "reason-needed"
    hall.do(c.FreezeHall, why="消防演练")
    hall.do(c.FreezeHall, why="消防演练")
    assert hall.last == ()
    assert hall.call("101") == "A001", "who is at the window is the answer also now"
    hall.do(c.FinishService, window="101")
    for command, fields in (
        (c.CallNext, {"window": "101"}),
        (c.CallTicket, {"window": "101", "ticket": "A002"}),
        (c.TakeTicket, {"ticket": "t", "category": "A"}),
    ):
        refused = hall.refuse(command, **fields)
        assert (refused.code, refused.facts) == ("hall-frozen", {"why": "消防演练"})
    hall.do(c.ReleaseHall)
    hall.do(c.ReleaseHall)
    assert hall.last == ()
    assert hall.call("101") == "A002"


def test_a_missed_number_comes_back_behind_so_many_by_their_counted_wait() -> None:
    hall = Hall(small_plan(policy=RUSH))
    hall.take("A")
    hall.call("101")
    hall.miss("101")
    for priority in (None, None, "elderly", None):
        hall.take("A", priority=priority)
        hall.wait(1)
    hall.do(c.ReinstateTicket, ticket="A001")
    assert hall.calls("101", 5) == ["A004", "A002", "A001", "A003", "A005"]


def test_a_missed_number_never_comes_back_before_its_own_place() -> None:
    hall = Hall(small_plan(policy=replace(RUSH, missed=replace(RUSH.missed, insert_after=0))))
    hall.take("B")
    hall.wait(3)
    hall.take("A")
    hall.call("101")
    hall.miss("101")
    hall.do(c.ReinstateTicket, ticket="A001")
    assert hall.ticket("A001").key[0] == hall.at - 0
    assert hall.calls("102", 2) == ["B001", "A001"]


@pytest.mark.parametrize("command", [c.TakeTicket, c.EnterHandTicket])
def test_nobody_has_the_place_of_an_appointment_by_naming_it_as_a_class(command: type[c.TakeTicket]) -> None:
    hall = hall_at_ten()
    hand = {"number": "XA001", "taken_at": hall.at} if command is not c.TakeTicket else {}
    refused = hall.refuse(command, ticket="t", category="A", priority=APPOINTMENT, **hand)
    assert (refused.code, refused.facts) == ("unknown-priority", {"priority": APPOINTMENT})
