"""The log's SQLite file: its tables, how connections to it are opened, and what its errors mean."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from hub.log.entry import LogBroken, NoRoom

APPLICATION: Final = 0x68686C67  # "hhlg"
VERSION: Final = 1

# Streams have integer names inside so that the index on (stream, version) stays small; a device's epoch likewise.
# Outcomes and steps lie in their order of arrival, so that a batch of a hundred devices writes six pages and not a
# hundred, and pruning reads only what it drops. A step is found by walking back over ``before`` (the epoch's step
# before it) from the epoch's ``last`` step or from a mark, of which there is one every few steps.
# What is kept for ever lies apart, so that pruning the rest stays a matter of its leading rows; made in older
# files too.
_KEPT: Final = """CREATE TABLE IF NOT EXISTS kept (
    id BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, ok INTEGER NOT NULL, reply BLOB NOT NULL, position INTEGER NOT NULL,
    at INTEGER NOT NULL) WITHOUT ROWID"""
_TABLES: Final = (
    "CREATE TABLE stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE entry (
        position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
        occurred_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, actor TEXT NOT NULL, cause BLOB NOT NULL,
        data BLOB NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL, UNIQUE (stream, version))""",
    """CREATE TABLE outcome (
        no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, fingerprint BLOB NOT NULL, ok INTEGER NOT NULL,
        reply BLOB NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL)""",
    """CREATE TABLE epoch (
        no INTEGER PRIMARY KEY, device TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, last INTEGER NOT NULL,
        left_at INTEGER, UNIQUE (device, epoch))""",
    """CREATE TABLE step (
        no INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, before INTEGER NOT NULL,
        fingerprint BLOB NOT NULL, ok INTEGER NOT NULL, reply BLOB NOT NULL, position INTEGER NOT NULL,
        at INTEGER NOT NULL)""",
    """CREATE TABLE mark (
        epoch INTEGER NOT NULL, seq INTEGER NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (epoch, seq)) WITHOUT ROWID""",
    """CREATE TABLE snapshot (
        stream TEXT PRIMARY KEY, version INTEGER NOT NULL, fold TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID""",
)


def open_writer(path: Path) -> sqlite3.Connection:
    """A connection that may write, each commit synced; the tables are made when the file is new.

    Raises ``LogBroken`` when the file is another application's or of a later version, ``NoRoom`` on a full disk.
    """
    try:
        connection = _connect(path, read_only=False)
        # A commit writes whole pages: half of the usual size made a batch of one a third quicker. New files only.
        connection.execute("PRAGMA page_size=2048")
        if connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise LogBroken(f"{path}: the file system does not allow a write-ahead log")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA cache_size=-8000")
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={VERSION}")
            connection.execute("COMMIT")
        _check(connection, path)
        connection.execute(_KEPT)
    except sqlite3.Error as error:
        raise failure(error, path) from error
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, beside whoever writes. Raises ``FileNotFoundError`` or ``LogBroken``."""
    if not path.exists():
        raise FileNotFoundError(f"没有日志文件 {path}。There is no log at {path}.")
    try:
        connection = _connect(path, read_only=True)
        _check(connection, path)
    except sqlite3.Error as error:
        raise LogBroken(f"{path}: {error}") from error
    return connection


def failure(error: sqlite3.Error, path: Path) -> NoRoom | LogBroken:
    """What a failed write means.

    A failed sync leaves open what is on the disk, so it is never ``NoRoom``, whatever room is left.
    """
    name = getattr(error, "sqlite_errorname", "")
    short = name in ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE", "SQLITE_CANTOPEN")
    if name == "SQLITE_FULL" or (short and _no_space(path)):
        return NoRoom(f"{path}: {error}")
    return LogBroken(f"{path}: {name or type(error).__name__}: {error}")


def _no_space(path: Path) -> bool:
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize < 1 << 20


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None, check_same_thread=False)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION:
        raise LogBroken(f"{path} 不是 hallhub 日志。{path} is not a hallhub log.")
    if version != VERSION:
        raise LogBroken(
            f"{path} 的日志版本是 {version}，本程序只认 {VERSION}。"
            f"{path} is a log of version {version}; this program knows {VERSION}."
        )
