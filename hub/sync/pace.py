"""When to try again: twice as long after each failure, spread out, never more than half a minute apart.

Spread, so that a hundred halls whose city was away do not come back in one instant.
"""

from __future__ import annotations

from collections.abc import Callable

FIRST_MS = 500
CAP_MS = 30_000
LONGEST_MS = 300_000
"""A receiver that asks for longer is asked again all the same."""


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
