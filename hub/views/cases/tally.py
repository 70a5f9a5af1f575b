"""What one case adds to the figures of its month: counted when it is decided, in the month of the decision."""

from __future__ import annotations

from typing import Final

from hub.domain.cases import machine as m
from hub.domain.cases.records import LEGAL, PROMISED
from hub.domain.cases.state import Case, Clock
from hub.views.cases.folded import DayOf, Folded

COUNTED: Final = (
    "decided", "granted", "timed", "on_time", "limited", "legal_days", "promised_days", "measured", "taken_ms",
    "visited", "trips", "materials_before", "materials_now",
)  # fmt: skip
"""Sums by month, item and department; each is told in ``figures.DEFINITIONS``."""

Key = tuple[str, str, str]

TABLES: Final = (
    "DROP TABLE IF EXISTS case_tally",
    f"""CREATE TABLE case_tally (month TEXT NOT NULL, item TEXT NOT NULL, department TEXT NOT NULL,
        {", ".join(f"{name} INTEGER NOT NULL" for name in COUNTED)},
        PRIMARY KEY (month, item, department)) WITHOUT ROWID""",
)
ADD: Final = (
    f"INSERT INTO case_tally VALUES (?, ?, ?, {', '.join('?' * len(COUNTED))}) ON CONFLICT DO UPDATE SET "  # noqa: S608
    + ", ".join(f"{name} = {name} + excluded.{name}" for name in COUNTED)
)


def tally_of(folded: Folded, day_of: DayOf) -> tuple[Key, tuple[int, ...]] | None:
    """Month, item and department with what it adds in the order of ``COUNTED``; None before its decision."""
    case = folded.case
    if case.decided_at is None:
        return None
    legal, promised = _last(case, LEGAL), _last(case, PROMISED)
    measure = promised or legal
    item = case.item
    limits = item.legal_days if legal is None else legal.limit, item.promised_days
    both = limits[0] is not None and limits[1] is not None and not case.external
    counted = (
        1,
        int(case.outcome in (m.GRANTED, m.REVOKED)),
        int(measure is not None),
        int(measure is not None and _in_time(measure)),
        int(both),
        (limits[0] or 0) if both else 0,
        (limits[1] or 0) if both else 0,
        int(case.accepted_at is not None),
        0 if case.accepted_at is None else _taken(case.accepted_at, case.decided_at, measure),
        int(bool(folded.days)),
        len(folded.days),
        sum(rule.before for rule in item.materials),
        sum(rule.now for rule in item.materials),
    )
    return (day_of(case.decided_at)[:7], item.code, item.department), counted


def _last(case: Case, name: str) -> Clock | None:
    return next((clock for clock in reversed(case.clocks) if clock.name == name), None)


def _in_time(clock: Clock) -> bool:
    """Ended before its due moment; one that was stopped when it ended had time left."""
    return not clock.due_at or (clock.ended_at is not None and clock.ended_at < clock.due_at)


def _taken(accepted_at: int, decided_at: int, clock: Clock | None) -> int:
    stops = [] if clock is None else [stop for stop in clock.stops if stop.to_at is not None]
    return max(0, decided_at - accepted_at - sum((stop.to_at or 0) - stop.from_at for stop in stops))
