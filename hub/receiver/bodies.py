"""Bodies are read only up to what they announced, and not for ever."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import ClientDisconnect, Request

from hub.domain.refusals import Refused
from hub.receiver.admission import TooLarge

_SECONDS: Final = 15.0
_SLOWEST: Final = 8 * 1024
"""Bytes a second: a line that is slower than this is slower than asking again with less."""


def announced(request: Request) -> int:
    """``Content-Length``. Raises ``Refused("no-length")``: a body of unknown length is not begun to be read."""
    text = request.headers.get("content-length", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Refused("no-length")
    return int(text)


async def read_body(request: Request, size: int) -> bytearray:
    """All of it, ``size`` bytes at most. Raises ``Refused("too-slow")``, ``TooLarge``, ``ClientDisconnect``."""
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS + size / _SLOWEST):
            async for piece in request.stream():
                body += piece
                if len(body) > size:
                    raise TooLarge(size)
    except TimeoutError:
        raise Refused("too-slow", seconds=int(_SECONDS)) from None
    if len(body) != size:
        raise ClientDisconnect
    return body


async def small_body(request: Request, most: int) -> bytearray:
    """Raises also ``TooLarge``, before anything is read."""
    size = announced(request)
    if size > most:
        raise TooLarge(most)
    return await read_body(request, size)
