from __future__ import annotations

from dataclasses import replace

from hub.domain.queue import commands as c
from hub.domain.queue.timers import due
from tests.domain.queue.hall import PHONE, Hall
from tests.domain.queue.plans import DATE, RUSH, small_plan


def hall_with_clock() -> Hall:
    """A called ticket with a phone is missed after five minutes."""
    return Hall(small_plan(policy=RUSH))


def test_a_called_ticket_with_a_phone_is_missed_by_the_clock_once() -> None:
    hall = hall_with_clock()
    hall.take("A", phone=PHONE)
    hall.call("101")
    hall.wait(4.9)
    assert due(hall.day, DATE, hall.at) == []
    hall.wait(0.1)
    [(name, command)] = due(hall.day, DATE, hall.at)
    assert isinstance(command, c.MissTicket)
    assert name.startswith(f"miss:{hall.ticket('A001').id}:")
    hall.do(c.MissTicket, window="101", by_clock=True, ticket=command.ticket)
    assert hall.ticket("A001").state == "missed"
    assert due(hall.day, DATE, hall.at) == []


def test_a_recall_gives_the_time_again() -> None:
    hall = hall_with_clock()
    hall.take("A", phone=PHONE)
    hall.call("101")
    hall.wait(4)
    hall.do(c.RecallTicket, window="101")
    hall.wait(3)
    assert due(hall.day, DATE, hall.at) == []
    assert hall.refuse(c.MissTicket, window="101", by_clock=True).code == "not-by-the-clock"


def test_a_ticket_without_a_phone_is_never_missed_by_the_clock_alone() -> None:
    hall = hall_with_clock()
    hall.take("A")
    hall.call("101")
    for _ in range(3):
        hall.do(c.RecallTicket, window="101")
    hall.wait(60)
    assert due(hall.day, DATE, hall.at) == []
    assert hall.refuse(c.MissTicket, window="101", by_clock=True).code == "not-by-the-clock"


def test_who_is_being_served_is_not_missed() -> None:
    hall = hall_with_clock()
    hall.take("A", phone=PHONE)
    hall.call("101")
    hall.do(c.StartService, window="101")
    hall.wait(60)
    assert due(hall.day, DATE, hall.at) == []


def test_nothing_is_missed_during_a_drill() -> None:
    hall = hall_with_clock()
    hall.take("A", phone=PHONE)
    hall.call("101")
    hall.do(c.FreezeHall, why="消防演练")
    hall.wait(60)
    assert due(hall.day, DATE, hall.at) == []


def test_an_attendants_look_comes_before_a_ticket_without_a_phone_is_missed() -> None:
    policy = replace(RUSH, missed=replace(RUSH.missed, look_without_phone=True))
    hall = Hall(small_plan(policy=policy))
    hall.take("A")
    hall.call("101")
    for _ in range(3):
        hall.do(c.RecallTicket, window="101")
    assert hall.refuse(c.MissTicket, window="101").code == "look-first"
    hall.do(c.ConfirmAbsence, ticket="A001")
    hall.do(c.ConfirmAbsence, ticket="A001")
    assert hall.last == ()
    hall.do(c.MissTicket, window="101")
    hall.do(c.ReinstateTicket, ticket="A001")
    hall.wait(1)
    hall.call("101")
    for _ in range(3):
        hall.do(c.RecallTicket, window="101")
    assert hall.refuse(c.MissTicket, window="101").code == "look-first", "a look counts for its own call"


def test_who_was_called_before_a_drill_has_the_time_again_after_it() -> None:
    hall = hall_with_clock()
    hall.take("A", phone=PHONE)
    hall.call("101")
    hall.do(c.FreezeHall, why="演练")
    hall.wait(20)
    assert due(hall.day, DATE, hall.at) == []
    hall.do(c.ReleaseHall)
    assert due(hall.day, DATE, hall.at) == []
    hall.wait(4.9)
    assert due(hall.day, DATE, hall.at) == []
    hall.wait(0.1)
    assert len(due(hall.day, DATE, hall.at)) == 1
