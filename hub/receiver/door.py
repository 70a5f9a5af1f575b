"""In front of everything a hall sends: what is too much, or too much at once, is refused before it is kept.

Pure ASGI. It believes the path for whose turn it is, so what verifies signatures stands in front of it, reads no body
itself and signs what is refused here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, cast

from hub.receiver.admission import Busy, TooLarge
from hub.receiver.answers import explained, problem
from hub.receiver.desk import Desk
from hub.sync.protocol import ROOT, Problem
from hub.sync.signed_app import drained

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SNAPSHOT_BYTES: Final = 64 * 1024 * 1024
FILE_BYTES: Final = 4 * 1024 * 1024
"""Of one piece of a file."""
SMALL_BYTES: Final = 64 * 1024
_SECONDS: Final = 15.0
_SLOWEST: Final = 8 * 1024
"""Bytes a second: who is slower asks again with less."""
_LONGEST: Final = 600.0
"""Seconds for the largest body: what it holds is room that other halls wait for."""
_HALLS: Final = f"{ROOT}/halls/"


class Door:
    """Lets a body in under ``desk.admission``: a batch of entries in its hall's own turn, pieces of files in a lane
    beside it, so that neither waits for the other."""

    def __init__(self, app: App, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not path.startswith(_HALLS):
            await self._app(scope, receive, send)
            return
        size = _announced(scope)
        if size is None:
            await problem(Problem("no-length"), {"Connection": "close"})(scope, receive, send)
        elif size == 0:
            await self._app(scope, receive, send)
        else:
            await self._admit(scope, receive, send, path, size)

    async def _admit(self, scope: Scope, receive: Receive, send: Send, path: str, size: int) -> None:
        hall, _, rest = path.removeprefix(_HALLS).partition("/")
        lane, most = hall, None
        if not rest.endswith("/entries"):
            lane = f"{hall}/aside"
            most = SNAPSHOT_BYTES if rest.endswith("/snapshot") else FILE_BYTES if "files" in rest else SMALL_BYTES
        try:
            async with self._desk.admission.admitted(lane, size, most) as leave:

                async def answer(event: Event) -> None:
                    leave()
                    await send(event)

                await self._app(scope, _timed(receive, min(_SECONDS + size / _SLOWEST, _LONGEST)), answer)
        except (Busy, TooLarge) as refused:
            self._desk.count("busy" if isinstance(refused, Busy) else "too-large")
            # in the middle of its body a sender that is cut off would never hear when to come again
            await drained(receive)
            told = explained(refused)
            assert told is not None
            await told(scope, receive, send)


def _announced(scope: Scope) -> int | None:
    """``Content-Length``; 0 for no body, None for one of unknown length."""
    headers = dict(cast("list[tuple[bytes, bytes]]", scope["headers"]))
    text = headers.get(b"content-length")
    if text is None:
        return None if b"transfer-encoding" in headers else 0
    return int(text) if text.isdigit() and len(text) < 16 else None


def _timed(receive: Receive, seconds: float) -> Receive:
    """A sender that stops halfway is as good as gone; whoever has sent all may be waited for."""
    until = asyncio.get_running_loop().time() + seconds
    whole = False

    async def event() -> Event:
        nonlocal whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                got = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        whole = not got.get("more_body", False)
        return got

    return event
