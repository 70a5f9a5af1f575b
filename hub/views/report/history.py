"""Earlier days' reports in the views' file: each day whole, and a tally of each month.

A day is written when it is closed and again after everything that comes later (ratings, hand tickets). The month's
tally loses what the day was and gains what it is in the same transaction as the cursor moves, so it counts each day
once, whenever the process was killed.
"""

from __future__ import annotations

import functools
import sqlite3

import msgspec

from hub.log.codec import Codec
from hub.log.entry import Entry
from hub.views.report.day_report import DayReport
from hub.views.report.folds import DayFolds
from hub.views.report.tally import Tally, add, less, tally_of

_TABLES = (
    "DROP TABLE IF EXISTS report_day",
    "DROP TABLE IF EXISTS report_month",
    """CREATE TABLE report_day (day TEXT PRIMARY KEY, version INTEGER NOT NULL, report BLOB NOT NULL,
       tally BLOB NOT NULL)""",
    "CREATE TABLE report_month (month TEXT PRIMARY KEY, tally BLOB NOT NULL)",
)

encode = msgspec.json.encode
read_report = msgspec.json.Decoder(DayReport).decode
read_tally = msgspec.json.Decoder(Tally).decode
TALLIES_HELD = 32


@functools.lru_cache(TALLIES_HELD)
def held_tally(stored: bytes) -> Tally:
    """The same, kept for who asks for the next range; not to be changed."""
    return read_tally(stored)


class DayReports:
    """A ``Reader`` of all ``queue/<day>`` streams."""

    name = "day-reports"
    version = 1

    def __init__(self, folds: DayFolds, codec: Codec) -> None:
        self._folds = folds
        self._codec = codec

    def reset(self, db: sqlite3.Connection) -> None:
        for statement in _TABLES:
            db.execute(statement)

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        area, _, day = entry.stream.partition("/")
        if area != "queue":
            return
        report = self._folds.follow(day, entry, self._codec.decode(entry))
        if report is not None:
            _write(db, report)


def _write(db: sqlite3.Connection, report: DayReport) -> None:
    month, tally = report.day[:7], tally_of(report)
    before = db.execute("SELECT version, tally FROM report_day WHERE day = ?", (report.day,)).fetchone()
    if before is not None and before[0] == report.version:
        return
    known = db.execute("SELECT tally FROM report_month WHERE month = ?", (month,)).fetchone()
    whole: Tally = {} if known is None else read_tally(known[0])
    if before is not None:
        whole = less(whole, read_tally(before[1]))
    add(whole, tally)
    db.execute(
        "INSERT OR REPLACE INTO report_day VALUES (?, ?, ?, ?)",
        (report.day, report.version, encode(report), encode(tally)),
    )
    db.execute("INSERT OR REPLACE INTO report_month VALUES (?, ?)", (month, encode(whole)))
