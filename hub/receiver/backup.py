"""A copy of a SQLite receiver and its files, made while it runs and verified; and putting one back.

The database first, then the files, of which nothing is ever deleted. A receiver that was put back is behind its halls:
each sends what is missing as soon as it connects, and the inbox's hashes tell it how far back to go. Units that were
leased when the copy was made are not sold online any more, since nobody here knows which of them were.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from hub.log.chain import GENESIS
from hub.log.entry import Head
from hub.log.lock import Lock
from hub.materials.disk import sync_folder, write_whole
from hub.materials.store import Store as Files
from hub.receiver.open import open_store, sqlite_path
from hub.receiver.settings import ReceiverSettings
from hub.receiver.store import Store
from hub.sync.envelope import BadEnvelope, CloudEvent, follow
from hub.sync.standing_rows import LEASED, UNIT, UnitRow

DATABASE: Final = "receiver.db"
LOCK: Final = "receiver.lock"
_READ: Final = 2000
_HELD_BACK: Final = "restored"


class CannotCopy(Exception):
    """The message, in Chinese and English, says why and what to do."""


class Copied(msgspec.Struct, frozen=True):
    entries: int
    files: int


def back_up(settings: ReceiverSettings, folder: Path) -> Copied:
    """Into a new folder. Raises ``CannotCopy``, ``FileNotFoundError``, ``OSError``."""
    source = _database(settings)
    if not source.exists():
        raise FileNotFoundError(2, "", str(source))
    if folder.exists() and any(folder.iterdir()):
        raise CannotCopy(f"{folder} 不是空目录。{folder} is not empty.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / DATABASE
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=4096)
        copy.execute("PRAGMA journal_mode=DELETE")
    target.chmod(0o600)
    entries = _verified(target)
    copied = _copy_files(Files(settings.files / "files"), Files(folder / "files"))
    made = Copied(entries, copied)
    write_whole(folder / "copy.json", msgspec.json.encode(made))
    return made


def restore(settings: ReceiverSettings, folder: Path, *, force: bool) -> Copied:
    """Put a copy where the settings say. Raises ``CannotCopy``, ``InUse`` while a receiver runs, ``OSError``."""
    target, source = _database(settings), folder / DATABASE
    if not source.exists():
        raise CannotCopy(f"{folder} 里没有备份。There is no backup in {folder}.")
    settings.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock(settings.files / LOCK)
    try:
        if target.exists() and not force:
            raise CannotCopy(f"{target} 已存在，替换请加 --force-over。It exists: add --force-over to replace it.")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(target.name + ".new")
        shutil.copyfile(source, part)
        entries = _verified(part)
        _hold_back(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        for left in ("-wal", "-shm"):
            Path(f"{target}{left}").unlink(missing_ok=True)
        part.replace(target)
        sync_folder(target.parent)
        return Copied(entries, _copy_files(Files(folder / "files"), Files(settings.files / "files")))
    finally:
        lock.close()


def _database(settings: ReceiverSettings) -> Path:
    path = sqlite_path(settings.url)
    if path is None:
        raise CannotCopy(
            "只备份 SQLite；PostgreSQL 请用 pg_dump（docs/receiver.md）。 "
            "Only SQLite is copied here; use pg_dump for PostgreSQL (docs/receiver.md)."
        )
    return path


def _verified(path: Path) -> int:
    """Entries of all chains, followed from their beginnings. Raises ``CannotCopy``."""
    with closing(open_store(f"sqlite:///{path}")) as store:
        count = 0
        for hall in store.halls():
            base = store.hash_at(hall.hall, hall.base)
            head = Head(hall.base, base or GENESIS)
            try:
                for events in _batches(store, hall.hall, hall.base):
                    head = follow(events, head)
                    count += len(events)
            except BadEnvelope as error:
                raise CannotCopy(f"{hall.hall}: {error.position} 处链不连续。The chain breaks there.") from error
            if head != Head(hall.committed, hall.hash):
                raise CannotCopy(f"{hall.hall}: 缺少记录。Entries are missing after {head.position}.")
    for left in ("-wal", "-shm"):
        Path(f"{path}{left}").unlink(missing_ok=True)
    return count


def _batches(store: Store, hall: str, after: int) -> Iterator[list[CloudEvent]]:
    while events := store.read(hall, after, _READ):
        yield events
        after = int(events[-1].id)


def _hold_back(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT hall, key, data FROM standing WHERE kind = ?", (UNIT,)).fetchall()
        for hall, key, data in rows:
            if msgspec.json.decode(data, type=UnitRow).state == LEASED:
                db.execute("INSERT OR IGNORE INTO sale VALUES (?, ?, ?, 0)", (hall, key, _HELD_BACK))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy_files(source: Files, target: Files) -> int:
    """Those that are missing, each checked against its name on the way. Raises ``Refused`` for a damaged one."""
    target.open()
    count = 0
    for name in source.all():
        count += 1
        if not target.has(name):
            source.verify(name)
            target.put(source.pieces(name), limit=1 << 62)
    return count
