"""How entries change the rows of ``hub.sync.standing_rows``: a small change for each event type, unknown ones none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from hub.sync import standing_rows as s
from hub.sync.envelope import CloudEvent, ms, position
from hub.sync.standing_rows import CASE, DAY, Rows, told


class _Code(msgspec.Struct):
    code: str = ""


class _Clock(msgspec.Struct):
    clock: str = ""
    due: str = ""
    due_at: int = 0
    provisional: bool = False


class _Told(msgspec.Struct):
    """Every field that some fold reads, of any event; what is not there has its default."""

    case: str = ""
    number: str = ""
    item: _Code | str = msgspec.field(default_factory=_Code)
    catalogue: int = 0
    category: str | None = None
    channel: str = ""
    applicant: str = ""
    person: str = ""
    name_masked: str = ""
    received_at: int = 0
    at: int = 0
    clocks: tuple[_Clock, ...] = ()
    dues: tuple[_Clock, ...] = ()
    stopped: tuple[str, ...] = ()
    clock: str = ""
    granted: bool | None = None
    result: str = ""
    valid_until: str | None = None
    kind: str = ""
    outcome: str = ""
    materials: tuple[object, ...] = ()
    material: str = ""
    ticket: str | None = None
    score: int = 0
    lease: str | None = None
    slot: object = None
    code: str = ""
    codes: tuple[str, ...] = ()
    fresh: str | None = None
    expires: int = 0
    n: int = 0
    id: str = ""
    ok: bool = False
    facts: object = ""
    zh: str = ""
    en: str = ""
    consultation: str = ""
    department: str = ""
    asked_at: int = 0
    due: str = ""
    due_at: int = 0
    text: str = ""
    hash: str = ""
    repeated: bool = False
    to: object = 0


_decode = msgspec.json.Decoder(_Told).decode
Fold = Callable[[Rows, _Told, str, int], None]
"""Rows, what the event tells, the part of its stream behind the slash, its position."""


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


# cases

_STATES: Final[Mapping[str, str]] = {
    "case-received": "received",
    "case-supplemented": "received",
    "case-accepted": "accepted",
    "case-deemed-accepted": "accepted",
    "acceptance-refused": "not-accepted",
    "correction-told": "correction",
    "case-resubmitted": "review",
    "steps-opened": "review",
    "special-started": "special",
    "special-ended": "review",
    "case-decided": "decided",
    "result-delivered": "delivered",
    "case-archived": "archived",
    "case-withdrawn": "withdrawn",
    "case-terminated": "terminated",
    "case-revoked": "revoked",
    "tolerance-expired": "not-accepted",
}
_OUTCOMES: Final = frozenset({"not-accepted", "withdrawn", "terminated", "revoked"})
_STEP: Final = "step:"
"""Budgets of review steps are the departments' own: opinions, which end them, never leave the hall."""
_ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "case-accepted": ("intake",),
    "case-deemed-accepted": ("intake",),
    "correction-told": ("intake",),
    "case-supplemented": ("correction",),
    "case-resubmitted": ("correction",),
}


def _of_case(type: str) -> Fold:
    def change(rows: Rows, read: _Told, name: str, at_position: int) -> None:
        key = read.case or name
        row = rows.get(CASE, key, s.CaseRow) or s.CaseRow(key, opened_at=read.at)
        row.position, row.at = at_position, read.at
        _facts(row, read, type)
        _moved(row, read, type)
        if row.number:
            rows.put(s.NUMBER, row.number, s.NumberRow(key))
        if row.result and type in ("case-decided", "milestone-imported", "case-revoked"):
            kept = s.CertificateRow(
                key, row.result, row.item, row.valid_until, row.decided_at, revoked=row.state == "revoked"
            )
            rows.put(s.CERTIFICATE, row.result, kept, row.person)
        rows.put(CASE, key, row, row.person)

    return change


def _facts(row: s.CaseRow, read: _Told, type: str) -> None:
    row.number = read.number or row.number
    row.item = _item(read) or row.item
    row.catalogue = read.catalogue or row.catalogue
    row.category = read.category or row.category
    row.channel = read.channel or row.channel
    row.applicant = read.applicant or row.applicant
    row.person = read.person or row.person
    row.name = read.name_masked or row.name
    row.received_at = read.received_at or row.received_at
    if type == "external-case-registered":
        row.state, row.received_at = "received", row.received_at or read.at
    if type == "case-decided" or read.kind == "decided":
        row.decided_at = read.at
        row.granted = read.granted is not False
        row.outcome = "granted" if row.granted else "refused"
        row.result, row.valid_until = read.result, read.valid_until or ""


def _moved(row: s.CaseRow, read: _Told, type: str) -> None:
    state = read.kind if type == "milestone-imported" else _STATES.get(type, "")
    if type == "tolerance-expired":
        row.outcome = read.outcome or "returned"
    row.state = state or row.state
    if state in _OUTCOMES:
        row.outcome = row.outcome if type == "tolerance-expired" else state
    clocks = row.clocks
    for name in _ENDS.get(type, ()):
        _end(clocks, name)
    if state in _OUTCOMES or state in ("decided", "delivered"):
        for name in clocks:
            if state in _OUTCOMES or not name.startswith("check:"):
                _end(clocks, name)
    for name in read.stopped:
        if name in clocks:
            clocks[name].state = "stopped"
    passed = "intake" if type == "intake-expired" else read.clock if type == "deadline-missed" else ""
    if passed in clocks:
        clocks[passed].missed = True
    if type == "owed-settled":
        _end(clocks, "tolerance")
    if type == "promise-checked":
        _end(clocks, f"check:{read.material}")
    if type == "special-ended":
        for clock in clocks.values():
            clock.state = "running" if clock.state == "stopped" else clock.state
    for begun in read.clocks:
        if begun.clock.startswith(_STEP):
            continue
        clocks[begun.clock] = s.ClockRow(begun.due, begun.due_at, begun.provisional)
    for again in read.dues:
        clock = clocks.get(again.clock)
        if clock is not None:
            clock.missed = clock.missed and again.due_at <= clock.due_at
            clock.due, clock.due_at, clock.provisional = again.due, again.due_at, again.provisional


def _end(clocks: Mapping[str, s.ClockRow], name: str) -> None:
    if name in clocks:
        clocks[name].state = "ended"


# the queue


def _counted(field: str) -> Fold:
    def change(rows: Rows, read: _Told, name: str, at_position: int) -> None:
        del read, at_position
        row = rows.get(DAY, name, s.DayRow) or s.DayRow()
        setattr(row, field, getattr(row, field) + 1)
        rows.put(DAY, name, row)

    return change


def _day_closed(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    del read, at_position
    row = rows.get(DAY, name, s.DayRow) or s.DayRow()
    row.closed = True
    rows.put(DAY, name, row)


def _rated(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    del at_position
    if not 1 <= read.score <= 5 or not read.ticket:
        raise ValueError(f"a score of {read.score}")
    row = rows.get(DAY, name, s.DayRow) or s.DayRow()
    row.scores = row.scores or [0] * 5
    row.scores[read.score - 1] += 1
    rows.put(DAY, name, row)
    rows.put(s.RATED, read.ticket, s.RatedRow(name, read.score))


def _rating_voided(rows: Rows, read: _Told, name: str, at_position: int) -> None:
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


def _leased(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    del at_position
    lease, slot = read.lease or "", str(read.slot or "")
    rows.put(s.LEASE, lease, s.LeaseRow(slot, name, list(read.codes), read.expires))
    for code in read.codes:
        rows.put(s.UNIT, code, s.UnitRow(lease, slot, name, read.expires), name)


def _extended(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    del at_position
    row = rows.get(s.LEASE, read.lease or "", s.LeaseRow)
    if row is None:
        return
    row.expires = read.expires
    rows.put(s.LEASE, read.lease or "", row)
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


def _returned(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    del name, at_position
    for code in read.codes:
        _unit(rows, code, s.RETURNED)


def _unit_sold(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    del name, at_position
    _unit(rows, read.code, s.SOLD)


def _given_up(rows: Rows, read: _Told, name: str, at_position: int) -> None:
    """A booking left its place, which may be the lease's again under a fresh code; the old one is sold for good."""
    del at_position
    unit = _unit(rows, read.code, s.SOLD)
    if unit is None or not read.fresh:
        return
    rows.put(s.UNIT, read.fresh, s.UnitRow(unit.lease, unit.slot, unit.day, unit.expires), unit.day or name)
    lease = rows.get(s.LEASE, unit.lease, s.LeaseRow)
    if lease is not None:
        lease.codes = [*lease.codes, read.fresh]
        rows.put(s.LEASE, unit.lease, lease)


# answers


def _answered(rows: Rows, read: _Told, name: str, at_position: int) -> None:
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
    def change(rows: Rows, read: _Told, name: str, at_position: int) -> None:
        del at_position
        key = read.consultation or name
        row = rows.get(s.CONSULTATION, key, s.ConsultationRow) or s.ConsultationRow(key)
        row.at = read.at
        row.item = _item(read) or row.item
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


def _item(read: _Told) -> str:
    return read.item if isinstance(read.item, str) else read.item.code


FOLDS: Final[Mapping[str, Fold]] = {
    **{
        type: _of_case(type)
        for type in (
            *_STATES,
            "case-opened",
            "external-case-registered",
            "milestone-imported",
            "applicant-changed",
            "tolerance-granted",
            "promise-taken",
            "promise-checked",
            "owed-settled",
            "limit-extended",
            "deadlines-recomputed",
            "deadline-missed",
            "intake-expired",
        )
    },
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
