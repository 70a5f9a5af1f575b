"""The hash chain over entries as stored: what an entry's hash covers, and checking a log against it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from hub.log.entry import Draft, Entry, Head

GENESIS = bytes(32)
SALT_BYTES = 16

_FIXED = struct.Struct(">QQqqHHHH")


class Fault(msgspec.Struct, frozen=True):
    """The first bad position, and what is wrong with it: ``"gap"`` (another position came) or ``"hash"``."""

    position: int
    kind: str


class Verdict(msgspec.Struct, frozen=True):
    """``head`` is the last good entry; ``fault`` is None when all of the log agrees with its chain."""

    head: Head
    fault: Fault | None


def header(
    position: int, stream: str, version: int, type: str, occurred_at: int, recorded_at: int, actor: str, cause: bytes
) -> bytes:
    """The canonical bytes of an entry's header.

    Big-endian: position and version (u64), occurred_at and recorded_at (i64, ms), then the byte lengths (u16) of
    stream, type, actor and cause, then these four one after the other, texts in UTF-8.
    """
    s, t, a = stream.encode(), type.encode(), actor.encode()
    fixed = _FIXED.pack(position, version, occurred_at, recorded_at, len(s), len(t), len(a), len(cause))
    return b"".join((fixed, s, t, a, cause))


def digest(salt: bytes, data: bytes) -> bytes:
    """SHA-256(salt ‖ data): stands for the data where only the header may leave the hall."""
    return sha256(salt + data).digest()


def link(previous: bytes, head: bytes, data_digest: bytes) -> bytes:
    """An entry's hash from the one before it, its header and its data's digest."""
    return sha256(previous + head + data_digest).digest()


def extend(head: Head, drafts: Sequence[Draft], recorded_at: int, salts: bytes) -> list[Entry]:
    """Entries for ``drafts`` after ``head``; ``salts`` holds ``SALT_BYTES`` for each."""
    position, previous = head.position, head.hash
    entries: list[Entry] = []
    for index, draft in enumerate(drafts):
        position += 1
        stream, version, type, occurred_at, actor, cause, data = (
            draft.stream,
            draft.version,
            draft.type,
            draft.occurred_at,
            draft.actor,
            draft.cause,
            draft.data,
        )
        salt = salts[index * SALT_BYTES : (index + 1) * SALT_BYTES]
        top = header(position, stream, version, type, occurred_at, recorded_at, actor, cause)
        previous = sha256(previous + top + sha256(salt + data).digest()).digest()
        entries.append(
            Entry(position, stream, version, type, occurred_at, recorded_at, actor, cause, data, salt, previous)
        )
    return entries


def entry_hash(previous: bytes, entry: Entry) -> bytes:
    """The hash that ``entry`` must carry after an entry with hash ``previous``."""
    head = header(
        entry.position,
        entry.stream,
        entry.version,
        entry.type,
        entry.occurred_at,
        entry.recorded_at,
        entry.actor,
        entry.cause,
    )
    return link(previous, head, digest(entry.salt, entry.data))


def _agrees(previous: bytes, entry: Entry) -> bool:
    try:
        return entry_hash(previous, entry) == entry.hash
    except (AttributeError, TypeError, struct.error):
        return False  # a value of another type was put into the file


def verify(entries: Iterable[Entry], after: Head | None = None) -> Verdict:
    """Follow the chain from ``after`` (None: from the beginning) to the end of ``entries`` or its first fault.

    A log cut short at its end is still a chain: compare ``head`` with one known from elsewhere.
    """
    position, previous = (after.position, after.hash) if after is not None else (0, GENESIS)
    for entry in entries:
        if entry.position != position + 1:
            return Verdict(Head(position, previous), Fault(position + 1, "gap"))
        if not _agrees(previous, entry):
            return Verdict(Head(position, previous), Fault(entry.position, "hash"))
        position, previous = entry.position, entry.hash
    return Verdict(Head(position, previous), None)
