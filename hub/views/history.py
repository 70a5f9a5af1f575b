"""Earlier days in SQL: arrivals, people waiting and visits served per quarter of an hour of every business day."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta

from hub.domain.queue import events as e
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import Entry
from hub.views.curve import STEP_MS, Curve

_TABLES = (
    "DROP TABLE IF EXISTS quarter",
    "DROP TABLE IF EXISTS uncalled",
    """CREATE TABLE quarter (day TEXT NOT NULL, step INTEGER NOT NULL, arrivals INTEGER NOT NULL DEFAULT 0,
       departures INTEGER NOT NULL DEFAULT 0, served INTEGER NOT NULL DEFAULT 0,
       PRIMARY KEY (day, step)) WITHOUT ROWID""",
    "CREATE TABLE uncalled (ticket TEXT PRIMARY KEY) WITHOUT ROWID",
)


class DayHistory:
    """A ``Reader`` of all ``queue/<day>`` streams. A ticket leaves the wait once: at its first call or its end."""

    name = "day-history"
    version = 1

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def reset(self, db: sqlite3.Connection) -> None:
        for statement in _TABLES:
            db.execute(statement)

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        area, _, day = entry.stream.partition("/")
        if area != "queue":
            return
        match self._codec.decode(entry):
            case e.TicketIssued() as event:
                _count(db, day, event.at, "arrivals")
                db.execute("INSERT OR IGNORE INTO uncalled VALUES (?)", (event.ticket,))
            case e.TicketCalled() | e.TicketAbandoned() | e.TicketVoided() | e.TicketExpired() as event:
                if db.execute("DELETE FROM uncalled WHERE ticket = ?", (event.ticket,)).rowcount:
                    _count(db, day, event.at, "departures")
            case e.ServiceFinished() as event:
                _count(db, day, event.at, "served")
            case e.HandTicketEntered() as event:
                _count(db, day, event.taken_at, "arrivals")
                if event.called_at is None or event.finished_at is None:
                    db.execute("INSERT OR IGNORE INTO uncalled VALUES (?)", (event.ticket,))
                else:
                    _count(db, day, event.called_at, "departures")
                    _count(db, day, event.finished_at, "served")
            case _:
                pass


_ADD = {
    column: f"INSERT INTO quarter (day, step, {column}) VALUES (?, ?, 1)"  # noqa: S608 - names from this table
    f" ON CONFLICT DO UPDATE SET {column} = {column} + 1"
    for column in ("arrivals", "departures", "served")
}


_DAY = "SELECT step, arrivals, departures, served FROM quarter WHERE day = ? ORDER BY step"


def _count(db: sqlite3.Connection, day: str, at: int, column: str) -> None:
    db.execute(_ADD[column], (day, at // STEP_MS))


def curve_of(cursors: Cursors, day: str) -> Curve | None:
    """A whole earlier day; None when nothing is known of it, or not yet."""
    if not cursors.read("SELECT 1 FROM sqlite_master WHERE name = 'quarter'"):
        return None
    rows: Sequence[tuple[int, int, int, int]] = [
        (row[0], row[1], row[2], row[3])
        for row in cursors.read(
            "SELECT step, arrivals, departures, served FROM quarter WHERE day = ? ORDER BY step", (day,)
        )
    ]
    if not rows:
        return None
    known = {row[0]: row for row in rows}
    first, last = rows[0][0], rows[-1][0]
    arrivals: list[int] = []
    waiting: list[int] = []
    served: list[int] = []
    level = 0
    for step in range(first, last + 1):
        _, came, left, done = known.get(step, (step, 0, 0, 0))
        level += came - left
        arrivals.append(came)
        waiting.append(max(0, level))
        served.append(done)
    return Curve(first * STEP_MS, last - first + 1, tuple(arrivals), tuple(waiting), tuple(served))


def week_before(day: str) -> str:
    """The business day that the manager compares with: the same weekday a week earlier."""
    return (date.fromisoformat(day) - timedelta(days=7)).isoformat()
