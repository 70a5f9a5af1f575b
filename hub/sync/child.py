"""The up feed as a process of its own, so that a backfill costs the hall's tickets no interpreter time.

Its first line on standard input is JSON of ``Task``; after it one byte each: ``w`` there is more in the log, ``p``
pause, ``r`` resume, ``a`` try again now. On standard output it writes its standing, a JSON line at every change. It
ends when standard input ends, so it never outlives its hub.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from hub.core.clock import SystemClock
from hub.core.epoch import Epoch
from hub.log.key_reader import KeyReader
from hub.log.names import EVENTS
from hub.log.open import open_reader
from hub.sync.allowed import ALLOWED
from hub.sync.carry import carry
from hub.sync.credentials import Credentials, line_to
from hub.sync.egress import Egress
from hub.sync.feed import Feed
from hub.sync.pace import Courtesy
from hub.sync.snapshot import snapshot_body
from hub.sync.standing import FeedStanding
from hub.views.masks import masked_name

NICE: Final = 10
TELL_EVERY_SECONDS: Final = 0.25
_BUSY: Final = ("sending", "quiet", "opening")
LINE_BYTES: Final = 64 * 1024


class Task(msgspec.Struct, frozen=True):
    """What the child is to do; paths are absolute."""

    log: str
    keys: str
    hall: str
    url: str
    epoch: Epoch
    credentials: Credentials = Credentials()
    paused: bool = False
    program: str = ""


async def run(task: Task, commands: asyncio.StreamReader) -> None:
    """Until ``commands`` ends."""
    line = line_to(task.url, task.credentials, task.epoch.id)
    with closing(open_reader(task.log)) as log, closing(KeyReader(Path(task.keys))) as keys:
        gate = Egress(EVENTS, ALLOWED, keys.clear, masked_name)
        source = f"/halls/{task.hall}/{task.epoch.id}"
        feed = Feed(
            task.hall,
            task.epoch,
            log,
            gate,
            SystemClock(),
            random.random,
            program=task.program,
            snapshot=lambda: snapshot_body(log, gate, source),
        )
        feed.paused = task.paused
        woken, teller, courtesy = asyncio.Event(), _Teller(feed), Courtesy(time.monotonic)

        def rest(took: float) -> float:
            standing = feed.standing()
            return courtesy.rest(took, standing.head - (standing.committed or 0))

        carrying = asyncio.create_task(carry(feed, line, woken, teller.look, rest))
        listening = asyncio.create_task(_listen(commands, feed, woken, courtesy))
        try:
            done, _ = await asyncio.wait((carrying, listening), return_when=asyncio.FIRST_COMPLETED)
            for task_done in done:
                task_done.result()
        finally:
            carrying.cancel()
            listening.cancel()
            await asyncio.gather(carrying, listening, return_exceptions=True)
            teller.close()
            await line.close()


async def _listen(commands: asyncio.StreamReader, feed: Feed, woken: asyncio.Event, courtesy: Courtesy) -> None:
    while read := await commands.read(4096):
        for letter in read:
            match letter:
                case 0x70:
                    feed.paused = True
                case 0x72:
                    feed.paused = False
                    feed.again()
                case 0x61:
                    feed.again()
                case _:
                    courtesy.woke()
        woken.set()


class _Teller:
    """Writes the standing when it changed, figures that only count at most four times a second."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._told: FeedStanding | None = None
        self._at = 0.0
        self._later: asyncio.TimerHandle | None = None

    def look(self) -> None:
        told, loop = self._told, asyncio.get_running_loop()
        standing = self._feed.standing()
        at_once = told is None or (standing.phase in _BUSY, standing.problem) != (told.phase in _BUSY, told.problem)
        left = TELL_EVERY_SECONDS - (loop.time() - self._at)
        if not at_once and left > 0:
            if self._later is None:
                self._later = loop.call_later(left, self._last)
        elif standing != told:
            self._told, self._at = standing, loop.time()
            sys.stdout.buffer.write(msgspec.json.encode(standing) + b"\n")
            sys.stdout.buffer.flush()

    def close(self) -> None:
        """Before the log is closed, which the standing is read from."""
        if self._later is not None:
            self._later.cancel()

    def _last(self) -> None:
        self._later = None
        self.look()


async def _main() -> None:
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    first = await commands.readline()
    if first:
        await run(msgspec.json.decode(first, type=Task), commands)


if __name__ == "__main__":
    os.nice(NICE)
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_main())
