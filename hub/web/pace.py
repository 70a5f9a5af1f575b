"""A token bucket per name: how often something may happen."""

from __future__ import annotations

import time
from collections.abc import Callable

_REMEMBERED = 10_000


class Pace:
    """``rate`` a second after a burst of ``burst``; names that are quiet are forgotten."""

    def __init__(self, rate: float, burst: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._seconds = seconds
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, name: str) -> bool:
        """Take one of the name's tokens if there is one."""
        now = self._seconds()
        left, at = self._left.get(name, (self.burst, now))
        left = min(self.burst, left + (now - at) * self.rate)
        if left < 1:
            return False
        if len(self._left) >= _REMEMBERED:
            self._left.clear()
        self._left[name] = (left - 1, now)
        return True
