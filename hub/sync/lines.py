"""Version 2 of a batch: JSON lines, with data that goes whole as it stands instead of as base64; gzip where it pays.

The same events as version 1 to the byte: ``data`` beside a ``salt`` is the entry's data, beside a ``datadigest`` it is
a projection. Data that cannot stand in a line of JSON goes as base64 here too. The receiver says which versions it
takes (``Standing.versions``), the hub sends the highest that both know, and the media type tells which one came.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

import msgspec

from hub.sync.envelope import BATCH_TYPE, BadEnvelope, CloudEvent, decode_batch
from hub.sync.protocol import UNREADABLE

LINES_TYPE: Final = "application/x-ndjson; v=2"
VERSIONS: Final = (1, 2)
GZIP_FROM: Final = 16 * 1024
LARGEST: Final = 64 * 1024 * 1024
_LEVEL: Final = 1


def chosen(versions: Sequence[int]) -> int:
    """The highest version that both sides know; 1, which every side knows, when none is named."""
    return max((each for each in versions if each in VERSIONS), default=1)


def line(event: CloudEvent) -> bytes:
    """One event as a line, without its end."""
    data = event.data_base64
    if data is None or not _stands(data):
        return _encode(event)
    return _encode(msgspec.structs.replace(event, data_base64=None, data=msgspec.Raw(data)))


def packed(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The body as it is sent, with the headers that say how."""
    if len(body) < GZIP_FROM:
        return body, {}
    packer = zlib.compressobj(_LEVEL, wbits=31)
    return packer.compress(body) + packer.flush(), {"Content-Encoding": "gzip"}


def decode_any(body: bytes, content_type: str, encoding: str = "", limit: int = LARGEST) -> list[CloudEvent]:
    """Events of either version. Raises ``BadEnvelope``, also for a body that unpacks to more than ``limit`` bytes."""
    if encoding == "gzip":
        body = _unpacked(body, limit)
    elif encoding not in ("", "identity"):
        raise BadEnvelope(f"encoding {encoding[:40]}")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-ndjson":
        try:
            return [_whole(event) for event in _decode(body)]
        except UNREADABLE as error:
            raise BadEnvelope(str(error)) from error
    if kind in ("", BATCH_TYPE, "application/json"):
        return decode_batch(body)
    raise BadEnvelope(f"media type {kind[:80]}")


def _whole(event: CloudEvent) -> CloudEvent:
    if event.salt is None or event.data_base64 is not None or isinstance(event.data, msgspec.UnsetType):
        return event
    return msgspec.structs.replace(event, data_base64=bytes(event.data), data=msgspec.UNSET)


def _stands(data: bytes) -> bool:
    """Whether it comes back to the byte: one JSON value in one line, with nothing around it."""
    if b"\n" in data or data[:1] not in b'{["' or data[:1] == b"":
        return False
    try:
        _any(data)
    except UNREADABLE:
        return False
    return data[-1:] in b'}]"'


def _unpacked(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadEnvelope(str(error)) from error
    if len(found) > limit or not unpacker.eof or unpacker.unused_data:
        raise BadEnvelope("the packed body is too long or broken off")
    return found


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CloudEvent).decode_lines
_any = msgspec.json.Decoder(msgspec.Raw).decode
