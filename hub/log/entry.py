"""What a log holds: entries, outcomes of commands, and how far each device's events were taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
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


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to. ``reply`` is the JSON of the reply, or of ``{"code", "facts"}`` when ``ok`` is False.

    ``position`` is the log's head after the command's batch (0: the command wrote nothing).
    """

    ok: bool
    reply: bytes
    position: int


@dataclass(frozen=True, slots=True)
class KeyedOutcome:
    """An outcome kept under a 16-byte command id (HTTP keys, reactions, timers). ``fingerprint`` is of its body."""

    id: bytes
    fingerprint: bytes
    outcome: Outcome
    at: int


@dataclass(frozen=True, slots=True)
class DeviceStep:
    """Event ``seq`` of ``epoch`` of ``device`` was taken, with the outcome that a repeat is answered with."""

    device: str
    epoch: str
    seq: int
    fingerprint: bytes
    outcome: Outcome
    at: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a device's present epoch was taken."""

    device: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes."""

    drafts: tuple[Draft, ...] | list[Draft]
    outcomes: tuple[KeyedOutcome, ...] | list[KeyedOutcome]
    steps: tuple[DeviceStep, ...] | list[DeviceStep]
    recorded_at: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stream's folded state at ``version``; ``fold`` names the code version that folded it, others are dropped."""

    stream: str
    version: int
    fold: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry's position and hash; position 0 with 32 zero bytes for an empty log."""

    position: int
    hash: bytes


class NoRoom(Exception):
    """The disk is full: nothing of the batch was written and the log still works for reading."""


class LogBroken(Exception):
    """The log cannot go on (a failed commit, another writer, a chain that does not verify). The process must end."""
