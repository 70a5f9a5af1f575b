"""When to try again: twice as long after each failure, spread out, never more than half a minute apart.

Spread, so that a hundred halls whose city was away do not come back in one instant. And how much of a backfill's time
is left to the hall.
"""

from __future__ import annotations

from collections.abc import Callable

FIRST_MS = 500
CAP_MS = 30_000
LONGEST_MS = 300_000
"""A receiver that asks for longer is asked again all the same."""


BACKLOG = 5_000
"""Fewer entries than that go up at once."""
WORKING_SECONDS = 2.0
LEFT_TO_THE_HALL = 1.5
"""Seconds that a hall at work has for itself for each second of a backfill: a niced process still takes the disk, and
on a server with few cores the receiver may be a neighbour. Nine dark days take half a minute more."""
LONGEST_REST_SECONDS = 1.0


class Courtesy:
    """``woke()`` at every commit of the hall; a hall that commits nothing gives all its time to the backfill."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._woken = float("-inf")

    def woke(self) -> None:
        self._woken = self._seconds()

    def rest(self, took: float, waiting: int) -> float:
        """Seconds to rest after a turn that took so long, with so many entries still waiting."""
        if waiting < BACKLOG or self._seconds() - self._woken > WORKING_SECONDS:
            return 0.0
        return min(took * LEFT_TO_THE_HALL, LONGEST_REST_SECONDS)


class Backoff:
    """``chance`` gives numbers from 0 to 1."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self.failures = 0

    def failed(self, asked: float | None = None) -> int:
        """Milliseconds to wait after one more failure; ``asked``: the receiver's Retry-After in seconds."""
        full = min(CAP_MS, FIRST_MS << min(self.failures, 10))
        self.failures += 1
        spread = full * (0.5 + 0.5 * self._chance())
        if asked is None or not asked >= 0:
            return int(spread)
        return int(min(asked * 1000, LONGEST_MS) + spread / 4)

    def succeeded(self) -> None:
        self.failures = 0
