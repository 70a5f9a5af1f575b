"""How much is let in at once, fairly between halls: memory stays bounded whatever comes.

Each hall has one batch here at a time, and those that wait do so in the order in which they came, unread: so a hundred
halls that come back together go round, one batch each. What all bodies under way weigh together is limited; the limit
is shared out, in credits, among the halls that were heard from just now.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from hub.sync.protocol import Credit

_ACTIVE_SECONDS: Final = 30.0
_BYTES_AN_ENTRY: Final = 512


class Busy(Exception):
    """Not now: try again after ``seconds``."""

    def __init__(self, seconds: int = 1) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class TooLarge(Exception):
    """More than was granted."""

    def __init__(self, granted: int) -> None:
        super().__init__(granted)
        self.granted = granted


@dataclass(frozen=True, slots=True)
class Room:
    """``total``: bytes of all bodies under way. ``most`` and ``least``: bytes granted for one batch, ``entries`` in it
    at most. ``single``: bytes of one entry that is let in whatever was granted. ``working``: batches decoded and stored
    at once. ``patience``: seconds that one may wait, ``waiting`` how many may.
    """

    total: int = 64 * 1024 * 1024
    most: int = 4 * 1024 * 1024
    least: int = 64 * 1024
    entries: int = 2000
    working: int = 2
    single: int = 1024 * 1024
    patience: float = 20.0
    waiting: int = 2000


class Admission:
    """Belongs to one event loop. ``clock``: seconds that only rise."""

    def __init__(self, room: Room, clock: Callable[[], float]) -> None:
        self.room = room
        self.refused = 0
        self.peak = 0
        self._clock = clock
        self._inside: set[str] = set()
        self._used = 0
        self._queue: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._working = asyncio.Semaphore(room.working)
        self._seen: dict[str, float] = {}
        self._granted: dict[str, int] = {}

    @property
    def used(self) -> int:
        """Bytes of bodies under way."""
        return self._used

    @property
    def waiting(self) -> int:
        """Batches that wait unread."""
        return len(self._queue)

    def credit(self, hall: str) -> Credit:
        """What the hall may send next; told to it, and held to it."""
        now = self._clock()
        self._seen[hall] = now
        for other in [name for name, at in self._seen.items() if now - at > _ACTIVE_SECONDS]:
            del self._seen[other]
        room = self.room
        grant = min(max(room.total // len(self._seen), room.least), room.most)
        self._granted[hall] = grant
        return Credit(max(min(grant // _BYTES_AN_ENTRY, room.entries), 1), grant)

    @asynccontextmanager
    async def admitted(self, hall: str, size: int, most: int | None = None) -> AsyncGenerator[Callable[[], None]]:
        """Room for a body of ``size`` bytes; ``most`` None: as much as was granted to the hall.

        It ends with the block, or before by a call of what it gives: whoever was answered may send the next one at
        once. Raises ``Busy`` and ``TooLarge``, before anything of it is read.
        """
        granted = self._granted.get(hall, self.room.most) if most is None else most
        # a single entry may be larger than a small grant
        if size > max(granted, self.room.single if most is None else 0):
            raise TooLarge(granted)
        if hall in self._inside or len(self._queue) >= self.room.waiting:
            self.refused += 1
            raise Busy
        self._inside.add(hall)
        try:
            await self._enter(size)
        except BaseException:
            self._inside.discard(hall)
            raise
        inside = True

        def leave() -> None:
            nonlocal inside
            if inside:
                inside = False
                self._inside.discard(hall)
                self._used -= size
                self._let_in()

        try:
            yield leave
        finally:
            leave()

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """A turn to decode and store, first come first served."""
        async with self._working:
            yield

    async def _enter(self, size: int) -> None:
        if not self._queue and self._fits(size):
            self._take(size)
            return
        entry = (size, asyncio.get_running_loop().create_future())
        self._queue.append(entry)
        try:
            async with asyncio.timeout(self.room.patience):
                await asyncio.shield(entry[1])
        except BaseException as error:
            if entry[1].done():
                self._used -= size
            else:
                self._queue.remove(entry)
            self._let_in()
            if isinstance(error, TimeoutError):
                self.refused += 1
                raise Busy(2) from None
            raise

    def _fits(self, size: int) -> bool:
        """Something larger than all there is may come in alone."""
        return self._used == 0 or self._used + size <= self.room.total

    def _take(self, size: int) -> None:
        self._used += size
        self.peak = max(self.peak, self._used)

    def _let_in(self) -> None:
        while self._queue and self._fits(self._queue[0][0]):
            size, waiting = self._queue.popleft()
            self._take(size)
            waiting.set_result(None)
