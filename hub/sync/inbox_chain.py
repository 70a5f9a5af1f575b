"""The inbox's own hash chain: by it the hub notices a receiver that lost messages it had already handed over."""

from __future__ import annotations

import struct
from hashlib import sha256

from hub.sync.protocol import Message

START = bytes(32)
_FIXED = struct.Struct(">QqHH")


def message_hash(previous: bytes, n: int, id: str, type: str, at: int, data: bytes) -> bytes:
    """SHA-256(previous ‖ n (u64) ‖ at (i64) ‖ lengths of id and type (u16) ‖ id ‖ type ‖ SHA-256(data)), big-endian."""
    i, t = id.encode(), type.encode()
    return sha256(b"".join((previous, _FIXED.pack(n, at, len(i), len(t)), i, t, sha256(data).digest()))).digest()


def agrees(previous: bytes, message: Message) -> bool:
    """Whether ``message`` follows a message with hash ``previous``."""
    found = message_hash(previous, message.n, message.id, message.type, message.at, bytes(message.data))
    return found.hex() == message.hash
