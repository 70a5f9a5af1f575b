"""The demo's online hall as a process of its own: the receiver that a city deploys, on the demo's clock.

Its first line on standard input is JSON of ``Task``; it answers with its address. Every later line is a ``Tick``,
answered with an empty line once the clock is set, or a ``Compare``, answered with a ``Comparison``. It ends when
standard input ends, so it never outlives its demo.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from hub.demo.online.asking import LINE_BYTES, Compare, Task, Tick
from hub.demo.online.comparison import compared
from hub.receiver.desk import wall_ms
from hub.receiver.server import serving
from hub.receiver.settings import ReceiverSettings

_LABEL: Final = "demo"


_asked: Final[msgspec.json.Decoder[Tick | Compare]] = msgspec.json.Decoder(Tick | Compare)


class _Clock:
    def __init__(self, tick: Tick) -> None:
        self.set(tick)

    def set(self, tick: Tick) -> None:
        self._tick, self._since = tick, time.monotonic_ns()

    def now(self) -> int:
        return self._tick.at + int((time.monotonic_ns() - self._since) / 1_000_000 * self._tick.speed)


async def run(task: Task, lines: asyncio.StreamReader) -> None:
    """Until ``lines`` ends."""
    clock = _Clock(task.tick)
    settings = ReceiverSettings(
        url=task.url,
        files=Path(task.files),
        halls=Path(task.halls),
        signing_key=Path(task.signing_key),
        stale_minutes=task.stale_minutes,
        listen="127.0.0.1:0",
    )
    async with serving(settings) as (desk, urls):
        desk.now = clock.now
        for token in desk.store.tokens():
            desk.store.revoke_token(token.id, wall_ms())
        hashed = hashlib.sha256(task.secret.encode()).digest()
        desk.store.add_token(hashed.hex()[:8], hashed, _LABEL, wall_ms())
        _say(urls[0])
        while line := await lines.readline():
            asked = _asked.decode(line)
            if isinstance(asked, Tick):
                clock.set(asked)
                _say("")
            else:
                found = await asyncio.to_thread(compared, desk.store, asked.hall, asked.log, Path(asked.keys))
                _say(msgspec.json.encode(found).decode())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def _main() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=LINE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    if first := await lines.readline():
        await run(msgspec.json.decode(first, type=Task), lines)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(_main())
