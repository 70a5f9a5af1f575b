"""The log in a SQLite file: one writer, one durable transaction a batch."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock as Mutex
from typing import Final

from hub.log.chain import SALT_BYTES, extend
from hub.log.entry import Batch, DeviceStep, Entry, Head, KeyedOutcome, LogBroken, NoRoom, Outcome, Progress, Snapshot
from hub.log.lock import Lock
from hub.log.sqlite_file import failure, open_writer
from hub.log.sqlite_reader import SqliteLogReader
from hub.log.sqlite_steps import Place, Steps, leading

# Frames of the write-ahead log (a page each) after which the writer itself moves them, once, so that a flood of
# commands without a pause cannot make it grow without end.
_LONG_WAL: Final = 65_536
_LONG_SINCE: Final = 100_000  # entries without any checkpoint
_STREAMS_CACHED: Final = 50_000

_INSERT_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LOOKED_UP: Final = (1, 10, 100, 500)
_SELECT_OUTCOME: Final = "SELECT id, fingerprint, ok, reply, position, at FROM outcome WHERE id IN "
_SELECT_OUTCOMES: Final = {width: f"{_SELECT_OUTCOME}({', '.join('?' * width)})" for width in _LOOKED_UP}
_SELECT_KEPT: Final = "SELECT id, fingerprint, ok, reply, position, at FROM kept WHERE id = ?"
_INSERT_KEPT: Final = "INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_OUTCOME: Final = "INSERT INTO outcome (id, fingerprint, ok, reply, position, at) VALUES (?, ?, ?, ?, ?, ?)"


class SqliteLog:
    """A ``Log``. Appending, outcomes, steps and snapshots belong to the writer; reading goes on beside it."""

    def __init__(self, path: Path, salts: Callable[[int], bytes] = os.urandom) -> None:
        """``salts(n)`` gives n random bytes. Raises ``InUse``, ``LogBroken`` or ``NoRoom``."""
        self._path = path
        self._salts = salts
        self._lock = Lock(path.with_suffix(".lock"))
        try:
            self._db = open_writer(path)
            self._reader = SqliteLogReader(path)
            self._checkpoints = open_writer(path)
        except BaseException:
            self._lock.close()
            raise
        self._mutex = Mutex()
        self._broken: LogBroken | None = None
        self._checkpoint_mutex = Mutex()
        self._closed = False
        self._long_wal = False
        self._since = 0
        self._streams: dict[str, int] = {}
        self._head = self._reader.head()
        self._steps = Steps(self._db)

    # Writing

    def append(self, batch: Batch) -> list[Entry]:
        with self._mutex:
            if self._broken is not None:
                raise self._broken
            if not (batch.drafts or batch.outcomes or batch.steps):
                return []
            entries = extend(self._head, batch.drafts, batch.recorded_at, self._salts(SALT_BYTES * len(batch.drafts)))
            streams: dict[str, int] = {}
            try:
                self._db.execute("BEGIN IMMEDIATE")
                moved = self._write(batch, entries, streams)
                self._db.execute("COMMIT")
            except BaseException as error:
                raise self._undo(error) from error
            if entries:
                self._head = Head(entries[-1].position, entries[-1].hash)
            if streams:
                if len(self._streams) > _STREAMS_CACHED:
                    self._streams.clear()
                self._streams.update(streams)
            self._steps.keep(moved)
            self._since += len(entries)
            if self._long_wal or self._since > _LONG_SINCE:
                self._long_wal, self._since = False, 0
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            return entries

    def _write(self, batch: Batch, entries: list[Entry], streams: dict[str, int]) -> dict[str, Place]:
        many = self._db.executemany
        known = self._streams
        rows: list[tuple[object, ...]] = []
        for e in entries:
            stream = known.get(e.stream) or streams.get(e.stream)
            if stream is None:
                stream = streams[e.stream] = self._stream(e.stream)
            rows.append(
                (
                    e.position,
                    stream,
                    e.version,
                    e.type,
                    e.occurred_at,
                    e.recorded_at,
                    e.actor,
                    e.cause,
                    e.data,
                    e.salt,
                    e.hash,
                )
            )
        if rows:
            many(_INSERT_ENTRY, rows)
        if batch.outcomes:
            many(_INSERT_OUTCOME, [_row(kept) for kept in batch.outcomes if not kept.forever])
            many(_INSERT_KEPT, [_row(kept) for kept in batch.outcomes if kept.forever])
        return self._steps.write(batch.steps) if batch.steps else {}

    def _stream(self, name: str) -> int:
        row = self._db.execute("SELECT id FROM stream WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return int(row[0])
        return self._db.execute("INSERT INTO stream (name) VALUES (?)", (name,)).lastrowid or 0

    def _undo(self, error: BaseException) -> BaseException:
        """Roll back, and say what ``error`` means; unless it is a full disk, the log takes nothing any more."""
        meaning: BaseException
        if isinstance(error, sqlite3.Error):
            meaning = failure(error, self._path)
        else:
            meaning = LogBroken(f"{self._path}: {error!r}")
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error as second:
            meaning = LogBroken(f"{self._path}: {second}")
        if isinstance(meaning, LogBroken):
            self._broken = meaning
        return meaning

    def prune(self, before: int, limit: int = 2000) -> int:
        with self._mutex:
            if self._broken is not None:
                raise self._broken
            try:
                self._db.execute("BEGIN IMMEDIATE")
                dropped = self._prune_outcomes(before, limit)
                dropped += self._steps.prune(before, limit - dropped)
                self._db.execute("COMMIT")
            except BaseException as error:
                raise self._undo(error) from error
            return dropped

    def _prune_outcomes(self, before: int, limit: int) -> int:
        rows = self._db.execute("SELECT no, at FROM outcome ORDER BY no LIMIT ?", (limit,)).fetchall()
        old = leading(rows, before)
        if old:
            self._db.execute("DELETE FROM outcome WHERE no <= ?", (old[-1],))
        return len(old)

    def put_snapshot(self, snapshot: Snapshot) -> None:
        with self._mutex:
            if self._broken is not None:
                raise self._broken
            try:
                self._db.execute(
                    "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)",
                    (snapshot.stream, snapshot.version, snapshot.fold, snapshot.data),
                )
            except sqlite3.Error as error:
                raise self._undo(error) from error

    def checkpoint(self) -> None:
        with self._checkpoint_mutex:
            if self._closed:
                return
            try:
                _, frames, _ = self._checkpoints.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED"):
                    return
                meaning = failure(error, self._path)
                if isinstance(meaning, NoRoom):
                    return
                raise meaning from error
        self._since = 0
        self._long_wal = frames > _LONG_WAL

    # What the writer looks up

    def kept(self, command: bytes) -> KeyedOutcome | None:
        with self._mutex:
            row = self._db.execute(_SELECT_KEPT, (command,)).fetchone()
        return None if row is None else _outcome(row, forever=True)

    def outcome(self, command: bytes) -> KeyedOutcome | None:
        return self.outcomes((command,)).get(command)

    def outcomes(self, commands: Sequence[bytes]) -> dict[bytes, KeyedOutcome]:
        found: dict[bytes, KeyedOutcome] = {}
        for first in range(0, len(commands), _LOOKED_UP[-1]):
            ids = commands[first : first + _LOOKED_UP[-1]]
            # few lengths, so that few statements are prepared: the last id fills up
            width = next(width for width in _LOOKED_UP if width >= len(ids))
            with self._mutex:
                rows = self._db.execute(_SELECT_OUTCOMES[width], (*ids, *(ids[-1],) * (width - len(ids)))).fetchall()
            found.update((row[0], _outcome(row)) for row in rows)
        return found

    def step(self, device: str, epoch: str, seq: int) -> DeviceStep | None:
        with self._mutex:
            return self._steps.find(device, epoch, seq)

    def progress(self, device: str) -> Progress | None:
        return self._steps.progress(device)

    def knows_epoch(self, device: str, epoch: str) -> bool:
        with self._mutex:
            return self._steps.knows(device, epoch)

    def snapshot(self, stream: str, fold: str) -> Snapshot | None:
        with self._mutex:
            row = self._db.execute("SELECT version, fold, data FROM snapshot WHERE stream = ?", (stream,)).fetchone()
        if row is None or row[1] != fold:
            return None
        return Snapshot(stream, row[0], fold, row[2])

    # Reading

    def head(self) -> Head:
        return self._head

    def read(self, after: int, limit: int) -> list[Entry]:
        return self._reader.read(after, limit)

    def read_stream(self, stream: str, after_version: int = 0) -> Iterator[Entry]:
        return self._reader.read_stream(stream, after_version)

    def streams(self, prefix: str) -> list[str]:
        return self._reader.streams(prefix)

    def counts(self, after: int) -> dict[str, int]:
        return self._reader.counts(after)

    def close(self) -> None:
        """Let go of the file and its lock; the write-ahead log is moved into the file."""
        with self._mutex, self._checkpoint_mutex:
            self._closed = True
            self._reader.close()
            self._checkpoints.close()
            self._db.close()
            self._lock.close()


def _row(kept: KeyedOutcome) -> tuple[object, ...]:
    return (kept.id, kept.fingerprint, kept.outcome.ok, kept.outcome.reply, kept.outcome.position, kept.at)


def _outcome(row: tuple[bytes, bytes, int, bytes, int, int], *, forever: bool = False) -> KeyedOutcome:
    command, fingerprint, ok, reply, position, at = row
    return KeyedOutcome(command, fingerprint, Outcome(bool(ok), reply, position), at, forever)
