"""A machine of the line carried by a real one: ask, wait, hear, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from hub.sync.feed import Feed
from hub.sync.port import Line, LinkDown, Wait


async def carry(
    feed: Feed, line: Line, woken: asyncio.Event, told: Callable[[], None], rest: Callable[[float], float] = lambda _: 0
) -> None:
    """Until cancelled. ``woken`` is set when there may be more to send; ``told`` is called after every turn.

    ``rest``: from the seconds a turn took to those that the hall may have for itself before the next.
    """
    loop = asyncio.get_running_loop()
    while True:
        woken.clear()
        due = await asyncio.to_thread(feed.ask)
        if isinstance(due, Wait):
            told()
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), None if due.ms is None else due.ms / 1000)
            continue
        began = loop.time()
        try:
            answer, _ = await asyncio.gather(line.call(due), asyncio.to_thread(feed.prepare))
        except LinkDown as down:
            feed.lost(down)
        else:
            feed.heard(answer)
        told()
        if (seconds := rest(loop.time() - began)) > 0:
            await asyncio.sleep(seconds)
