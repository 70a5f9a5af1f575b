"""The up feed's process as the hub holds it: started, woken after commits, started again when it ends, asked nothing.

The hub only ever writes single bytes to it and keeps the last standing that it told, so whatever happens to it costs
the hall's own work nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from hub.sync.child import LINE_BYTES, Task
from hub.sync.standing import FeedStanding

log = logging.getLogger(__name__)

WAKE_EVERY_SECONDS: Final = 0.01
"""Commits within this time wake the child once."""
AGAIN_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 15.0)
STEADY_SECONDS: Final = 60.0
END_SECONDS: Final = 2.0
_KEPT_ENV: Final = ("PYTHONPATH", "LANG", "PATH", "SSL_CERT_FILE", "SSL_CERT_DIR")


class FeedProcess:
    """``run()`` until cancelled; ``task`` tells what the child is to do at each start."""

    def __init__(self, task: Callable[[], Task]) -> None:
        self._task = task
        self._stdin: asyncio.StreamWriter | None = None
        self._due = False
        self._process: asyncio.subprocess.Process | None = None
        self.standing = FeedStanding()
        self.starts = 0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Start the child, and start it again when it ends."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            begun = loop.time()
            try:
                await self._once()
            except Exception:
                # whatever is wrong with it, the hall's own work goes on
                log.exception("the feed's process cannot be started")
            failures = 0 if loop.time() - begun > STEADY_SECONDS else failures + 1
            if failures:
                since = self.standing.since or time.time_ns() // 1_000_000
                self.standing = msgspec.structs.replace(
                    self.standing, phase="dark", problem="process-ended", since=since
                )
            await asyncio.sleep(AGAIN_SECONDS[min(failures, len(AGAIN_SECONDS)) - 1] if failures else 0)

    async def restart(self) -> None:
        """End the child, so that it begins again with the present task (a new epoch)."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def wake(self) -> None:
        """There are new entries; cheap, and never waits."""
        if not self._due and self._stdin is not None:
            self._due = True
            asyncio.get_running_loop().call_later(WAKE_EVERY_SECONDS, self._wake)

    def tell(self, letter: bytes) -> None:
        """``p`` pause, ``r`` resume, ``a`` try again now."""
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(letter)

    def _wake(self) -> None:
        self._due = False
        if self._stdin is None or self._stdin.is_closing():
            return
        # a child that does not read has been woken already
        if self._stdin.transport.get_write_buffer_size() == 0:
            self._stdin.write(b"w")

    async def _once(self) -> None:
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "hub.sync.child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            env={name: value for name, value in os.environ.items() if name in _KEPT_ENV},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self.starts += 1
        try:
            process.stdin.write(msgspec.json.encode(self._task()) + b"\n")
            self._stdin = process.stdin
            while told := await process.stdout.readline():
                with suppress(msgspec.MsgspecError):
                    self.standing = msgspec.json.decode(told, type=FeedStanding)
            await process.wait()
        except ValueError:
            log.exception("the feed's process wrote no line")
        finally:
            self._stdin = None
            await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Its input ends, so it ends; else it is ended."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
