"""PostgreSQL under the receiver: entries go in by binary COPY, each call is one transaction on a pooled connection."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Final, LiteralString, cast

import psycopg
from psycopg import errors

from hub.log.entry import LogBroken, NoRoom
from hub.receiver.database import Value, Values
from hub.receiver.schema import ONLY_ADDED, TABLES, VERSION
from hub.receiver.store import Unavailable
from hub.sync.envelope import BadEnvelope

_COPY: Final = "COPY entry FROM STDIN (FORMAT BINARY)"
_TYPES: Final = [
    "int4",
    "int4",
    "int8",
    "text",
    "int8",
    "text",
    "int8",
    "int8",
    "int8",
    "text",
    "bytea",
    "bytea",
    "bytea",
    "bytea",
    "bytea",
    "bytea",
]
_ONE_AT_A_TIME: Final = 0x68687263
"""Of the advisory lock under which tables are made and halls and epochs get their numbers."""


@lru_cache(maxsize=500)
def _sql(text: str) -> LiteralString:
    # only first-party text comes here; values are always bound
    return cast("LiteralString", text.replace("?", "%s"))


class _Cursor:
    def __init__(self, cursor: psycopg.Cursor) -> None:
        self._cursor = cursor

    def run(self, sql: str, values: Values = ()) -> None:
        self._cursor.execute(_sql(sql), values)

    def one(self, sql: str, values: Values = ()) -> tuple[Value, ...] | None:
        return self._cursor.execute(_sql(sql), values).fetchone()

    def all(self, sql: str, values: Values = ()) -> list[tuple[Value, ...]]:
        return self._cursor.execute(_sql(sql), values).fetchall()

    def many(self, sql: str, rows: Sequence[Values]) -> None:
        self._cursor.executemany(_sql(sql), rows)

    def alone(self) -> None:
        self._cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", (_ONE_AT_A_TIME,))

    def add_entries(self, rows: Sequence[Values]) -> None:
        with self._cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(row)


class PostgresDatabase:
    """A ``Database``. ``url`` as libpq takes it; ``connections`` at most."""

    for_update = " FOR UPDATE"

    def __init__(self, url: str, connections: int = 8) -> None:
        """Raises ``Unavailable`` when it cannot be reached, ``LogBroken`` for tables of another version."""
        self._url = url
        self._free: list[psycopg.Connection] = []
        self._guard = threading.Lock()
        self._room = threading.BoundedSemaphore(connections)
        self._closed = False
        with self.writing() as db:
            _prepare(db)

    @contextmanager
    def writing(self) -> Generator[_Cursor]:
        with self._connected() as connection, connection.transaction(), connection.cursor(binary=True) as cursor:
            yield _Cursor(cursor)

    @contextmanager
    def reading(self) -> Generator[_Cursor]:
        with self._connected() as connection, connection.transaction(), connection.cursor(binary=True) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield _Cursor(cursor)

    def close(self) -> None:
        with self._guard:
            self._closed = True
            free, self._free = self._free, []
        for connection in free:
            connection.close()

    @contextmanager
    def _connected(self) -> Generator[psycopg.Connection]:
        with self._room:
            try:
                connection = self._take()
                try:
                    yield connection
                finally:
                    self._give(connection)
            except (errors.DiskFull, errors.OutOfMemory) as error:
                raise NoRoom(str(error)) from error
            except psycopg.OperationalError as error:
                raise Unavailable(str(error).strip()) from error
            except psycopg.DataError as error:
                # a number or a text that no column holds, NUL above all, in what somebody sent or asked for
                raise BadEnvelope(str(error).strip()) from error
            except errors.InsufficientPrivilege as error:
                raise LogBroken(str(error).strip()) from error

    def _take(self) -> psycopg.Connection:
        with self._guard:
            while self._free:
                connection = self._free.pop()
                if not connection.broken:
                    return connection
        return psycopg.connect(self._url, autocommit=True, connect_timeout=5, prepare_threshold=2)

    def _give(self, connection: psycopg.Connection) -> None:
        with self._guard:
            if not (connection.broken or self._closed):
                self._free.append(connection)
                return
        with suppress(psycopg.Error):
            connection.close()


def _prepare(db: _Cursor) -> None:
    db.run("SET LOCAL client_min_messages = warning")
    db.alone()
    made = db.one("SELECT to_regclass('version')")
    if made is None or made[0] is None:
        for table in TABLES:
            db.run(table.format(bytes="BYTEA", big="BIGINT", text='TEXT COLLATE "C"', clustered=""))
        db.run(
            "CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'only added to'; END$$"
        )
        for table in ONLY_ADDED:
            db.run(
                f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
            )
        db.run("INSERT INTO version VALUES (?)", (VERSION,))
    found = db.one("SELECT version FROM version")
    if found is None or found[0] != VERSION:
        raise LogBroken(f"数据库版本 {found}，本程序只认 {VERSION}。The tables are of another version.")
