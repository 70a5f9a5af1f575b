"""The day's curve is the same followed and rebuilt."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.queue import commands as c
from hub.domain.refusals import Refused
from hub.views.curve import STEP_MS, CurveFold
from tests.views.day import DATE, NINE, Morning

ACTS = st.lists(
    st.sampled_from(["take", "call", "finish", "miss", "return", "abandon", "void", "hand", "wait"]), max_size=60
)


def _act(morning: Morning, act: str, turn: int) -> None:
    last = next(reversed(morning.day.tickets), "none")
    now = morning.now
    match act:
        case "take":
            morning.take("ABCD"[turn % 4])
        case "call":
            morning.call("101")
        case "finish":
            morning.finish("101")
        case "miss":
            morning.miss("101")
        case "return":
            morning.do(c.ReinstateTicket(DATE, now, last))
        case "abandon":
            morning.do(c.AbandonTicket(DATE, now, last))
        case "hand":
            times = (now - 20 * 60_000, now - 9 * 60_000) if turn % 2 else (None, None)
            window = "101" if turn % 2 else None
            hand = c.EnterHandTicket(
                DATE, now, f"hand{turn}", f"XA{turn:03d}", "A", now - 40 * 60_000, window=window,
                called_at=times[0], finished_at=times[1],
            )  # fmt: skip
            morning.do(hand)
        case "void":
            morning.do(c.VoidTicket(DATE, now, last, "误取"))
        case _:
            morning.later(7)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_followed_and_rebuilt_are_equal(acts: list[str]) -> None:
    morning = Morning()
    morning.open("101")
    for turn, act in enumerate(acts):
        try:
            _act(morning, act, turn)
        except Refused:
            continue
    followed, rebuilt = CurveFold(), CurveFold()
    followed.follow(morning.events)
    rebuilt.rebuild(morning.day)
    ends = NINE + 8 * 3_600_000
    assert followed.curve(NINE, ends, morning.now) == rebuilt.curve(NINE, ends, morning.now)


def test_arrivals_waiting_and_served_stand_in_their_quarter() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A")
    morning.take("A")
    morning.later(16)
    morning.call("101")
    morning.finish("101")
    morning.later(15)
    fold = CurveFold()
    fold.follow(morning.events)
    curve = fold.curve(NINE, NINE + 4 * STEP_MS, morning.now)
    assert (curve.start, curve.steps) == (NINE, 4)
    assert curve.arrivals == (2, 0)
    assert curve.waiting == (2, 1)
    assert curve.served == (0, 1)


def test_a_new_day_begins_at_nothing() -> None:
    morning = Morning()
    morning.take("A")
    fold = CurveFold()
    fold.follow([*morning.events, morning.events[0]])
    assert sum(fold.curve(NINE, NINE + STEP_MS, NINE + STEP_MS).arrivals) == 0
