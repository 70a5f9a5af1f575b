from __future__ import annotations

from hub.domain.queue import commands as c
from hub.domain.queue.reading import (
    longest_wait,
    may_return,
)
from tests.domain.queue.hall import PHONE, small_hall
from tests.domain.queue.plans import MINUTE


def test_the_longest_wait_is_not_that_of_somebody_with_priority() -> None:
    hall = small_hall()
    assert longest_wait(hall.day, hall.at) == 0
    hall.take("A")
    hall.wait(10)
    hall.take("A", priority="elderly")
    hall.take("E")
    hall.wait(3)
    assert longest_wait(hall.day, hall.at) == 13 * MINUTE
    assert longest_wait(hall.day, hall.at, ("E/2", "P/2")) == 3 * MINUTE


def test_who_may_be_reinstated_is_who_the_rule_would_take() -> None:
    hall = small_hall()
    ticket = hall.take("A", phone=PHONE)
    assert not may_return(hall.day, hall.ticket(ticket), hall.at)
    hall.call("101")
    hall.do(c.MissTicket, window="101")
    assert may_return(hall.day, hall.ticket(ticket), hall.at)
