"""Ids made by the hub: 16 bytes, time-ordered, so that an index on them grows at its end."""

from __future__ import annotations

import os
from collections.abc import Callable


class Ids:
    """A 48-bit millisecond clock, a 16-bit counter within it, and 64 random bits; never the same twice.

    The order holds within one process even when the clock steps back.
    """

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._last = 0
        self._pool = b""
        self._at = 0

    def make(self) -> bytes:
        tick = self._now() << 16
        self._last = tick = tick if tick > self._last else self._last + 1
        if self._at >= len(self._pool):
            self._pool, self._at = os.urandom(4096), 0
        noise = self._pool[self._at : self._at + 8]
        self._at += 8
        return tick.to_bytes(8, "big") + noise
