"""Readers of the log: how far each one came, stored with what it wrote, and the entries it could not read.

Their file is not the log's, so that a slow view never holds the log's write lock, and it may be thrown away: it is
built again from the log.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock, RLock
from typing import Final, Protocol

import msgspec

from hub.log.chain import GENESIS
from hub.log.entry import Entry, LogBroken, NoRoom
from hub.log.port import LogReader
from hub.log.sqlite_file import failure

BATCH: Final = 500

# SQLite's primary codes busy, locked, no memory, read-only, I/O, corrupt, full, cannot open, not a database
_OF_THE_FILE: Final = frozenset((5, 6, 7, 8, 10, 11, 13, 14, 26))

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS cursor (
        reader TEXT PRIMARY KEY, version INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS parked (
        reader TEXT NOT NULL, position INTEGER NOT NULL, error TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (reader, position)) WITHOUT ROWID""",
)


class Follower(Protocol):
    """Whatever has a cursor. A new ``version`` makes it begin again at the first entry."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...


class Reader(Follower, Protocol):
    """A view: what it writes of an entry and its cursor are one transaction."""

    def reset(self, db: sqlite3.Connection) -> None:
        """Drop and make the tables. No transaction statements here or in ``take``."""
        ...

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        """Write what the entry means. An exception parks the entry; what was written for it is undone."""
        ...


class Parked(msgspec.Struct, frozen=True):
    """An entry that a reader could not take; ``at`` in ms."""

    reader: str
    position: int
    error: str
    at: int


def open_cursors(path: Path, now: Callable[[], int]) -> Cursors:
    """The readers' file; one that is no database any more is put aside as ``….damaged``, since the log holds all of it.

    Raises ``NoRoom``; ``LogBroken`` when a new file cannot be made either.
    """
    try:
        return Cursors(path, now)
    except LogBroken as broken:
        logging.getLogger(__name__).warning("the readers' file begins anew", extra={"facts": {"why": str(broken)}})
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.replace(path.with_name(path.name + ".damaged"))
    return Cursors(path, now)


class Cursors:
    """The readers' file. Methods may be called from any thread; one at a time runs, and one ``read`` beside it.

    They raise ``NoRoom`` on a full disk and ``LogBroken`` for a file that cannot be written or read any more.
    """

    def __init__(self, path: Path | None, now: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        """``None`` keeps it in memory; ``now`` gives ms."""
        self._path = path if path is not None else Path("memory")
        self._now = now
        self._mutex = RLock()
        self._reading = Lock()
        name = ":memory:" if path is None else str(path)
        try:
            self._db = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            # what a power cut takes back is read from the log again
            self._db.execute("PRAGMA synchronous=NORMAL")
            for table in _TABLES:
                self._db.execute(table)
            self._pages = None if path is None else _for_pages(name)
        except sqlite3.Error as error:
            raise failure(error, self._path) from error

    def catch_up(self, log: LogReader, reader: Reader, batch: int = BATCH) -> int:
        """Give the reader one batch of entries that it has not seen; how many it was, 0 at the log's end.

        A cursor that does not fit the log (restored, another one) or is of another version begins anew.
        """
        with self._mutex:
            position = self._begin(log, reader, reader.reset)
            entries = log.read(position, batch)
            if not entries:
                return 0
            try:
                self._in_one(entries, reader)
            except (NoRoom, LogBroken):
                raise
            except Exception:
                self._one_by_one(entries, reader)
            return len(entries)

    def unseen(self, log: LogReader, follower: Follower, batch: int = BATCH) -> list[Entry]:
        """The next entries of one that does its work elsewhere and then says how far it came (``seen``, ``park``)."""
        with self._mutex:
            return log.read(self._begin(log, follower), batch)

    def seen(self, follower: Follower, entry: Entry) -> None:
        """The follower is done with everything up to that entry; parked before, it no longer is."""
        with self._mutex, _Transaction(self._db, self._path):
            self._db.execute("DELETE FROM parked WHERE reader = ? AND position = ?", (follower.name, entry.position))
            self._move(follower, entry)

    def park(self, follower: Follower, entry: Entry, why: str) -> None:
        """The follower goes on after that entry; somebody has to look at it."""
        with self._mutex, _Transaction(self._db, self._path):
            self._db.execute(
                "INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?)", (follower.name, entry.position, why, self._now())
            )
            self._move(follower, entry)

    def position(self, reader: str) -> int:
        """The last position the reader has seen, parked ones included."""
        with self._mutex:
            row = self._db.execute("SELECT position FROM cursor WHERE reader = ?", (reader,)).fetchone()
        return 0 if row is None else row[0]

    def parked(self, reader: str | None = None) -> list[Parked]:
        """In order; of all readers when None is named."""
        with self._mutex:
            rows = self._db.execute(
                "SELECT reader, position, error, at FROM parked"
                " WHERE reader = ? OR ? IS NULL ORDER BY position, reader",
                (reader, reader),
            ).fetchall()
        return [Parked(*row) for row in rows]

    def parked_count(self, reader: str) -> int:
        with self._mutex:
            return self._db.execute("SELECT count(*) FROM parked WHERE reader = ?", (reader,)).fetchone()[0]

    def retry(self, log: LogReader, reader: Reader) -> int:
        """Try the reader's parked entries again, in order; how many it took."""
        taken = 0
        for parked in self.parked(reader.name):
            with self._mutex:
                for entry in log.read(parked.position - 1, 1):
                    taken += self._try(entry, reader)
        return taken

    def read(self, sql: str, values: Sequence[str | int | bytes | None] = ()) -> list[sqlite3.Row]:
        """What a reader wrote, for a page; it waits for no reader that is writing, and sees whole transactions."""
        if self._pages is None:
            with self._mutex:
                return self._db.execute(sql, values).fetchall()
        with self._reading:
            return self._pages.execute(sql, values).fetchall()

    def close(self) -> None:
        with self._reading, self._mutex:
            if self._pages is not None:
                self._pages.close()
            self._db.close()

    def _begin(
        self, log: LogReader, reader: Follower, reset: Callable[[sqlite3.Connection], None] = lambda _: None
    ) -> int:
        row = self._db.execute("SELECT version, position, hash FROM cursor WHERE reader = ?", (reader.name,)).fetchone()
        if row is not None:
            version, position, seen = row
            if version == reader.version and _hash_at(log, position) == seen:
                return position
        with _Transaction(self._db, self._path):
            reset(self._db)
            self._db.execute("DELETE FROM parked WHERE reader = ?", (reader.name,))
            self._db.execute(
                "INSERT OR REPLACE INTO cursor VALUES (?, ?, 0, ?)", (reader.name, reader.version, GENESIS)
            )
        return 0

    def _in_one(self, entries: list[Entry], reader: Reader) -> None:
        with _Transaction(self._db, self._path):
            for entry in entries:
                reader.take(entry, self._db)
            self._move(reader, entries[-1])

    def _one_by_one(self, entries: list[Entry], reader: Reader) -> None:
        for entry in entries:
            self._try(entry, reader)

    def _try(self, entry: Entry, reader: Reader) -> bool:
        """Take one entry or park it; the cursor only ever moves forward."""
        try:
            with _Transaction(self._db, self._path):
                reader.take(entry, self._db)
                self._db.execute("DELETE FROM parked WHERE reader = ? AND position = ?", (reader.name, entry.position))
                self._move(reader, entry)
        except (NoRoom, LogBroken):
            raise
        except Exception as error:
            self.park(reader, entry, f"{type(error).__name__}: {error}")
            return False
        return True

    def _move(self, reader: Follower, entry: Entry) -> None:
        self._db.execute(
            "UPDATE cursor SET position = ?, hash = ? WHERE reader = ? AND position < ?",
            (entry.position, entry.hash, reader.name, entry.position),
        )


def _for_pages(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=5, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA query_only=ON")
    db.execute("PRAGMA cache_size=-16384")
    return db


class _Transaction:
    """Commits, or rolls back and lets the exception pass; the file's own fault becomes ``NoRoom`` or ``LogBroken``."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._path = path

    def __enter__(self) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise failure(error, self._path) from error

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            if error is None:
                self._db.execute("COMMIT")
        except sqlite3.Error as failed:
            raise failure(failed, self._path) from failed
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _OF_THE_FILE:
            raise failure(error, self._path) from error


def _hash_at(log: LogReader, position: int) -> bytes | None:
    if position == 0:
        return GENESIS
    entries = log.read(position - 1, 1)
    return entries[0].hash if entries else None
