from __future__ import annotations

from hub.domain.queue import commands as c
from hub.domain.queue.reading import (
    category_lines,
    longest_wait,
    may_return,
    recent_calls,
    waiting,
    waiting_by_category,
    waiting_by_line,
    waiting_for,
)
from tests.domain.queue.hall import PHONE, small_hall
from tests.domain.queue.plans import MINUTE


def test_who_waits_is_counted_by_line_and_by_category() -> None:
    hall = small_hall()
    for letter, floor in (("A", 1), ("P", 1), ("P", 2), ("A", 1)):
        hall.take(letter, floor=floor)
    hall.do(c.OpenWindow, window="202")
    hall.call("101")
    hall.do(c.TransferTicket, window="101", to="202", why="x")
    assert waiting(hall.day) == 4
    assert waiting_by_line(hall.day) == {"A/1": 1, "B/1": 0, "E/2": 0, "P/1": 1, "P/2": 1, "@202": 1}
    assert waiting_by_category(hall.day) == {"A": 2, "B": 0, "E": 0, "P": 2}
    assert waiting_for(hall.day, hall.day.windows["101"]) == 2
    assert category_lines(hall.day, "P") == ("P/1", "P/2")


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


def test_the_latest_call_is_shown_first_and_leaves_when_it_ends() -> None:
    hall = small_hall()
    for letter in "AAE":
        hall.take(letter)
    for number in ("101", "102", "201"):
        hall.call(number)
        hall.wait(1)
    assert [(call.number, call.window) for call in recent_calls(hall.day, 2)] == [("E001", "201"), ("A002", "102")]
    assert [call.window for call in recent_calls(hall.day, 9, floor=1)] == ["102", "101"]
    assert [call.window for call in recent_calls(hall.day, 9, zone="floor-2")] == ["201"]
    hall.do(c.FinishService, window="201")
    assert [call.number for call in recent_calls(hall.day, 9)] == ["A002", "A001"]


def test_who_may_be_reinstated_is_who_the_rule_would_take() -> None:
    hall = small_hall()
    ticket = hall.take("A", phone=PHONE)
    assert not may_return(hall.day, hall.ticket(ticket), hall.at)
    hall.call("101")
    hall.do(c.MissTicket, window="101")
    assert may_return(hall.day, hall.ticket(ticket), hall.at)
