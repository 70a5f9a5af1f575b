"""A ticket on its holder's phone."""

from __future__ import annotations

from hub.domain.queue import commands as c
from hub.views.ticket import ticket_page
from tests.views.day import DATE, Morning


def test_a_waiting_ticket_knows_its_place_floor_and_range() -> None:
    morning = Morning()
    morning.open("201")
    morning.take("E")
    mine = morning.take("E")
    shown = ticket_page(morning.day, mine.id, morning.now)
    assert shown is not None
    assert (shown.number, shown.ahead, shown.floor, shown.window) == ("E002", 1, 2, None)
    assert shown.wait is not None


def test_a_called_ticket_names_its_window() -> None:
    morning = Morning()
    morning.open("201")
    mine = morning.take("E")
    morning.call("201")
    shown = ticket_page(morning.day, mine.id, morning.now)
    assert shown is not None
    assert (shown.window, shown.floor, shown.ahead) == ("201", 2, None)


def test_a_missed_ticket_may_come_back_as_often_as_the_policy_says() -> None:
    morning = Morning()
    morning.open("201")
    mine = morning.take("E")
    for _ in range(2):
        morning.call("201")
        morning.miss("201")
        shown = ticket_page(morning.day, mine.id, morning.now)
        assert shown is not None
        assert shown.can_return
        morning.do(c.ReinstateTicket(DATE, morning.now, mine.id))
    morning.call("201")
    morning.miss("201")
    shown = ticket_page(morning.day, mine.id, morning.now)
    assert shown is not None
    assert not shown.can_return


def test_a_ticket_of_another_day_is_none() -> None:
    assert ticket_page(Morning().day, "f" * 32, 0) is None
