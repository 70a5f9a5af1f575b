"""How entries change the rows of ``hub.sync.standing_rows``: a small change for each event type, unknown ones none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from hub.sync import standing_rows as s
from hub.sync.envelope import CloudEvent, ms, position
from hub.sync.standing_cases import CASE_EVENTS, Fold, case_fold
from hub.sync.standing_rows import CASE, DAY, Rows, told
from hub.sync.standing_told import Told, item_of

_decode = msgspec.json.Decoder(Told).decode


def fold(rows: Rows, event: CloudEvent) -> None:
    """Raises ``msgspec.MsgspecError``, ``BadEnvelope`` or ``ValueError`` for data that cannot be taken: park it, and
    ``rows.undo()``."""
    change = FOLDS.get(event.type)
    data = told(event) if change is not None else None
    if change is None or data is None:
        return
    read = _decode(data)
    read.at = read.at or ms(event.time)
    change(rows, read, event.subject.partition("/")[2], position(event))


def ahead(rows: Rows, events: Iterable[CloudEvent]) -> None:
    """Have the rows at hand that a batch will most likely ask for."""
    cases, days = set[str](), set[str]()
    for event in events:
        if event.type in FOLDS:
            room, _, name = event.subject.partition("/")
            if room == "case":
                cases.add(name)
            elif room == "queue":
                days.add(name)
    rows.ready(CASE, sorted(cases))
    rows.ready(DAY, sorted(days))


# the queue


def _counted(field: str) -> Fold:
    def change(rows: Rows, read: Told, name: str, at_position: int) -> None:
        del read, at_position
        row = rows.get(DAY, name, s.DayRow) or s.DayRow()
        setattr(row, field, getattr(row, field) + 1)
        rows.put(DAY, name, row)

    return change


def _day_closed(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del read, at_position
    row = rows.get(DAY, name, s.DayRow) or s.DayRow()
    row.closed = True
    rows.put(DAY, name, row)


def _rated(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del at_position
    if not 1 <= read.score <= 5 or not read.ticket:
        raise ValueError(f"a score of {read.score}")
    row = rows.get(DAY, name, s.DayRow) or s.DayRow()
    row.scores = row.scores or [0] * 5
    row.scores[read.score - 1] += 1
    rows.put(DAY, name, row)
    rows.put(s.RATED, read.ticket, s.RatedRow(name, read.score))


def _rating_voided(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del at_position
    ticket = read.ticket or name
    rated = rows.get(s.RATED, ticket, s.RatedRow)
    row = None if rated is None else rows.get(DAY, rated.day, s.DayRow)
    if rated is None or row is None:
        return
    row.scores[rated.score - 1] -= 1
    rows.put(DAY, rated.day, row)
    rows.drop(s.RATED, ticket)


# appointments


def _leased(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del at_position
    lease, slot = read.lease or "", str(read.slot or "")
    rows.put(s.LEASE, _of_day(name, lease), s.LeaseRow(slot, name, list(read.codes), read.expires))
    for code in read.codes:
        rows.put(s.UNIT, code, s.UnitRow(lease, slot, name, read.expires), name)


def _extended(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del at_position
    lease = _of_day(name, read.lease or "")
    row = rows.get(s.LEASE, lease, s.LeaseRow)
    if row is None:
        return
    row.expires = read.expires
    rows.put(s.LEASE, lease, row)
    for code in row.codes:
        unit = rows.get(s.UNIT, code, s.UnitRow)
        if unit is not None:
            unit.expires = read.expires
            rows.put(s.UNIT, code, unit, unit.day or name)


def _unit(rows: Rows, code: str, state: str) -> s.UnitRow | None:
    unit = rows.get(s.UNIT, code, s.UnitRow)
    if unit is not None:
        unit.state = state
        rows.put(s.UNIT, code, unit, unit.day)
    return unit


def _returned(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del name, at_position
    for code in read.codes:
        _unit(rows, code, s.RETURNED)


def _unit_sold(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del name, at_position
    _unit(rows, read.code, s.SOLD)


def _given_up(rows: Rows, read: Told, name: str, at_position: int) -> None:
    """A booking left its place, which may be the lease's again under a fresh code; the old one is sold for good."""
    del at_position
    unit = _unit(rows, read.code, s.SOLD)
    if unit is None or not read.fresh:
        return
    rows.put(s.UNIT, read.fresh, s.UnitRow(unit.lease, unit.slot, unit.day, unit.expires), unit.day or name)
    key = _of_day(unit.day or name, unit.lease)
    lease = rows.get(s.LEASE, key, s.LeaseRow)
    if lease is not None:
        lease.codes = [*lease.codes, read.fresh]
        rows.put(s.LEASE, key, lease)


def _of_day(day: str, lease: str) -> str:
    """Every day names its leases alike, by slot."""
    return f"{day} {lease}"


# answers


def _answered(rows: Rows, read: Told, name: str, at_position: int) -> None:
    del name
    if not read.id or read.n < 1:
        raise ValueError("an answer to no message")
    known = rows.get(s.ANSWER, read.id, s.AnswerRow)
    # the first answer is the outcome; a repeat tells it again
    if known is None or not read.repeated:
        row = s.AnswerRow(
            read.n,
            read.kind,
            read.ok,
            read.code,
            _text(read.facts),
            read.zh,
            read.en,
            read.repeated,
            read.at,
            at_position,
        )
        rows.put(s.ANSWER, read.id, row)
    rows.put(s.TAKEN, s.numbered(read.n), s.TakenRow(read.id, read.hash))


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


# consultations


def _consulted(type: str) -> Fold:
    def change(rows: Rows, read: Told, name: str, at_position: int) -> None:
        del at_position
        key = read.consultation or name
        row = rows.get(s.CONSULTATION, key, s.ConsultationRow) or s.ConsultationRow(key)
        row.at = read.at
        row.item = item_of(read) or row.item
        row.department = read.department or row.department
        row.asked_at = row.asked_at or read.asked_at
        if read.due_at:
            row.due, row.due_at, row.overdue = read.due, read.due_at, False
        if type == "question-added":
            row.outcome = ""
        elif type == "answer-marked":
            row.text = read.text
        elif type == "consultation-closed":
            row.outcome = read.outcome
        elif type == "consultation-overdue":
            row.overdue = True
        rows.put(s.CONSULTATION, key, row)

    return change


FOLDS: Final[Mapping[str, Fold]] = {
    **{type: case_fold(type) for type in CASE_EVENTS},
    "ticket-issued": _counted("taken"),
    "hand-ticket-entered": _counted("taken"),
    "ticket-called": _counted("called"),
    "service-finished": _counted("finished"),
    "ticket-missed": _counted("missed"),
    "ticket-abandoned": _counted("away"),
    "ticket-voided": _counted("away"),
    "ticket-expired": _counted("away"),
    "day-closed": _day_closed,
    "visit-rated": _rated,
    "rating-voided": _rating_voided,
    "slots-leased": _leased,
    "lease-extended": _extended,
    "lease-returned": _returned,
    "unit-sold": _unit_sold,
    "booking-cancelled": _given_up,
    "booking-moved-away": _given_up,
    "message-answered": _answered,
    **{
        type: _consulted(type)
        for type in (
            "consultation-asked",
            "question-added",
            "answer-marked",
            "consultation-handed-over",
            "consultation-closed",
            "consultation-overdue",
        )
    },
}
"""By event type. An inbox that was rewound needs none: its messages are answered anew under their numbers."""
