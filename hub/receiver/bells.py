"""Long polls sleep until their hall's bell rings; nobody looks again and again."""

from __future__ import annotations

import asyncio


class Bells:
    """Belongs to one event loop. One sleeper a hall: a newer one wakes the older, so half-open lines do not pile up."""

    def __init__(self) -> None:
        self._sleepers: dict[str, asyncio.Future[None]] = {}
        self._closed = False

    def ring(self, hall: str) -> None:
        sleeper = self._sleepers.pop(hall, None)
        if sleeper is not None and not sleeper.done():
            sleeper.set_result(None)

    def hang(self, hall: str) -> asyncio.Future[None]:
        """Of the next ring: hang it before looking, sleep when there was nothing to see."""
        self.ring(hall)
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._closed:
            sleeper.set_result(None)
        else:
            self._sleepers[hall] = sleeper
        return sleeper

    async def sleep(self, hall: str, sleeper: asyncio.Future[None], seconds: float) -> bool:
        """Whether it rang in time."""
        try:
            async with asyncio.timeout(seconds):
                await sleeper
        except TimeoutError:
            return False
        finally:
            if self._sleepers.get(hall) is sleeper:
                del self._sleepers[hall]
        return True

    def close(self) -> None:
        """Everybody wakes, and nobody sleeps any more."""
        self._closed = True
        for hall in list(self._sleepers):
            self.ring(hall)
