"""Consultations in SQL: what waits, by the end of its limit. No word of a question or an answer stands here."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import cast

from hub.domain.consultations.events import ConsultationAsked, ConsultationEvent
from hub.domain.consultations.evolve import evolve
from hub.domain.consultations.state import ANSWERED, CLOSED, WAITING, Consultation
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import Entry

PAGE = 200

_TABLES = (
    "DROP TABLE IF EXISTS consultation",
    """CREATE TABLE consultation (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, channel TEXT NOT NULL, item TEXT NOT NULL,
       department TEXT NOT NULL, state TEXT NOT NULL, asked_at INTEGER NOT NULL, due TEXT NOT NULL,
       due_at INTEGER NOT NULL, within INTEGER NOT NULL, provisional INTEGER NOT NULL, missed INTEGER NOT NULL,
       questions INTEGER NOT NULL, answers INTEGER NOT NULL, record INTEGER NOT NULL, outcome TEXT NOT NULL,
       closed_at INTEGER) WITHOUT ROWID""",
    "CREATE INDEX consultation_due ON consultation (state, due_at, seq)",
    "CREATE INDEX consultation_department ON consultation (department, state, due_at, seq)",
)
_READ = (
    "id, channel, item, department, state, asked_at, due, due_at, provisional, missed, questions, answers, record,"
    " outcome, closed_at"
)


@dataclass(frozen=True, slots=True)
class ConsultationRow:
    """``missed``: its limit passed unanswered. ``record``: the answer of record from 1, 0 none."""

    id: str
    channel: str
    item: str
    department: str
    state: str
    asked_at: int
    due: str
    due_at: int
    provisional: bool
    missed: bool
    questions: int
    answers: int
    record: int
    outcome: str
    closed_at: int | None


class ConsultationRecord:
    """A ``Reader`` of ``consultation/`` streams."""

    name = "consultations"
    version = 1

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def reset(self, db: sqlite3.Connection) -> None:
        for statement in _TABLES:
            db.execute(statement)

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        area, _, id = entry.stream.partition("/")
        if area != "consultation":
            return
        event = cast(ConsultationEvent, self._codec.decode(entry))
        asked, seq, told = Consultation(), entry.position, 0
        if not isinstance(event, ConsultationAsked):
            asked, seq, told = _read(db, id)
        evolve(asked, event)
        db.execute(
            "INSERT OR REPLACE INTO consultation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id,
                seq,
                asked.channel,
                asked.item,
                asked.department,
                asked.state,
                asked.asked_at,
                asked.due,
                asked.due_at,
                asked.within,
                asked.provisional,
                asked.missed,
                asked.questions,
                told + len(asked.answers),
                asked.record,
                asked.outcome,
                asked.closed_at,
            ),
        )


def _read(db: sqlite3.Connection, id: str) -> tuple[Consultation, int, int]:
    """As it stands but for its answers; its place, and how many answers it has."""
    row = db.execute(
        "SELECT state, channel, item, department, within, questions, record, asked_at, due, due_at, provisional,"
        " missed, outcome, closed_at, seq, answers FROM consultation WHERE id = ?",
        (id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"consultation {id} was not asked")
    asked = Consultation(
        state=row[0],
        channel=row[1],
        item=row[2],
        department=row[3],
        within=row[4],
        questions=row[5],
        record=row[6],
        asked_at=row[7],
        due=row[8],
        due_at=row[9],
        provisional=bool(row[10]),
        missed=bool(row[11]),
        outcome=row[12],
        closed_at=row[13],
    )
    return asked, row[14], row[15]


def open_ones(cursors: Cursors, department: str | None, limit: int = PAGE) -> list[ConsultationRow]:
    """Those that wait by due moment, then the answered ones; ``department`` None: of all, ``""``: general ones."""
    found: list[ConsultationRow] = []
    for state in (WAITING, ANSWERED):
        where, values = ("state = ?", [state])
        if department is not None:
            where, values = "department = ? AND state = ?", [department, state]
        sql = f"SELECT {_READ} FROM consultation WHERE {where} ORDER BY due_at, seq LIMIT ?"  # noqa: S608
        found += [_row(row) for row in cursors.read(sql, (*values, limit))]
    return found[:limit]


def closed_ones(cursors: Cursors, department: str | None, limit: int = 50) -> list[ConsultationRow]:
    """The last ones."""
    where, values = "state = ?", [CLOSED]
    if department is not None:
        where, values = "department = ? AND state = ?", [department, CLOSED]
    sql = f"SELECT {_READ} FROM consultation WHERE {where} ORDER BY due_at DESC, seq DESC LIMIT ?"  # noqa: S608
    return [_row(row) for row in cursors.read(sql, (*values, limit))]


def timed(cursors: Cursors, at: int, limit: int) -> list[tuple[str, int]]:
    """Ids and due moments of those that wait and whose limit ended at ``at`` or before, not yet on record."""
    sql = "SELECT id, due_at FROM consultation WHERE state = ? AND due_at <= ? AND NOT missed ORDER BY due_at LIMIT ?"
    return [(row[0], row[1]) for row in cursors.read(sql, (WAITING, at, limit))]


def known(cursors: Cursors) -> bool:
    """Whether the record was begun; its tables do not exist before."""
    return bool(cursors.read("SELECT 1 FROM sqlite_master WHERE name = 'consultation'"))


def _row(read: sqlite3.Row) -> ConsultationRow:
    row = ConsultationRow(*read)
    return replace(row, provisional=bool(row.provisional), missed=bool(row.missed))
