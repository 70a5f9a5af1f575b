"""The press: PDFs drawn one at a time by a process beside the hub (``draw_pdf``).

Neither the event loop nor the hub's memory feels them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import struct
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Final

from hub.domain.refusals import Refused
from hub.web.printing import draw_pdf

SECONDS: Final = 30.0
IDLE_SECONDS: Final = 120.0
DOCUMENTS: Final = 200
WAITING: Final = 20
LARGEST: Final = 32 * 1024 * 1024

_DRAW: Final = Path(draw_pdf.__file__)

log = logging.getLogger(__name__)


class Press:
    """Its process begins with the first document and ends after ``DOCUMENTS`` of them or when nobody printed for
    ``IDLE_SECONDS``. ``command`` is what draws; tests give another."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-I", str(_DRAW))) -> None:
        self._command = command
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: Process | None = None
        self._drawn = 0
        self._idle: asyncio.TimerHandle | None = None

    async def pdf(self, document: str) -> bytes:
        """The document, whole HTML with its style, as PDF.

        Raises ``Refused``: ``pdf-unavailable`` (libraries or fonts are missing on this machine), ``pdf-busy`` (too many
        wait already), ``pdf-failed``.
        """
        if self._waiting >= WAITING:
            raise Refused("pdf-busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._draw(document.encode())
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Ends the process, if there is one."""
        async with self._turn:
            await self._stop()

    async def _draw(self, document: bytes) -> bytes:
        if self._idle is not None:
            self._idle.cancel()
        try:
            async with asyncio.timeout(SECONDS):
                process = await self._ready()
                assert process.stdin is not None
                process.stdin.write(struct.pack(">I", len(document)) + document)
                await process.stdin.drain()
                letter, body = await _answer(process)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            await self._stop()
            raise Refused("pdf-failed") from None
        except BaseException:
            await self._stop()
            raise
        self._drawn += 1
        if self._drawn >= DOCUMENTS:
            await self._stop()
        else:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(IDLE_SECONDS, self._let_go)
        if letter == draw_pdf.PDF:
            return body
        if letter == draw_pdf.NO_FONT:
            raise Refused("pdf-unavailable", missing="fonts-noto-cjk")
        log.error("a document could not be drawn", extra={"facts": {"problem": body.decode(errors="replace")[:500]}})
        raise Refused("pdf-failed")

    async def _ready(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        environment = {"LANG": "C.UTF-8", "PATH": os.defpath}
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        self._drawn = 0
        letter, body = await _answer(self._process)
        if letter != draw_pdf.READY:
            log.error("PDF needs libraries", extra={"facts": {"problem": body.decode(errors="replace")[:500]}})
            raise Refused("pdf-unavailable", missing="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
        return self._process

    def _let_go(self) -> None:
        """Nobody printed for a while: end of input lets the process end by itself."""
        process = self._process
        if process is None or process.stdin is None or self._turn.locked():
            return
        self._process = None
        process.stdin.close()

    async def _stop(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()


async def _answer(process: Process) -> tuple[bytes, bytes]:
    assert process.stdout is not None
    head = await process.stdout.readexactly(5)
    length = struct.unpack(">I", head[1:])[0]
    if length > LARGEST:
        raise OSError("the answer is too large")
    return head[:1], await process.stdout.readexactly(length)
