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


def test_a_visit_of_several_floors_names_its_later_stops_with_the_same_number() -> None:
    morning = Morning()
    morning.open("101", "201")
    mine = morning.take("A", also=("E",))
    shown = ticket_page(morning.day, mine.id, morning.now)
    assert shown is not None
    assert [(stop.zh, stop.floor) for stop in shown.after] == [("人力社保", 2)]
    assert (shown.floor, shown.done) == (1, 0)
    morning.call("101")
    at_window = ticket_page(morning.day, mine.id, morning.now)
    assert at_window is not None
    assert [stop.floor for stop in at_window.after] == [2]
    morning.finish("101")
    second = ticket_page(morning.day, mine.id, morning.now)
    assert second is not None
    assert (second.number, second.floor, second.done, second.after) == (shown.number, 2, 1, ())


def test_a_frozen_hall_is_said_to_who_waits() -> None:
    morning = Morning()
    morning.open("101")
    waits, called = morning.take("A"), morning.take("A")
    morning.do(c.CallTicket(DATE, morning.now, "101", called.id))
    morning.do(c.FreezeHall(DATE, morning.now, "消防演练"))
    for ticket, said in ((waits, "消防演练"), (called, None)):
        shown = ticket_page(morning.day, ticket.id, morning.now)
        assert shown is not None
        assert shown.frozen == said


def test_a_ticket_that_may_be_too_late_says_when_windows_close() -> None:
    morning = Morning()
    morning.open("101")
    morning.later(7 * 60 + 50)
    tickets = [morning.take("A") for _ in range(4)]
    shown = [ticket_page(morning.day, ticket.id, morning.now) for ticket in tickets]
    assert [page.late for page in shown if page is not None] == [None if not t.late else "17:00" for t in tickets]
    assert any(ticket.late for ticket in tickets)
