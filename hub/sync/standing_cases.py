"""How a case's events change its rows: state, clocks, number and certificate, as ``hub.domain.cases`` has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hub.sync import standing_rows as s
from hub.sync.standing_rows import CASE, Rows
from hub.sync.standing_told import Told, item_of

Fold = Callable[[Rows, Told, str, int], None]
"""Rows, what the event tells, the part of its stream behind the slash, its position."""

STATES: Final[Mapping[str, str]] = {
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
_HELD: Final = ("special", "correction")
"""Where a step that opens meanwhile, since another one passed by time, does not bring the review back."""
_NOTE: Final = "note"
"""News of another system that changes nothing."""
_STEP: Final = "step:"
"""Budgets of review steps are the departments' own: the opinions that end them never leave the hall."""
_ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "case-accepted": ("intake",),
    "case-deemed-accepted": ("intake",),
    "correction-told": ("intake",),
    "case-supplemented": ("correction",),
    "case-resubmitted": ("correction",),
}


def case_fold(type: str) -> Fold:
    def change(rows: Rows, read: Told, name: str, at_position: int) -> None:
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


def _facts(row: s.CaseRow, read: Told, type: str) -> None:
    row.number = read.number or row.number
    row.item = item_of(read) or row.item
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
        row.decided_at = read.happened_at or read.at
        row.granted = read.granted is not False
        row.outcome = "granted" if row.granted else "refused"
        row.result, row.valid_until = read.result, read.valid_until or ""
    if read.kind == "delivered" and not row.outcome:
        row.granted = read.granted is not False
        row.outcome = "granted" if row.granted else "refused"


def _moved(row: s.CaseRow, read: Told, type: str) -> None:
    state = STATES.get(type, "")
    if type == "milestone-imported" and read.kind != _NOTE:
        state = read.kind
    if type == "steps-opened" and row.state in _HELD:
        state = ""
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


CASE_EVENTS: Final = (
    *STATES,
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
