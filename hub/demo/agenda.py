"""What happens in a simulated day, and when: acts by due time, and two ways to let the time pass.

Flowing: the clock runs by itself and acts run side by side, as people do. Stepped: the clock stands while an act runs
and then jumps to the next one, so a day lasts as long as the hub needs for it. Times are ms since 1970 UTC.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from hub.core.clock import FastClock, ManualClock

log = logging.getLogger(__name__)

Act = Callable[[], Awaitable[None]]


class Agenda(Protocol):
    """``failures`` counts acts that raised; each is told in the log and the day goes on."""

    failures: int

    def now(self) -> int: ...

    def at(self, due: int, act: Act) -> None:
        """Let ``act`` happen at ``due``; at once when that is past."""
        ...

    def stop(self) -> None:
        """No further act begins."""
        ...

    async def run(self) -> None:
        """Until nothing is left to happen, or ``stop``."""
        ...


class _Acts:
    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Act]] = []
        self._count = 0
        self.failures = 0

    def push(self, due: int, act: Act) -> None:
        self._count += 1
        heapq.heappush(self._heap, (due, self._count, act))

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def due(self) -> int:
        return self._heap[0][0]

    def pop(self) -> Act:
        return heapq.heappop(self._heap)[2]


class Stepped:
    """``settle`` is awaited before the clock jumps: what devices still do happens before more time passes.

    ``arrive`` is awaited after it: what the hub does at that time happens before people do more.
    """

    def __init__(
        self,
        clock: ManualClock | FastClock,
        settle: Callable[[], Awaitable[None]] | None = None,
        arrive: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._clock = clock
        self.settle = settle
        self.arrive = arrive
        self._acts = _Acts()
        self._stopped = False
        self.failures = 0

    def now(self) -> int:
        return self._clock.now()

    def at(self, due: int, act: Act) -> None:
        self._acts.push(due, act)

    def stop(self) -> None:
        self._stopped = True

    async def run(self) -> None:
        while self._acts and not self._stopped:
            ahead = self._acts.due - self._clock.now()
            if ahead > 0:
                if self.settle is not None:
                    await self.settle()
                if self._acts.due - self._clock.now() < ahead:
                    continue  # something came in between
                self._clock.advance(ahead)
                await asyncio.sleep(0)
                if self.arrive is not None:
                    await self.arrive()
            await self._run(self._acts.pop())

    async def _run(self, act: Act) -> None:
        try:
            await act()
        except Exception:
            self.failures += 1
            log.exception("an act of the demo failed")


class Flowing:
    """On a clock that runs by itself."""

    def __init__(self, clock: FastClock) -> None:
        self._clock = clock
        self._acts = _Acts()
        self._stopped = False
        self._stirred = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self.failures = 0

    def now(self) -> int:
        return self._clock.now()

    def at(self, due: int, act: Act) -> None:
        self._acts.push(due, act)
        self._stirred.set()

    def stop(self) -> None:
        self._stopped = True
        self._stirred.set()

    async def run(self) -> None:
        try:
            while not self._stopped and (self._acts or self._running):
                self._stirred.clear()
                ahead = self._acts.due - self._clock.now() if self._acts else 60_000
                if ahead <= 0:
                    task = asyncio.ensure_future(self._run(self._acts.pop()))
                    self._running.add(task)
                    task.add_done_callback(self._done)
                    await asyncio.sleep(0)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(ahead / 1000 / self._clock.speed):
                        await self._stirred.wait()
        finally:
            for task in tuple(self._running):
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, act: Act) -> None:
        try:
            await act()
        except Exception:
            self.failures += 1
            log.exception("an act of the demo failed")

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._stirred.set()
