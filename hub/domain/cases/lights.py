"""Red and yellow lights 红黄牌 for the supervisor: a pure function of a clock, the calendar and the time.

Yellow: at most ``YELLOW_DAYS`` working days are left after today, or ``YELLOW_SHARE`` of the limit is used. Red: the
due moment has passed, and nothing has ended the clock since. An ended clock is red for good when it ended too late.
"""

from __future__ import annotations

from typing import Literal

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import reckon
from hub.domain.cases.state import Case, Clock

Light = Literal["green", "stopped", "yellow", "red"]

YELLOW_DAYS = 2
YELLOW_SHARE = 0.8

_WORSE: tuple[Light, ...] = ("green", "stopped", "yellow", "red")


def light(clock: Clock, almanac: Almanac, now: int, today: str) -> Light:
    """``today``: the business day of ``now``."""
    if clock.ended_at is not None:
        return "red" if clock.due_at and clock.ended_at >= clock.due_at else "green"
    due = reckon(clock, almanac)
    if due is None:
        return "stopped"
    if now >= due.due_at:
        return "red"
    left = almanac.between(today, due.due)
    if left <= YELLOW_DAYS:
        return "yellow"
    if clock.limit is None:
        return "green"
    whole = clock.limit + clock.extended
    return "yellow" if whole - left >= YELLOW_SHARE * whole else "green"


def worst(case: Case, almanac: Almanac, now: int, today: str) -> Light:
    """Of the clocks that have not ended; green without any."""
    rank = 0
    for clock in case.clocks:
        if clock.ended_at is None:
            rank = max(rank, _WORSE.index(light(clock, almanac, now, today)))
    return _WORSE[rank]
