"""SQLite under the receiver, in a file or in memory: one writer at a time, every commit synced."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.log.entry import LogBroken
from hub.log.sqlite_file import failure
from hub.receiver.database import Value, Values
from hub.receiver.schema import ONLY_ADDED, TABLES, VERSION
from hub.sync.envelope import BadEnvelope

APPLICATION: Final = 0x68687263  # "hhrc"
_ENTRY: Final = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class _Cursor:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def run(self, sql: str, values: Values = ()) -> None:
        self._db.execute(sql, values)

    def one(self, sql: str, values: Values = ()) -> tuple[Value, ...] | None:
        return self._db.execute(sql, values).fetchone()

    def all(self, sql: str, values: Values = ()) -> list[tuple[Value, ...]]:
        return self._db.execute(sql, values).fetchall()

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        self._db.executemany(sql, rows)

    def alone(self) -> None:
        """Every transaction that writes is."""

    def add_entries(self, rows: Sequence[Values]) -> None:
        self._db.executemany(_ENTRY, rows)


class _InTurn:
    """A lock that goes to whoever has waited longest; the usual one may go to the same thread again and again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class SqliteDatabase:
    """A ``Database``. ``path`` None: in memory, gone when it is closed."""

    for_update = ""

    def __init__(self, path: Path | None) -> None:
        """Raises ``LogBroken`` for a file that is another application's, ``NoRoom``."""
        self._path = path
        self._shown = path or Path(":memory:")
        self._turn = _InTurn()
        self._opened: list[sqlite3.Connection] = []
        self._mine = threading.local()
        try:
            self._writer = self._connect()
            _prepare(self._writer, self._shown)
        except sqlite3.Error as error:
            raise failure(error, self._shown) from error

    @contextmanager
    def writing(self) -> Generator[_Cursor]:
        with self._turn, self._told():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield _Cursor(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Generator[_Cursor]:
        if self._path is None:
            with self._turn, self._told():
                yield _Cursor(self._writer)
            return
        db: sqlite3.Connection | None = getattr(self._mine, "reader", None)
        with self._told():
            if db is None:
                db = self._mine.reader = self._connect()
            db.execute("BEGIN")
            try:
                yield _Cursor(db)
            finally:
                db.execute("ROLLBACK")

    def close(self) -> None:
        with self._turn:
            for db in self._opened:
                db.close()

    def _connect(self) -> sqlite3.Connection:
        where = ":memory:" if self._path is None else f"{self._path.absolute().as_uri()}?mode=rwc"
        db = sqlite3.connect(where, uri=True, timeout=10, isolation_level=None, check_same_thread=False)
        self._opened.append(db)
        if self._path is not None and db.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise LogBroken(f"{self._path}: the file system does not allow a write-ahead log")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA wal_autocheckpoint=8000")
        db.execute("PRAGMA cache_size=-16000")
        return db

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except OverflowError as error:
            raise BadEnvelope(str(error)) from error
        except sqlite3.Error as error:
            raise failure(error, self._shown) from error


def _prepare(db: sqlite3.Connection, shown: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
        for table in TABLES:
            db.execute(table.format(bytes="BLOB", big="INTEGER", text="TEXT", clustered=" WITHOUT ROWID"))
        for table in ONLY_ADDED:
            for act in ("UPDATE", "DELETE"):
                db.execute(
                    f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table}"
                    f" BEGIN SELECT raise(ABORT, 'only added to'); END"
                )
        db.execute("INSERT INTO version VALUES (?)", (VERSION,))
        db.execute(f"PRAGMA application_id={APPLICATION}")
    db.execute("COMMIT")
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise LogBroken(f"{shown} 不是网办接收端的数据库。{shown} is not a receiver's database.")
    found = db.execute("SELECT version FROM version").fetchone()[0]
    if found != VERSION:
        raise LogBroken(f"{shown}: 版本 {found}，本程序只认 {VERSION}。It is of version {found}, not {VERSION}.")
