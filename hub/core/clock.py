"""The hub's clocks: wall time in ms since 1970 UTC, monotonic time in ms, and waiting until a wall time."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """Wall time, ms since 1970 UTC. It may step."""
        ...

    def monotonic(self) -> int:
        """Ms of an arbitrary origin that never step, at the clock's own speed."""
        ...

    async def sleep(self, ms: int) -> None:
        """Wait for ``ms`` of this clock's time."""
        ...


class SystemClock:
    """The operating system's clocks."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> int:
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, ms: int) -> None:
        await asyncio.sleep(max(ms, 0) / 1000)


class NetworkClock:
    """Wall time of ``wall``, pauses in the system's time: a network runs no faster in a demo."""

    def __init__(self, wall: Clock) -> None:
        self._wall = wall
        self._system = SystemClock()

    def now(self) -> int:
        return self._wall.now()

    def monotonic(self) -> int:
        return self._system.monotonic()

    async def sleep(self, ms: int) -> None:
        await self._system.sleep(ms)


class FastClock:
    """Starts at ``start`` and runs ``speed`` times as fast as the system's; for demos and replays.

    ``advance`` passes time at once, and who sleeps over it wakes.
    """

    def __init__(self, start: int, speed: float) -> None:
        self._start = start
        self._origin = time.monotonic_ns()
        self._ahead = 0
        self._moved = asyncio.Event()
        self.speed = speed

    def monotonic(self) -> int:
        return int((time.monotonic_ns() - self._origin) / 1_000_000 * self.speed) + self._ahead

    def advance(self, ms: int) -> None:
        self._ahead += ms
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    def now(self) -> int:
        return self._start + self.monotonic()

    async def sleep(self, ms: int) -> None:
        due = self.monotonic() + ms
        while (left := due - self.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left / 1000 / self.speed):
                    await self._moved.wait()


class ManualClock:
    """Moves only when told: ``advance`` passes time, ``step`` sets the wall clock wrong."""

    def __init__(self, start: int) -> None:
        self._wall = start
        self._passed = 0
        self._moved = asyncio.Event()

    def now(self) -> int:
        return self._wall

    def monotonic(self) -> int:
        return self._passed

    def advance(self, ms: int) -> None:
        self._wall += ms
        self._passed += ms
        self._wake()

    def step(self, ms: int) -> None:
        self._wall += ms
        self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep(self, ms: int) -> None:
        due = self._passed + ms
        while self._passed < due:
            await self._moved.wait()


class TrustedClock:
    """The wall clock as long as it agrees with the monotonic one within ``limit`` ms.

    After a larger step ``now`` goes on from the last agreement at monotonic pace, and ``stepped`` tells the step,
    until ``confirm`` accepts the wall clock (rule: a step freezes rollover, expiry and deadlines until confirmed).
    """

    def __init__(self, clock: Clock, limit: int = 300_000) -> None:
        self._clock = clock
        self._limit = limit
        self._wall = clock.now()
        self._mono = clock.monotonic()
        self.stepped = 0

    def not_before(self, last: int, by_ms: int = 0) -> None:
        """Start from ``last``, the time of the log's last entry, and a step not confirmed (0: none).

        A clock set back over the restart is a step. One known to stand ``by_ms`` ahead still does, unless time without
        the step would lie before ``last``: then it was set right meanwhile.
        """
        wall, limit = self._clock.now(), self._limit
        if wall < last - limit or (by_ms > limit and wall - by_ms >= last - limit):
            self._wall, self._mono = max(wall - by_ms, last), self._clock.monotonic()
            self.stepped = wall - self._wall

    def now(self) -> int:
        clock = self._clock
        wall, mono = clock.now(), clock.monotonic()
        expected = self._wall + mono - self._mono
        limit = self._limit
        if -limit <= wall - expected <= limit:
            self._wall, self._mono, self.stepped = wall, mono, 0
            return wall
        self.stepped = wall - expected
        return expected

    def confirm(self) -> None:
        self._wall, self._mono, self.stepped = self._clock.now(), self._clock.monotonic(), 0

    def monotonic(self) -> int:
        return self._clock.monotonic()

    async def sleep(self, ms: int) -> None:
        await self._clock.sleep(ms)
