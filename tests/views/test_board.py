"""What a board shows of a day."""

from __future__ import annotations

from hub.domain.queue import commands as c
from hub.views.board import board, scope_named
from tests.views.day import DATE, Morning


def _numbers(morning: Morning, scope: str) -> list[tuple[str, str]]:
    found = scope_named(morning.profile, scope)
    assert found is not None
    return [(call.number, call.window) for call in board(found, morning.day, morning.now).calls]


def _called(morning: Morning, *windows: str) -> None:
    for window in windows:
        morning.later(1)
        morning.call(window)


def test_the_newest_call_is_first() -> None:
    morning = Morning()
    morning.open("101", "102")
    morning.take("A")
    morning.take("A")
    _called(morning, "101", "102")
    assert _numbers(morning, "hall") == [("A002", "102"), ("A001", "101")]


def test_a_scope_shows_only_its_own_windows() -> None:
    morning = Morning()
    morning.open("101", "201")
    morning.take("A")
    morning.take("E")
    _called(morning, "101", "201")
    assert _numbers(morning, "floor/1") == [("A001", "101")]
    assert _numbers(morning, "floor/2") == [("E001", "201")]
    assert _numbers(morning, "zone/new-enterprises") == [("A001", "101")]


def test_a_board_holds_twelve_calls_and_lets_the_oldest_go() -> None:
    morning = Morning()
    windows = [window for window in morning.day.windows if window.startswith("1")][:13]
    morning.open(*windows)
    for _ in windows:
        morning.take("B")
    _called(morning, *windows)
    shown = _numbers(morning, "hall")
    assert len(shown) == 12
    assert windows[0] not in [window for _, window in shown]


def test_a_call_is_fresh_for_fifteen_seconds_and_again_when_recalled() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A")
    morning.call("101")
    hall = scope_named(morning.profile, "hall")
    assert hall is not None
    first = board(hall, morning.day, morning.now + 14_999).calls[0]
    assert first.fresh
    assert not board(hall, morning.day, morning.now + 15_000).calls[0].fresh
    morning.later(1)
    morning.do(c.RecallTicket(DATE, morning.now, "101"))
    again = board(hall, morning.day, morning.now).calls[0]
    assert again.fresh
    assert again.key != first.key


def test_a_number_leaves_the_board_when_its_visit_is_over() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A")
    morning.call("101")
    morning.finish("101")
    assert _numbers(morning, "hall") == []


def test_waiting_is_counted_per_queue_of_the_scope() -> None:
    morning = Morning()
    morning.open("101")
    for category in "AAB":
        morning.take(category)
    morning.take("E")
    floor = scope_named(morning.profile, "floor/1")
    assert floor is not None
    counts = {queue.letter: queue.count for queue in board(floor, morning.day, morning.now).waiting}
    assert counts == {"A": 2, "B": 1, "C": 0, "D": 0, "P": 0, "Q": 0}


def test_a_ticket_sent_to_one_window_still_counts_as_waiting() -> None:
    morning = Morning()
    morning.open("101", "102")
    morning.take("A")
    morning.call("101")
    morning.do(c.TransferTicket(DATE, morning.now, "101", "102", "取错号"))
    floor = scope_named(morning.profile, "floor/1")
    assert floor is not None
    counts = {queue.letter: queue.count for queue in board(floor, morning.day, morning.now).waiting}
    assert sum(counts.values()) == 1


def test_an_unknown_scope_is_none() -> None:
    assert scope_named(Morning().profile, "floor/9") is None


def test_a_frozen_hall_says_why_and_keeps_its_numbers() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A")
    _called(morning, "101")
    found = scope_named(morning.profile, "hall")
    assert found is not None
    assert board(found, morning.day, morning.now).frozen is None
    morning.do(c.FreezeHall(DATE, morning.now, "消防演练"))
    shown = board(found, morning.day, morning.now)
    assert shown.frozen == "消防演练"
    assert [call.number for call in shown.calls] == ["A001"]
