"""Reading what clients send: UTF-8 JSON, at most 16 KiB unless a route allows more, checked once against the act's
shape."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec
from starlette.requests import Request

from hub.core.outside import decode as decode
from hub.core.outside import plain as plain
from hub.domain.refusals import Refused

LIMIT = 16 * 1024
SECONDS = 10

T = TypeVar("T")
_EMPTY = b"{}"


async def read_body(request: Request, limit: int = LIMIT, seconds: int | None = None) -> bytes:
    """The whole body. Raises ``Refused("too-large")`` without reading on, whatever length was announced, and
    ``Refused("too-slow")`` when it takes more than ``seconds`` (None: 10)."""
    seconds = seconds or SECONDS
    announced = request.headers.get("content-length")
    if announced is not None and announced.isdecimal() and int(announced) > limit:
        raise Refused("too-large", limit=limit)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise Refused("too-large", limit=limit)
                parts.append(part)
    except TimeoutError:
        raise Refused("too-slow", seconds=seconds) from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def read_json(
    request: Request, decoder: msgspec.json.Decoder[T], limit: int = LIMIT, seconds: int | None = None
) -> T:
    """The body as the decoder's type; an empty body counts as ``{}``.

    Raises ``Refused``: ``not-json`` (another content type), ``too-large``, ``not-utf-8``, ``malformed-json``,
    ``too-deep``, ``bad-value`` with the field's name.
    """
    kind = request.headers.get("content-type", "application/json")
    json = kind.partition(";")[0].strip().lower() == "application/json"
    if not json and hasattr(request.state, "form"):  # the synchroniser token was looked for in it
        raise Refused("not-json", type=kind[:100])
    body = await read_body(request, limit, seconds)
    if body and not json:
        raise Refused("not-json", type=kind[:100])
    return decode(body or _EMPTY, decoder)
