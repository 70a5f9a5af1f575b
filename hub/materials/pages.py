"""Pictures of a file's pages, drawn by a short-lived process (``hub.materials.draw``) within limits."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from hub.domain.refusals import Refused
from hub.materials import draw
from hub.materials.draw import LOCKED, NO_PAGE, OUTPUT

NARROWEST, WIDEST = 200, 2000
SECONDS: Final = 15.0
AT_ONCE: Final = 2
KEPT_BYTES: Final = 32 * 1024 * 1024

_DRAW: Final = Path(draw.__file__)

Opened = Callable[[], BinaryIO]


class _Count(msgspec.Struct):
    pages: int


@dataclass(frozen=True, slots=True)
class Picture:
    """``media`` is ``image/png`` or ``image/jpeg``."""

    content: bytes
    media: str


class Pages:
    """At most two drawings at a time; the latest pictures are kept, 32 MiB of them."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[tuple[str, int, int], Picture] = OrderedDict()
        self._counts: OrderedDict[str, int] = OrderedDict()

    async def count(self, sha256: str, kind: str, opened: Opened) -> int:
        """How many pages there are. Raises as ``draw``."""
        if sha256 not in self._counts:
            answer = await self._run(kind, "count", 0, opened)
            self._counts[sha256] = msgspec.json.decode(answer, type=_Count).pages
            while len(self._counts) > 4096:
                self._counts.popitem(last=False)
        return self._counts[sha256]

    async def draw(self, sha256: str, kind: str, page: int, width: int, opened: Opened) -> Picture:
        """Page ``page`` (from 1), ``width`` pixels wide or as wide as a smaller picture is; 200 to 2000.

        Raises ``Refused``: ``no-such-page``, ``preview-locked`` (a password), ``preview-failed`` (damaged, or more than
        the limits of time and memory allow).
        """
        width = min(max(width, NARROWEST), WIDEST)
        key = (sha256, page, width)
        picture = self._kept.get(key)
        if picture is None:
            content = await self._run(kind, str(page), width, opened)
            media = "image/jpeg" if content.startswith(b"\xff\xd8") else "image/png"
            picture = self._kept[key] = Picture(content, media)
            while sum(len(each.content) for each in self._kept.values()) > KEPT_BYTES and len(self._kept) > 1:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return picture

    async def _run(self, kind: str, what: str, width: int, opened: Opened) -> bytes:
        async with self._turn:
            with await asyncio.to_thread(opened) as file:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-I", str(_DRAW), kind, what, str(width)),
                    stdin=file,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    env={},
                    cwd="/",
                    start_new_session=True,
                )
            content = b""
            try:
                async with asyncio.timeout(SECONDS):
                    content = await _read(process)
            except TimeoutError:
                pass
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.send_signal(signal.SIGKILL)
                    await process.wait()
        match process.returncode:
            case 0 if content:
                return content
            case code if code == NO_PAGE:
                raise Refused("no-such-page", page=what)
            case code if code == LOCKED:
                raise Refused("preview-locked")
            case _:
                raise Refused("preview-failed")


async def _read(process: asyncio.subprocess.Process) -> bytes:
    """All that the process says until it ends; nothing when that is more than a page may have."""
    assert process.stdout is not None
    parts: list[bytes] = []
    size = 0
    while part := await process.stdout.read(256 * 1024):
        size += len(part)
        if size > OUTPUT:
            return b""
        parts.append(part)
    await process.wait()
    return b"".join(parts)
