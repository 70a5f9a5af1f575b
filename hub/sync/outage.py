"""The outage page's facts: since when the line is dark, what waits, and how long the disk has room for more of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from hub.log.entry import Head
from hub.log.port import LogReader
from hub.log.sqlite_reader import SqliteLogReader
from hub.sync.standing import LineStanding

DAY_MS: Final = 86_400_000
LOOK_BACK_DAYS: Final = 7
ALARM_DAYS: Final = 30
"""Less room than that is an alarm: nothing that waits is ever dropped."""


class Outage(msgspec.Struct, frozen=True):
    """``waits``: entries not yet up by kind: queue, case, device, online (answers), … and ``waiting`` all of them.

    ``days_left``: of room on the disk, as the log grew in the last week; None while that cannot be told.
    """

    line: LineStanding
    waits: Mapping[str, int]
    waiting: int
    free_bytes: int
    days_left: float | None

    @property
    def alarm(self) -> bool:
        return self.days_left is not None and self.days_left < ALARM_DAYS


def outage(line: LineStanding, log: Path, reader: SqliteLogReader, now: int) -> Outage:
    """Blocking, for a thread: counts what waits in the log's file."""
    waits = reader.kinds(line.feed.committed or 0) if line.configured else {}
    free = shutil.disk_usage(log.parent).free
    return Outage(line, waits, sum(waits.values()), free, days_left(log, reader, free, now))


def days_left(log: Path, reader: LogReader, free: int, now: int) -> float | None:
    """Room in days, if the log grows as in the last week (or since its beginning); None in a log of less than a day."""
    head = reader.head()
    first = reader.read(0, 1)
    if not first or head.position < 2:
        return None
    since = max(first[0].recorded_at, now - LOOK_BACK_DAYS * DAY_MS)
    days = (now - since) / DAY_MS
    grown = head.position - position_at(reader, head, since)
    if days < 1 or grown < 1:
        return None
    of_each = log.stat().st_size / head.position
    return round(free / (of_each * grown / days), 1)


def position_at(reader: LogReader, head: Head, at: int) -> int:
    """The last entry recorded before ``at``, in a dozen looks; a clock that was set back makes it a near one."""
    low, high = 0, head.position
    while low < high:
        middle = (low + high + 1) // 2
        if reader.read(middle - 1, 1)[0].recorded_at < at:
            low = middle
        else:
            high = middle - 1
    return low
