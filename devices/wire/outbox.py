"""The outbox: events kept by a device until the hub has committed them.

An event is on the disk before it is sent (SQLite, `synchronous=FULL`), and gone from the file after it was
acknowledged: `secure_delete` overwrites the row, and truncating the write-ahead log removes its copy, so a phone
number does not linger. Seqs of an epoch are given once. When the outbox is full the oldest are given up; whether the
hub had them is known only to the hub, so the hole stays until the hub asks for what is missing, and only then a new
epoch begins with `outbox-lost`.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from devices.wire.codec import encode
from devices.wire.ids import new_id
from devices.wire.vocabulary import OutboxLost

LOST: Final = "outbox-lost"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, type TEXT NOT NULL, at TEXT NOT NULL, data BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS epoch (
    one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, last INTEGER NOT NULL, acknowledged INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One event in the outbox. `data` is JSON; `acted` is the monotonic second of the act, None once nobody waits for
    it: after a restart, or when its asker gave up."""

    seq: int
    type: str
    at: datetime
    data: bytes
    acted: float | None


class Outbox:
    """Events in the order of their seqs, at most `limit` of them. Without a path it lives and dies with the process.

    Raises `sqlite3.OperationalError` when the disk takes no more: then the event was not kept.
    """

    def __init__(self, path: Path | None = None, *, limit: int = 10_000, ids: Callable[[], str] = new_id) -> None:
        self._limit = limit
        self._ids = ids
        self._events: dict[int, Kept] = {}
        self._file = None if path is None else _open(path)
        self.given_up = 0
        self.epoch, self.last, self.acknowledged = "", 0, 0
        self._load()

    def put(self, type_: str, data: bytes, at: datetime, acted: float) -> tuple[Kept, tuple[Kept, ...]]:
        """Keeps an event under the next seq, durably. Returns it, and those given up to make room for it."""
        kept = Kept(self.last + 1, type_, at, data, acted)
        given_up = tuple(self._oldest(len(self._events) + 1 - self._limit))
        if self._file is not None:
            with self._file:
                self._file.execute("INSERT INTO events VALUES (?, ?, ?, ?)", _row(kept))
                self._file.execute("UPDATE epoch SET last = ?", (kept.seq,))
                self._file.executemany("DELETE FROM events WHERE seq = ?", [(event.seq,) for event in given_up])
        for event in given_up:
            del self._events[event.seq]
        self.given_up += len(given_up)
        self.last = kept.seq
        self._events[kept.seq] = kept
        return kept, given_up

    def acknowledge(self, epoch: str, seq: int) -> bool:
        """Everything of `epoch` up to `seq` is committed by the hub; returns whether that was news."""
        if epoch != self.epoch or seq <= self.acknowledged or seq > self.last:
            return False
        gone = [kept for kept in self._events if kept <= seq]
        if self._file is not None:
            with self._file:
                self._file.execute("DELETE FROM events WHERE seq <= ?", (seq,))
                self._file.execute("UPDATE epoch SET acknowledged = ?", (seq,))
            if gone:
                _scrub(self._file)
        for kept in gone:
            del self._events[kept]
        self.acknowledged = seq
        return True

    def next_after(self, seq: int) -> Kept | None:
        """The first kept event past `seq`."""
        if not self._events or seq >= self.last:
            return None
        following = self._events.get(seq + 1)
        return following if following is not None else next((e for n, e in self._events.items() if n > seq), None)

    def abandon(self, seq: int) -> None:
        """Nobody waits for the answer to this event any more: from now on its act is as old as before a restart."""
        if (kept := self._events.get(seq)) is not None:
            self._events[seq] = replace(kept, acted=None)

    def pending(self) -> tuple[Kept, ...]:
        """What is kept, oldest first."""
        return tuple(self._events.values())

    def __len__(self) -> int:
        return len(self._events)

    def holds(self, seq: int) -> bool:
        return seq in self._events

    def begin_epoch(self, lost: tuple[int, int] | None, at: datetime, acted: float) -> dict[int, int]:
        """Leaves the epoch: what is kept gets new seqs behind an `outbox-lost` of the first and last seq lost.

        Only right when the hub has committed nothing that is kept, which its gap says. Returns old seq → new seq.
        """
        left, epoch = self.epoch, self._ids()
        moved = list(self._events.values())
        events: list[Kept] = []
        if lost is not None:
            data = encode(OutboxLost(epoch=left, from_=lost[0], to=lost[1]))
            events.append(Kept(1, LOST, at, data, acted))
        first = len(events) + 1
        events += [Kept(first + n, e.type, e.at, e.data, e.acted) for n, e in enumerate(moved)]
        if self._file is not None:
            with self._file:
                self._file.execute("DELETE FROM events")
                self._file.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", [_row(event) for event in events])
                self._file.execute("UPDATE epoch SET id = ?, last = ?, acknowledged = 0", (epoch, len(events)))
            _scrub(self._file)
        self._events = {event.seq: event for event in events}
        self.epoch, self.last, self.acknowledged = epoch, len(events), 0
        return {event.seq: first + n for n, event in enumerate(moved)}

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _oldest(self, count: int) -> list[Kept]:
        # Never an `outbox-lost`: what it tells would be lost without a word.
        ordinary = (event for event in self._events.values() if event.type != LOST)
        return list(islice(ordinary, max(0, count)))

    def _load(self) -> None:
        if self._file is None:
            self.epoch = self._ids()
            return
        row = self._file.execute("SELECT id, last, acknowledged FROM epoch").fetchone()
        if row is None:
            self.epoch = self._ids()
            with self._file:
                self._file.execute("INSERT INTO epoch VALUES (1, ?, 0, 0)", (self.epoch,))
            return
        self.epoch, self.last, self.acknowledged = row
        for seq, type_, at, data in self._file.execute("SELECT seq, type, at, data FROM events ORDER BY seq"):
            self._events[seq] = Kept(seq, type_, datetime.fromisoformat(at), data, None)


def _row(kept: Kept) -> tuple[int, str, str, bytes]:
    return kept.seq, kept.type, kept.at.isoformat(), kept.data


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = sqlite3.connect(path)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    file.execute("PRAGMA secure_delete=ON")
    file.executescript(_SCHEMA)
    return file


def _scrub(file: sqlite3.Connection) -> None:
    # One connection only, so nobody can keep the write-ahead log busy.
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
