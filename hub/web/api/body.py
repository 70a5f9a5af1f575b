"""Reading what clients send: UTF-8 JSON, at most 16 KiB unless a route allows more, checked once against the act's
shape."""

from __future__ import annotations

import asyncio
import re
from typing import TypeVar

import msgspec
from starlette.requests import Request

from hub.domain.refusals import Refused

LIMIT = 16 * 1024
SECONDS = 10

T = TypeVar("T")
_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.?(?P<field>[^`]*)`)?$", re.DOTALL)
_EMPTY = b"{}"


async def read_body(request: Request, limit: int = LIMIT, seconds: int = SECONDS) -> bytes:
    """The whole body. Raises ``Refused("too-large")`` without reading on, whatever length was announced, and
    ``Refused("too-slow")`` when it takes more than ``seconds``."""
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
    request: Request, decoder: msgspec.json.Decoder[T], limit: int = LIMIT, seconds: int = SECONDS
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


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """As ``read_json``, of bytes."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _bad_value(str(error)) from None
    except msgspec.DecodeError as error:
        if not _is_utf8(body):
            raise Refused("not-utf-8") from None
        raise Refused("malformed-json", problem=str(error)[:200]) from None
    except UnicodeDecodeError:
        raise Refused("not-utf-8") from None
    except RecursionError:
        raise Refused("too-deep") from None


def plain(text: str) -> str:
    """A reason as others will read it: one line without characters that hide, turn round or control text."""
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


def _bad_value(message: str) -> Refused:
    found = _PLACE.match(message)
    assert found is not None
    missing = re.fullmatch(r"Object missing required field `(.*)`", found["problem"])
    if missing is not None:
        within = f"{found['field']}." if found["field"] else ""
        return Refused("bad-value", field=within + missing[1], problem="缺少 / missing")
    return Refused("bad-value", field=found["field"] or "body", problem=found["problem"][:200])


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
