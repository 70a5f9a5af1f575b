"""Reading a SQLite log beside a running hub, from any thread or process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Final

from hub.log.chain import GENESIS
from hub.log.entry import Entry, Head, LogBroken
from hub.log.sqlite_file import open_reader

_PAGE: Final = 1000
_NAMES_CACHED: Final = 20_000
_FIELDS: Final = "version, type, occurred_at, recorded_at, actor, cause, data, salt, hash"
_READ: Final = f"SELECT position, stream, {_FIELDS} FROM entry WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608
_READ_STREAM: Final = (
    f"SELECT position, ?, {_FIELDS} FROM entry"  # noqa: S608
    " WHERE stream = (SELECT id FROM stream WHERE name = ?) AND version > ? ORDER BY version LIMIT ?"
)
_COUNTS: Final = (
    "SELECT substr(name, 1, instr(name || '/', '/') - 1) AS kind, sum(many) FROM"
    " (SELECT stream, count(*) AS many FROM entry WHERE position > ? GROUP BY stream)"
    " JOIN stream ON stream.id = stream GROUP BY kind ORDER BY kind"
)
_STREAMS: Final = "SELECT name FROM stream WHERE name >= ? AND name < ? ORDER BY name"


class SqliteLogReader:
    """A ``LogReader`` with a connection of its own; no call holds a read transaction open after it returns.

    (An open one would keep the write-ahead log from starting over.) A damaged file raises ``LogBroken``.
    """

    def __init__(self, path: Path) -> None:
        """Raises ``FileNotFoundError`` without a log at ``path``, ``LogBroken`` when it is none."""
        self._path = path
        self._connection = open_reader(path)
        self._lock = Lock()
        self._names: dict[int, str] = {}

    def head(self) -> Head:
        rows = self._rows("SELECT position, hash FROM entry ORDER BY position DESC LIMIT 1", ())
        return Head(*rows[0]) if rows else Head(0, GENESIS)

    def read(self, after: int, limit: int) -> list[Entry]:
        rows = self._rows(_READ, (after, limit))
        return [Entry(position, self._name(stream), *rest) for position, stream, *rest in rows]

    def read_stream(self, stream: str, after_version: int = 0) -> Iterator[Entry]:
        while True:
            rows = self._rows(_READ_STREAM, (stream, stream, after_version, _PAGE))
            for row in rows:
                yield Entry(*row)
            if len(rows) < _PAGE:
                return
            after_version = rows[-1][2]

    def streams(self, prefix: str) -> list[str]:
        return [row[0] for row in self._rows(_STREAMS, (prefix, prefix + "\U0010ffff"))]

    def counts(self, after: int) -> dict[str, int]:
        return {str(kind): int(entries) for kind, entries in self._rows(_COUNTS, (after,))}

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _name(self, stream: int) -> str:
        name = self._names.get(stream)
        if name is None:
            if len(self._names) > _NAMES_CACHED:
                self._names.clear()
            name = self._names[stream] = self._rows("SELECT name FROM stream WHERE id = ?", (stream,))[0][0]
        return name

    def _rows(self, sql: str, values: tuple[str | int, ...]) -> list[sqlite3.Row]:
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.DatabaseError as error:
                raise LogBroken(f"{self._path}: {error}") from error
