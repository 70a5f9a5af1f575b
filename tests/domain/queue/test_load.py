"""What the next hour asks of windows, against what they can."""

from __future__ import annotations

from hypothesis import given

from hub.domain.queue import commands as c
from hub.domain.queue.load import HOUR, Load, loads, share
from tests.domain.queue.hall import Hall, small_hall
from tests.domain.queue.plans import CLOSES, MINUTE
from tests.domain.queue.troubled import halls


def _load(hall: Hall, line: str) -> Load:
    return next(load for load in loads(hall.day, hall.at) if line in load.lines)


@given(halls())
def test_everybody_who_waits_counts_in_exactly_one_load(hall: Hall) -> None:
    known = loads(hall.day, hall.at)
    lines = [line for load in known for line in load.lines]
    assert len(lines) == len(set(lines))
    assert {name for name, line in hall.day.lines.items() if line.occupied} <= set(lines)
    assert sum(load.waiting for load in known) == sum(len(line) for line in hall.day.lines.values())
    assert all(load.time_ms >= 0 and load.work_ms >= 0 and load.can >= 0 for load in known)
    assert all((load.percent is None) == (load.time_ms == 0 and load.work_ms > 0) for load in known)


def test_work_is_who_waits_and_who_is_expected_at_todays_rate() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    for _ in range(12):
        hall.take("A")
        hall.wait(5)
    load = _load(hall, "A/1")
    assert (load.waiting, load.coming) == (12, 12)
    assert load.waiting_ms == load.coming_ms == 12 * 10 * MINUTE
    assert load.time_ms == HOUR
    assert load.can == 6
    assert load.percent == 400


def test_early_in_the_day_the_hour_is_counted_up_from_what_has_passed() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    for _ in range(5):
        hall.take("A")
    assert _load(hall, "A/1").coming == 10, "30 minutes since numbers are given"


def test_nobody_is_expected_after_closing() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    hall.at = CLOSES - 30 * MINUTE
    for _ in range(6):
        hall.take("A")
    assert _load(hall, "A/1").coming == 3
    hall.at = CLOSES
    load = _load(hall, "A/1")
    assert (load.waiting, load.coming) == (6, 0)


def test_time_is_that_of_open_windows_less_what_is_at_them() -> None:
    hall = small_hall()
    hall.take("A")
    load = _load(hall, "A/1")
    assert (load.opened, load.time_ms, load.percent) == (0, 0, None)
    hall.call("101")
    hall.do(c.OpenWindow, window="102")
    assert _load(hall, "A/1").time_ms == 2 * HOUR - 10 * MINUTE
    hall.wait(30)
    assert _load(hall, "A/1").time_ms == 2 * HOUR - 2.5 * MINUTE, "a quarter of the pace when it overruns"


def test_lines_that_nobody_may_serve_stand_apart() -> None:
    hall = small_hall()
    hall.take("A")
    hall.do(c.ReskillWindow, window="101", categories=("P",))
    hall.do(c.ReskillWindow, window="102", categories=("P",))
    load = _load(hall, "A/1")
    assert load.waiting == 1


def test_a_share_is_unknown_only_without_time() -> None:
    assert share(0, 0) == 0
    assert share(1, 0) is None
    assert share(30, 60) == 50
