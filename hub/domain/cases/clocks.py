"""Every clock of a case as a pure function of its intervals and a calendar: nothing is ever counted down.

The day of receipt, acceptance or telling is day 0; a limit ends at the close of its last working day. While a clock is
stopped it has no due date; the days after its stop, up to and including the day it goes on, do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.records import CORRECTING, INTAKE, LEGAL, PROMISED, SERVICE, TOLERANCE, ClockStart, Due
from hub.domain.cases.state import Case, Clock
from hub.domain.catalogue.item import JOINT, Item

LICENCE = "licence"
LEGAL_DAYS, LEGAL_JOINT_DAYS = 20, 45
EXTENSION_DAYS, EXTENSION_JOINT_DAYS = 10, 15
SERVICE_DAYS = 10
"""行政许可法 §42 and §44; they bind licences, where the item has no limit of its own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """By which rule a clock runs."""

    zh: str
    en: str


_OWN: dict[str, Rule] = {
    INTAKE: Rule("事项收件时限", "the item's intake limit"),
    LEGAL: Rule("事项法定时限", "the item's legal limit"),
    PROMISED: Rule("事项承诺时限", "the item's promised limit"),
    SERVICE: Rule("大厅送达时限", "the hall's limit to hand out results"),
    CORRECTING: Rule("补正告知书", "the correction notice"),
    TOLERANCE: Rule("容缺承诺书", "the tolerance pledge"),
}
_LAW: dict[str, Rule] = {
    INTAKE: Rule("行政许可法第三十二条", "Administrative Licensing Law §32"),
    LEGAL: Rule("行政许可法第四十二条", "Administrative Licensing Law §42"),
    SERVICE: Rule("行政许可法第四十四条", "Administrative Licensing Law §44"),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """``to_day`` None: it lasts."""

    from_day: str
    to_day: str | None


@dataclass(frozen=True, slots=True)
class ClockFace:
    """One clock as people read it. ``limit`` with its extension in it; None: the date was set by hand.

    ``state``: running, stopped or ended. ``due`` and ``due_at`` None while stopped; of an ended clock as it was last.
    """

    name: str
    state: str
    from_at: int
    day: str
    limit: int | None
    extended: int
    stops: tuple[Interval, ...]
    ended_at: int | None
    due: str | None
    due_at: int | None
    calendar: int
    provisional: bool
    rule: Rule


def legal_limit(item: Item) -> int | None:
    """Working days to decide: the item's own, else §42 for licences, else none."""
    if item.legal_days is not None:
        return item.legal_days
    if item.type != LICENCE:
        return None
    return LEGAL_JOINT_DAYS if item.handling == JOINT else LEGAL_DAYS


def start(almanac: Almanac, name: str, from_at: int, day: str, limit: int) -> ClockStart:
    """A clock of ``limit`` working days after ``day``."""
    last = almanac.add(day, limit)
    return ClockStart(name, from_at, day, limit, last.date, almanac.ends(last.date), almanac.version, last.provisional)


def until(almanac: Almanac, name: str, from_at: int, day: str, due: str) -> ClockStart:
    """A clock that ends with a day somebody set."""
    return ClockStart(name, from_at, day, None, due, almanac.ends(due), almanac.version, False)


def decision_clocks(almanac: Almanac, item: Item, from_at: int, day: str) -> tuple[ClockStart, ...]:
    """What runs from acceptance: the legal and the promised limit, where the item has one."""
    limits = ((LEGAL, legal_limit(item)), (PROMISED, item.promised_days))
    return tuple(start(almanac, name, from_at, day, limit) for name, limit in limits if limit is not None)


def reckon(clock: Clock, almanac: Almanac, *, ending: str | None = None, more: int = 0) -> Due | None:
    """When it is due by this calendar; None while stopped.

    ``ending``: as if its stop ended on that day; ``more``: as if extended by that many days.
    """
    if clock.limit is None:
        return Due(clock.name, clock.due, almanac.ends(clock.due), almanac.version, False)
    excluded = 0
    for stop in clock.stops:
        to_day = stop.to_day or ending
        if to_day is None:
            return None
        excluded += almanac.between(stop.from_day, to_day)
    last = almanac.add(clock.day, clock.limit + clock.extended + more + excluded)
    return Due(clock.name, last.date, almanac.ends(last.date), almanac.version, last.provisional)


def changed(case: Case, almanac: Almanac) -> tuple[Due, ...]:
    """The running clocks that this calendar gives another due date or another certainty."""
    found: list[Due] = []
    for clock in case.clocks:
        if clock.ended_at is not None or clock.limit is None:
            continue
        due = reckon(clock, almanac)
        if due is not None and (due.due, due.due_at, due.provisional) != (clock.due, clock.due_at, clock.provisional):
            found.append(due)
    return tuple(found)


def faces(case: Case, almanac: Almanac) -> tuple[ClockFace, ...]:
    """Every clock of the case, the oldest first; what has not ended is counted with this calendar."""
    return tuple(_faces(case, almanac))


def _faces(case: Case, almanac: Almanac) -> Iterator[ClockFace]:
    for clock in case.clocks:
        due: Due | None = Due(clock.name, clock.due, clock.due_at, clock.calendar, clock.provisional)
        if clock.ended_at is None:
            due = reckon(clock, almanac)
        ended_stopped = clock.ended_at is not None and not clock.due
        yield ClockFace(
            name=clock.name,
            state="ended" if clock.ended_at is not None else "stopped" if clock.stopped else "running",
            from_at=clock.from_at,
            day=clock.day,
            limit=None if clock.limit is None else clock.limit + clock.extended,
            extended=clock.extended,
            stops=tuple(Interval(stop.from_day, stop.to_day) for stop in clock.stops),
            ended_at=clock.ended_at,
            due=None if due is None or ended_stopped else due.due,
            due_at=None if due is None or ended_stopped else due.due_at,
            calendar=clock.calendar if due is None else due.calendar,
            provisional=due is not None and due.provisional,
            rule=rule_of(clock.name, case.item),
        )


def rule_of(name: str, item: Item) -> Rule:
    """Which rule gives that clock its limit."""
    law = _LAW.get(name)
    own_limit = name == LEGAL and item.legal_days is not None
    if law is not None and item.type == LICENCE and not own_limit:
        return law
    known = _OWN.get(name)
    if known is not None:
        return known
    kind, _, what = name.partition(":")
    if kind == "step":
        step = next((each for each in item.route if each.id == what), None)
        if step is not None:
            return Rule(f"环节时限：{step.zh}", f"the step's time budget: {step.en}")
    material = next((each for each in item.materials if each.code == what), None)
    zh, en = (what, what) if material is None else (material.zh, material.en)
    return Rule(f"告知承诺核查：{zh}", f"the check of what was promised: {en}")
