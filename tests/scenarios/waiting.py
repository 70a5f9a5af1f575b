"""Waiting for what no event announces, because it happens in another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], seconds: float = 10, every: float = 0.01) -> None:
    """Raises ``TimeoutError`` when it does not come to hold in time."""
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(every)
