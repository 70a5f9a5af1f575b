from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue import commands as c
from hub.domain.queue.capacity import capacity, capacity_of, pools
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import CLOSES, MINUTE, OPENS, RUSH, queue, small_plan, window


def one_window(**changes: object) -> Hall:
    """Window 101 serves A at ten minutes each."""
    plan = replace(small_plan(policy=RUSH, windows=(window("101", "A"),), queues=(queue("A", 1),)), **changes)
    hall = Hall(plan)
    hall.do(c.OpenWindow, window="101")
    return hall


def test_what_a_window_can_do_before_closing_less_who_waits() -> None:
    hall = one_window()
    hall.at = CLOSES - 95 * MINUTE
    assert capacity(hall.day, "A/1", hall.at) == 9
    for _ in range(4):
        hall.take("A")
    assert capacity(hall.day, "A/1", hall.at) == 5
    hall.call("101")
    assert capacity(hall.day, "A/1", hall.at) == 5, "the one at the window still has to be served"
    hall.wait(10)
    assert capacity(hall.day, "A/1", hall.at) == 5, "one that takes long is counted with what is left"


def test_nobody_can_say_without_an_open_window_or_a_closing_time() -> None:
    hall = one_window()
    hall.do(c.CloseWindow, window="101")
    assert capacity(hall.day, "A/1", hall.at) is None
    assert capacity(one_window(closes=None).day, "A/1", hall.at) is None
    assert capacity(hall.day, "Z/9", hall.at) is None


def test_windows_that_share_lines_count_together() -> None:
    hall = Hall(small_plan(policy=RUSH))
    assert [pool.windows for pool in pools(hall.day)] == [("101", "102", "103"), ("201", "202")]
    hall.do(c.OpenWindow, window="101")
    before = capacity(hall.day, "A/1", hall.at)
    hall.do(c.OpenWindow, window="102")
    after = capacity(hall.day, "B/1", hall.at)
    assert before is not None
    assert after is not None
    assert after >= 2 * before
    assert capacity(hall.day, "E/2", hall.at) is None


def test_past_capacity_the_profile_decides_whether_to_warn_or_to_stop() -> None:
    for rule, late in (("ignore", False), ("warn", True)):
        hall = one_window(capacity=rule)
        hall.at = CLOSES - 5 * MINUTE
        assert hall.take_reply("A").late is late
    hall = one_window(capacity="stop")
    hall.at = CLOSES - 25 * MINUTE
    assert not hall.take_reply("A").late
    hall.take("A")
    refused = hall.refuse(c.TakeTicket, ticket="t", category="A")
    assert (refused.code, refused.facts) == ("capacity-reached", {"closes": "17:00", "ahead": 2})


@given(st.integers(0, 500), st.integers(0, 60))
def test_capacity_falls_with_time_and_with_every_newcomer(minutes: int, waiting: int) -> None:
    hall = one_window()
    for _ in range(waiting):
        hall.take("A")
    hall.at = OPENS + minutes * MINUTE
    [pool] = pools(hall.day)
    more = capacity_of(hall.day, pool, hall.at)
    assert more is not None
    assert more >= 0
    later = capacity_of(hall.day, pool, hall.at + 10 * MINUTE)
    assert later is not None
    assert later <= more
    if hall.at < CLOSES:
        hall.take("A")
        one_more = capacity_of(hall.day, pool, hall.at)
        assert one_more is not None
        assert one_more <= more
