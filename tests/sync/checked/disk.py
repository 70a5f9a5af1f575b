"""Disks whose power is cut before or after a commit, on either side, and copies of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hub.log.entry import Batch, Entry
from hub.log.memory import MemoryLog
from hub.receiver.database import Cursor
from hub.receiver.sqlite import SqliteDatabase


class PowerCut(Exception):
    """The process is gone; what was committed is on the disk."""


class Switch:
    """``cut(when, n)``: the power goes before or after the n-th commit from now on."""

    def __init__(self) -> None:
        self._when = ""
        self._left = 0

    def cut(self, when: str, commits: int = 1) -> None:
        self._when, self._left = when, commits

    def mend(self) -> None:
        self._left = 0

    def at(self, when: str) -> None:
        if not self._left:
            return
        if when == "after":
            self._left -= 1
            if self._left == 0 and self._when == "after":
                raise PowerCut
        elif self._left == 1 and self._when == "before":
            self._left = 0
            raise PowerCut


class CutLog:
    """The hall's log in memory, behind a switch."""

    def __init__(self, log: MemoryLog, switch: Switch) -> None:
        self.disk = log
        self._switch = switch

    def append(self, batch: Batch) -> list[Entry]:
        self._switch.at("before")
        entries = self.disk.append(batch)
        self._switch.at("after")
        return entries

    def __getattr__(self, name: str) -> Any:
        return getattr(self.disk, name)


class CutDatabase:
    """The receiver's SQLite, in memory, behind a switch."""

    for_update = ""

    def __init__(self, switch: Switch) -> None:
        self.kept = SqliteDatabase(None)
        self._switch = switch

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        with self.kept.writing() as cursor:
            yield cursor
            self._switch.at("before")
        self._switch.at("after")

    def reading(self) -> Any:
        return self.kept.reading()

    def close(self) -> None:
        self.kept.close()

    def copied(self) -> SqliteDatabase:
        """As it is now; for ``put_back``."""
        copy = SqliteDatabase(None)
        self.kept._writer.backup(copy._writer)
        return copy

    def put_back(self, copy: SqliteDatabase) -> None:
        copy._writer.backup(self.kept._writer)

    def fill(self, full: bool) -> None:
        """Not one page more, or as many as it likes."""
        db = self.kept._writer
        pages = db.execute("PRAGMA page_count").fetchone()[0] if full else 1 << 30
        db.execute(f"PRAGMA max_page_count={pages}")


def older(log: MemoryLog, upto: int, salts: Callable[[int], bytes]) -> MemoryLog:
    """The first ``upto`` entries with the outcomes that came with them, as a backup holds them."""
    target = MemoryLog(salts)
    entries = log._entries[:upto]
    target._entries = list(entries)
    for entry in entries:
        target._versions.add((entry.stream, entry.version))
        target._streams.setdefault(entry.stream, []).append(entry)
    answered = {entry.cause for entry in entries}
    target._outcomes = {key: kept for key, kept in log._outcomes.items() if key in answered}
    return target
