"""Ratings and their rectifications in SQL: what is open, and figures by month and window."""

from __future__ import annotations

import sqlite3
from typing import cast

from hub.domain.queue.events import VisitRated
from hub.domain.ratings.events import DueRecounted, RatingsEvent, RatingVoided, RectificationOpened
from hub.domain.ratings.evolve import evolve
from hub.domain.ratings.state import Rectification
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import Entry

_TABLES = (
    "DROP TABLE IF EXISTS rating_tally",
    "DROP TABLE IF EXISTS rectification",
    """CREATE TABLE rating_tally (month TEXT NOT NULL, window TEXT NOT NULL, score INTEGER NOT NULL,
       ratings INTEGER NOT NULL, PRIMARY KEY (month, window, score)) WITHOUT ROWID""",
    """CREATE TABLE rectification (ticket TEXT PRIMARY KEY, number TEXT NOT NULL, day TEXT NOT NULL,
       month TEXT NOT NULL, window TEXT NOT NULL, clerk TEXT, score INTEGER NOT NULL, has_phone INTEGER NOT NULL,
       rated_at INTEGER NOT NULL, due TEXT NOT NULL, due_at INTEGER NOT NULL, provisional INTEGER NOT NULL,
       tries INTEGER NOT NULL, state TEXT NOT NULL, tries_left INTEGER NOT NULL, outcome TEXT NOT NULL,
       satisfied INTEGER, closed_at INTEGER) WITHOUT ROWID""",
    "CREATE INDEX rectification_open ON rectification (due_at) WHERE closed_at IS NULL",
    "CREATE INDEX rectification_month ON rectification (month)",
)

_TALLY = "INSERT INTO rating_tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET ratings = ratings + excluded.ratings"


class RatingRecord:
    """A ``Reader`` of ``queue/`` and ``rectification/`` streams. A rating belongs to the month of its business day.

    A voided rating leaves ``rating_tally``; its rectification stays, with the outcome ``void``.
    """

    name = "ratings"
    version = 1

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def reset(self, db: sqlite3.Connection) -> None:
        for statement in _TABLES:
            db.execute(statement)

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        area, _, name = entry.stream.partition("/")
        if area == "queue" and entry.type.startswith("visit-rated"):
            match self._codec.decode(entry):
                case VisitRated() as rated:
                    db.execute(_TALLY, (name[:7], rated.window, rated.score, 1))
                case _:
                    pass
        elif area == "rectification":
            match self._codec.decode(entry):
                case RectificationOpened() as opened:
                    _open(db, opened)
                case DueRecounted() as counted:
                    db.execute(
                        "UPDATE rectification SET due = ?, due_at = ?, provisional = ? WHERE ticket = ?",
                        (counted.due, counted.due_at, counted.provisional, name),
                    )
                case _ as event:
                    _follow(db, name, cast(RatingsEvent, event))


def _open(db: sqlite3.Connection, e: RectificationOpened) -> None:
    case = Rectification()
    evolve(case, e)
    visit = (e.ticket, e.number, e.day, e.day[:7], e.window, e.clerk, e.score, e.has_phone, e.rated_at)
    db.execute(
        "INSERT INTO rectification VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', NULL, NULL)",
        (*visit, e.due, e.due_at, e.provisional, e.tries, case.state, case.tries_left),
    )


def _follow(db: sqlite3.Connection, ticket: str, event: RatingsEvent) -> None:
    row = db.execute(
        "SELECT state, tries, tries_left, outcome, satisfied, closed_at, month, window, score"
        " FROM rectification WHERE ticket = ?",
        (ticket,),
    ).fetchone()
    if row is None:
        raise LookupError(f"rectification {ticket} was not opened")
    case = Rectification(
        state=row[0], tries=row[1], tries_left=row[2], outcome=row[3], satisfied=row[4], closed_at=row[5]
    )
    evolve(case, event)
    db.execute(
        "UPDATE rectification SET state = ?, tries_left = ?, outcome = ?, satisfied = ?, closed_at = ?"
        " WHERE ticket = ?",
        (case.state, case.tries_left, case.outcome, case.satisfied, case.closed_at, ticket),
    )
    if isinstance(event, RatingVoided):
        db.execute(_TALLY, (row[6], row[7], row[8], -1))


def known(cursors: Cursors) -> bool:
    """Whether the record was begun; its tables do not exist before."""
    return bool(cursors.read("SELECT 1 FROM sqlite_master WHERE name = 'rectification'"))
