"""A feed whose every try is refused, as often as in weeks, without waiting in between: ``… dark_tries TRIES``."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys

from benchmarks.processes import free_port, memory
from hub.core.clock import ManualClock
from hub.core.epoch import Epoch
from hub.log.chain import GENESIS
from hub.log.memory import MemoryLog
from hub.sync.egress import Egress
from hub.sync.feed import Feed
from hub.sync.line import HttpLine
from hub.sync.port import LinkDown, Wait


async def measure(tries: int) -> dict[str, object]:
    clock, epoch = ManualClock(1_764_000_000_000), Epoch("1" * 16, 0, GENESIS.hex())
    gate = Egress({}, {}, lambda _: {}, str)
    feed = Feed("hall-0", epoch, MemoryLog(), gate, clock, random.Random(3).random)
    line = HttpLine(f"http://127.0.0.1:{free_port()}")
    mb: list[float] = []
    for number in range(tries):
        while isinstance(due := feed.ask(), Wait):
            clock.advance(due.ms or 60_000)
        try:
            await line.call(due)
        except LinkDown as down:
            feed.lost(down)
        feed.standing()
        if number % (tries // 10) == tries // 10 - 1:
            mb.append(memory(os.getpid())[0])
    await line.close()
    assert feed.standing().phase == "dark"
    return {"tries": tries, "first": mb[0], "last": mb[-1], "gained": mb[-1] - mb[0]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1])))))
