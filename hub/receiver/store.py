"""Where the receiver keeps what halls send and what the online hall asks of them: one seam, chosen by URL.

Blocking, safe from several threads. Every call that changes something is one durable transaction: when it returns, it
is on the disk. Entries and messages are never changed and never deleted. Hashes are 32 bytes, times ms since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from hub.sync.envelope import CloudEvent
from hub.sync.protocol import Message, Opening
from hub.sync.standing_rows import Row, StandingSnapshot


class HallStanding(msgspec.Struct, frozen=True):
    """``committed``: the last entry of the surviving chain, with ``hash``; ``recorded_at`` its time in the hall,
    ``arrived_at`` here (0: none yet). ``base``: entries up to here are only known as a snapshot. ``viewed``: how far
    the rows are folded. ``epochs`` there were, ``left`` entries of left epochs that do not count any more. ``told``:
    the hub's own head as it last said, ``told_at`` when (0: never).
    """

    hall: str
    epoch: str
    committed: int
    hash: bytes
    inbox: int
    inbox_hash: bytes
    base: int
    viewed: int
    recorded_at: int
    arrived_at: int
    epochs: int
    left: int
    told: int
    told_at: int


class LeftEpoch(msgspec.Struct, frozen=True):
    """An epoch and where it began: ``fork``, the last entry that it shares with the one before it."""

    epoch: str
    fork: int
    opened_at: int
    current: bool


class Said(msgspec.Struct, frozen=True):
    """Message ``n`` of a hall's inbox; ``again``: it was there before, with the same body."""

    n: int
    again: bool


class Token(msgspec.Struct, frozen=True):
    """Of the city's programs; only the SHA-256 of its secret is kept. ``revoked_at`` 0: good."""

    id: str
    label: str
    created_at: int
    revoked_at: int


class UnknownHall(Exception):
    """No hub of this hall ever opened an epoch."""


class OtherEpoch(Exception):
    """``epoch`` stands, not the one of the request."""

    def __init__(self, epoch: str) -> None:
        super().__init__(epoch)
        self.epoch = epoch


class OtherBase(Exception):
    """``committed`` + 1 is due."""

    def __init__(self, committed: int, hash: bytes) -> None:
        super().__init__(committed)
        self.committed = committed
        self.hash = hash


class Forked(OtherBase):
    """The hub's history is another one than that which is here."""


class OtherBody(Exception):
    """The message's id was used with another body, as message ``n``."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.n = n


class NotForSale(Exception):
    """``why``: ``unknown-unit``, ``sold`` or ``lease-expired``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unavailable(Exception):
    """The database does not answer just now; nothing was changed, or it is not known whether it was."""


class Store(Protocol):
    """``NoRoom``, ``LogBroken`` and ``Unavailable`` may come of any call."""

    def close(self) -> None: ...

    # what halls send

    def halls(self) -> list[HallStanding]:
        """All halls, by name."""
        ...

    def standing(self, hall: str) -> HallStanding | None: ...

    def open_epoch(self, hall: str, epoch: str, opening: Opening, at: int) -> HallStanding:
        """Twice is once. What was committed past ``opening.after`` belongs to the left epoch from now on, and rows
        that were folded from it are dropped.

        Raises ``OtherEpoch`` for an epoch that was left, ``Forked`` when the hash at ``opening.after`` is another or
        unknown here, ``ValueError`` for a hash that is none.
        """
        ...

    def append(self, hall: str, epoch: str, base: int, events: Sequence[CloudEvent], at: int, told: int) -> int:
        """The last committed position. Nothing of a batch that is refused is kept.

        Raises ``UnknownHall``, ``OtherEpoch``, ``OtherBase``, ``Forked`` when the first event does not follow from the
        last one here, ``BadEnvelope`` for another that does not.
        """
        ...

    def read(self, hall: str, after: int, limit: int) -> list[CloudEvent]:
        """The surviving chain in order; entries that only a snapshot stands for are missing."""
        ...

    def hash_at(self, hall: str, position: int) -> bytes | None:
        """Of the surviving chain; None where nothing is."""
        ...

    def epochs(self, hall: str) -> list[LeftEpoch]:
        """In order; the last one is current."""
        ...

    def read_left(self, hall: str, epoch: str, after: int, limit: int) -> list[CloudEvent]:
        """Everything that came under one epoch, whether it survived or not."""
        ...

    def adopt(self, hall: str, epoch: str, snapshot: StandingSnapshot, at: int) -> HallStanding:
        """Take the snapshot, its rows and its position in one step; one at or before ``committed`` changes nothing.

        Raises ``UnknownHall``, ``OtherEpoch``.
        """
        ...

    # what the online hall asks

    def say(self, hall: str, id: str, type: str, data: bytes, at: int, unit: str = "") -> Said:
        """Put a message at the inbox's end, once for each id. ``unit``: a leased unit that is sold with it, in the
        same step, for good.

        Raises ``UnknownHall``, ``OtherBody``, ``NotForSale``.
        """
        ...

    def inbox(self, hall: str, after: int, limit: int) -> list[Message]: ...

    def inbox_hash(self, hall: str, n: int) -> bytes | None:
        """The chain's hash at message ``n``; None past the end."""
        ...

    def message(self, hall: str, id: str) -> Message | None: ...

    def unanswered(self, hall: str) -> int:
        """Messages of the inbox that the hall's log has no answer to, as far as it is folded."""
        ...

    def sold(self, hall: str, units: Sequence[str]) -> set[str]:
        """Which of these units were sold online."""
        ...

    # rows folded from the entries

    def rows(self, hall: str, kind: str, keys: Sequence[str]) -> dict[str, Row]: ...

    def find(self, hall: str, kind: str, sought: str | None = None, after: str = "", limit: int = 100) -> list[Row]:
        """By key, ``after`` excluded; ``sought`` None: whatever was sought."""
        ...

    def count(self, hall: str, kind: str) -> int: ...

    def keep(self, before: HallStanding, upto: int, changed: Iterable[Row], gone: Iterable[tuple[str, str]]) -> bool:
        """Rows (``gone``: kind and key of those that are no more) and how far they are folded, in one step.

        False, and nothing kept, when the epoch or what was folded is not any more as in ``before``.
        """
        ...

    def refold(self, hall: str) -> None:
        """Begin the rows anew, from the snapshot or from nothing."""
        ...

    # the city's programs

    def add_token(self, id: str, secret_hash: bytes, label: str, at: int) -> None: ...

    def token(self, secret_hash: bytes) -> Token | None:
        """A good one."""
        ...

    def tokens(self) -> list[Token]: ...

    def revoke_token(self, id: str, at: int) -> bool: ...
