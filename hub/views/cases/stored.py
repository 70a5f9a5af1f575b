"""The tables of the case index, and what a folded case is in them."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import fields, replace
from typing import Final

import msgspec

from hub.domain.cases.records import LEGAL, PROMISED
from hub.domain.cases.state import Case, Clock
from hub.domain.cases.timers import next_at
from hub.domain.catalogue.item import Item
from hub.views.cases.folded import Folded, Todo, live, online_at, open_steps, running
from hub.views.cases.rows import CaseRow, OpenStep, Task

Value = str | int | bytes | None

FAR: Final = 1 << 62
"""Where what is not due is sorted: last."""

COLUMNS: Final = (
    "id", "number", "item", "department", "category", "kind", "state", "applicant", "person", "channel", "external",
    "ticket", "ticket_number", "ticket_day", "window", "clerk", "opened_at", "received_at", "accepted_at", "decided_at",
    "delivered_at", "deemed", "clock", "due", "due_at", "provisional", "legal_due", "legal_due_at", "promised_due",
    "promised_due_at", "stopped", "special", "owed", "outcome", "result", "trips", "next_at", "online_at", "steps",
    "clocks",
)  # fmt: skip

_NUMBERS: Final = frozenset(
    (
        "opened_at", "received_at", "accepted_at", "decided_at", "delivered_at", "deemed", "due_at", "provisional",
        "legal_due_at", "promised_due_at", "stopped", "owed", "trips", "next_at", "online_at",
    )
)  # fmt: skip

TABLES: Final = (
    *(f"DROP TABLE IF EXISTS {name}" for name in ("cases", "case_fold", "case_item", "case_task", "case_hall")),
    f"""CREATE TABLE cases (seq INTEGER PRIMARY KEY, item_key BLOB NOT NULL,
        {", ".join(f"{name} {'INTEGER' if name in _NUMBERS else 'TEXT'}" for name in COLUMNS)})""",
    "CREATE TABLE case_fold (seq INTEGER PRIMARY KEY, position INTEGER NOT NULL, data BLOB NOT NULL)",
    """CREATE TABLE case_item (key BLOB PRIMARY KEY, code TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
       data BLOB NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE case_task (seq INTEGER NOT NULL, kind TEXT NOT NULL, department TEXT NOT NULL, step TEXT NOT NULL,
       zh TEXT NOT NULL, en TEXT NOT NULL, by TEXT NOT NULL, escalated INTEGER NOT NULL, since INTEGER NOT NULL,
       step_due_at INTEGER, sort_at INTEGER NOT NULL, stopped INTEGER NOT NULL,
       PRIMARY KEY (seq, kind, department, step)) WITHOUT ROWID""",
    "CREATE TABLE case_hall (one INTEGER PRIMARY KEY, timezone TEXT NOT NULL, day_starts TEXT NOT NULL)",
)

INDEXES: Final = (
    "CREATE UNIQUE INDEX cases_id ON cases (id)",
    "CREATE INDEX cases_number ON cases (number, seq) WHERE number <> ''",
    "CREATE INDEX cases_item ON cases (item, seq)",
    "CREATE INDEX cases_item_state ON cases (item, state, seq)",
    "CREATE INDEX cases_person ON cases (person, seq)",
    "CREATE INDEX cases_state ON cases (state, seq)",
    "CREATE INDEX cases_department ON cases (department, seq)",
    "CREATE INDEX cases_department_state ON cases (department, state, seq)",
    "CREATE INDEX cases_clerk ON cases (clerk, opened_at, seq) WHERE clerk IS NOT NULL",
    "CREATE INDEX cases_ticket ON cases (ticket) WHERE ticket IS NOT NULL",
    "CREATE INDEX cases_due ON cases (due_at, seq) WHERE due_at IS NOT NULL",
    "CREATE INDEX cases_department_due ON cases (department, due_at, seq) WHERE due_at IS NOT NULL",
    "CREATE INDEX cases_stopped ON cases (seq) WHERE stopped",
    "CREATE INDEX cases_department_stopped ON cases (department, seq) WHERE stopped",
    "CREATE INDEX cases_online ON cases (online_at, seq) WHERE online_at IS NOT NULL",
    "CREATE INDEX cases_next ON cases (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX case_item_code ON case_item (code, zh, en)",
    "CREATE INDEX case_task_inbox ON case_task (department, stopped, sort_at, seq, kind, step)",
    "CREATE INDEX case_task_escalated ON case_task (stopped, sort_at, seq, step) WHERE escalated",
    "CREATE INDEX case_task_by ON case_task (by, stopped, sort_at, seq, kind, step) WHERE by <> ''",
)

INSERT: Final = f"INSERT INTO cases VALUES (?, ?, {', '.join('?' * len(COLUMNS))})"  # noqa: S608 - a table's own names
INSERT_TASK: Final = "INSERT INTO case_task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
READ: Final = ", ".join(
    {"item_zh": "i.zh", "item_en": "i.en"}.get(each.name, f"c.{each.name}") for each in fields(CaseRow)
)
"""What ``row_of`` takes, from ``cases AS c JOIN case_item AS i ON i.key = c.item_key``."""
_ROW: Final = len(fields(CaseRow))
TASK_READ: Final = (
    "t.kind, t.department, t.step, t.zh, t.en, t.by, t.escalated, t.since, t.step_due_at, t.sort_at, t.stopped"
)
"""What ``task_of`` takes after the row's own, from ``case_task AS t``."""

_encode = msgspec.json.encode
_folded = msgspec.json.Decoder(Folded)
_items = msgspec.json.Decoder(Item)
_steps = msgspec.json.Decoder(tuple[OpenStep, ...])
_clocks = msgspec.json.Decoder(tuple[Clock, ...])
_NO_ITEM: Final = Item("", "", "", "", "")


def values_of(id: str, folded: Folded) -> tuple[Value, ...]:
    """In the order of ``COLUMNS``."""
    case = folded.case
    clock, legal, promised = running(case), _running(case, LEGAL), _running(case, PROMISED)
    unended = live(case)
    return (
        id,
        case.number,
        case.item.code,
        case.item.department,
        case.category,
        case.item.kind,
        case.state,
        folded.applicant,
        case.person,
        case.channel,
        case.external,
        case.ticket,
        folded.ticket_number,
        folded.ticket_day,
        case.window,
        case.clerk,
        case.opened_at,
        case.received_at or None,
        case.accepted_at,
        case.decided_at,
        case.delivered_at,
        int(case.deemed),
        "" if clock is None else clock.name,
        "" if clock is None else clock.due,
        None if clock is None else clock.due_at,
        int(any(each.provisional for each in unended)),
        "" if legal is None else legal.due,
        None if legal is None else legal.due_at,
        "" if promised is None else promised.due,
        None if promised is None else promised.due_at,
        int(any(each.stopped for each in unended)),
        case.special,
        len(case.owed),
        case.outcome,
        case.result,
        len(folded.days),
        next_at(case),
        online_at(case),
        _encode(open_steps(case)),
        _encode(unended),
    )


def task_values(seq: int, todo: Todo) -> tuple[Value, ...]:
    """In the order of ``INSERT_TASK``."""
    sort_at = todo.since if todo.stopped else FAR if todo.sort_at is None else todo.sort_at
    return (
        seq, todo.kind, todo.department, todo.step, todo.zh, todo.en, todo.by, int(todo.escalated), todo.since,
        todo.step_due_at, sort_at, int(todo.stopped),
    )  # fmt: skip


def row_of(read: sqlite3.Row) -> CaseRow:
    """From what ``READ`` names."""
    row = CaseRow(*read[:_ROW])
    return replace(
        row,
        deemed=bool(row.deemed),
        provisional=bool(row.provisional),
        stopped=bool(row.stopped),
        steps=_steps.decode(read[_ROW - 2]),
        clocks=_clocks.decode(read[_ROW - 1]),
    )


def task_of(read: sqlite3.Row) -> Task:
    """From what ``READ`` and ``TASK_READ`` name."""
    kind, department, step, zh, en, by, escalated, since, step_due_at, sort_at, stopped = read[_ROW:]
    at = None if stopped or sort_at == FAR else sort_at
    return Task(
        row_of(read), kind, department, step, zh, en, by, bool(escalated), since, step_due_at, at, bool(stopped)
    )


def packed(folded: Folded) -> bytes:
    """Without the item, which stands once in ``case_item``."""
    item, folded.case.item = folded.case.item, _NO_ITEM
    try:
        return _encode(folded)
    finally:
        folded.case.item = item


def unpacked(data: bytes, item: Item) -> Folded:
    folded = _folded.decode(data)
    folded.case.item = item
    return folded


def packed_item(item: Item) -> tuple[bytes, bytes]:
    """Its key, which only an item with the same fields has, and its bytes."""
    data = _encode(item)
    return hashlib.blake2b(data, digest_size=16).digest(), data


def unpacked_item(data: bytes) -> Item:
    return _items.decode(data)


def clocks_of(data: bytes) -> tuple[Clock, ...]:
    return _clocks.decode(data)


def _running(case: Case, name: str) -> Clock | None:
    clock = case.clock(name)
    return clock if clock is not None and clock.running else None
