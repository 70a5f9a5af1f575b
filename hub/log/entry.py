"""What a log holds: entries, outcomes of commands, and how far each device's events were taken.

These are msgspec structs, not dataclasses, because one of each is made per entry: 0.05 µs against 1.4 µs.
"""

from __future__ import annotations

import msgspec


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An entry before it has a place: what the writer hands to ``append``.

    ``data`` is the event as stored: JSON bytes with sealed personal fields. Times are ms since 1970 in UTC.
    ``cause`` is the 16-byte command id shared by all entries of one command.
    """

    stream: str
    version: int
    type: str
    occurred_at: int
    actor: str
    cause: bytes
    data: bytes


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry as stored. ``position`` is global, gapless, from 1; ``version`` counts the stream from 1.

    ``hash`` = SHA-256(previous hash ‖ header ‖ SHA-256(salt ‖ data)), see ``hub.log.chain``.
    """

    position: int
    stream: str
    version: int
    type: str
    occurred_at: int
    recorded_at: int
    actor: str
    cause: bytes
    data: bytes
    salt: bytes
    hash: bytes


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What a command came to. ``reply`` is the JSON of the reply, or of ``{"code", "facts"}`` when ``ok`` is False.

    ``position`` is the log's head after the command's batch (0: the command wrote nothing).
    """

    ok: bool
    reply: bytes
    position: int


class KeyedOutcome(msgspec.Struct, frozen=True, gc=False):
    """An outcome kept under a 16-byte command id (HTTP keys, reactions, timers). ``fingerprint`` is of its body.

    ``forever``: it is never pruned (the online hall's commands).
    """

    id: bytes
    fingerprint: bytes
    outcome: Outcome
    at: int
    forever: bool = False


class DeviceStep(msgspec.Struct, frozen=True, gc=False):
    """Event ``seq`` of ``epoch`` of ``device`` was taken, with the outcome that a repeat is answered with."""

    device: str
    epoch: str
    seq: int
    fingerprint: bytes
    outcome: Outcome
    at: int


class Progress(msgspec.Struct, frozen=True, gc=False):
    """How far a device's present epoch was taken."""

    device: str
    epoch: str
    seq: int


class Batch(msgspec.Struct, frozen=True, gc=False):
    """What one transaction writes."""

    drafts: tuple[Draft, ...] | list[Draft]
    outcomes: tuple[KeyedOutcome, ...] | list[KeyedOutcome]
    steps: tuple[DeviceStep, ...] | list[DeviceStep]
    recorded_at: int


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """A stream's folded state at ``version``; ``fold`` names the code version that folded it, others are dropped."""

    stream: str
    version: int
    fold: str
    data: bytes


class Head(msgspec.Struct, frozen=True, gc=False):
    """The last entry's position and hash; position 0 with 32 zero bytes for an empty log."""

    position: int
    hash: bytes


class NoRoom(Exception):
    """The disk is full: nothing of the batch was written and the log still works for reading."""


class LogBroken(Exception):
    """The log cannot go on (a failed commit, another writer, a chain that does not verify). The process must end."""
