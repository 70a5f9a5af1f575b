"""A case as lists need it: the domain's own fold without what no list shows, and what only the entries say.

Materials, opinions and defects are left out: they are the greater part of a case, and the words in them are nobody's
business outside the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases.evolve import evolve
from hub.domain.cases.records import INTAKE, LEGAL, ONLINE, PROMISED, STEP
from hub.domain.cases.review import done_steps
from hub.domain.cases.route import finished, step_of
from hub.domain.cases.state import Case, Clock
from hub.domain.catalogue.item import IMMEDIATE
from hub.views.cases.rows import Kind, OpenStep

DayOf = Callable[[int], str]
"""The business day of a moment."""

AT_THE_COUNTER = ("scan", "original")
IN_PERSON = ("window", "locker")


@dataclass(slots=True)
class Folded:
    """``days``: business days on which the applicant was in the hall for this case, in order, each once."""

    case: Case = field(default_factory=Case)
    applicant: str = ""
    ticket_number: str | None = None
    ticket_day: str | None = None
    days: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Todo:
    """A task as it is stored; fields as in ``rows.Task``. Stopped ones are sorted by ``since``."""

    kind: Kind
    department: str
    step: str
    zh: str
    en: str
    by: str
    escalated: bool
    since: int
    step_due_at: int | None
    sort_at: int | None
    stopped: bool


def fold(folded: Folded, event: e.CaseEvent, day_of: DayOf) -> None:
    """Changes ``folded`` in place."""
    case = folded.case
    match event:
        case e.MaterialsSupplied():
            if any(supply.origin in AT_THE_COUNTER for supply in event.materials):
                _came(folded, day_of(event.at))
            return
        case e.OriginalChecked():
            _came(folded, day_of(event.at))
            return
        case e.MaterialRemoved() | e.MaterialExcused():
            return
        case e.CaseOpened():
            folded.applicant = event.applicant
            _from_ticket(folded, event)
            if event.channel == "hall":
                _came(folded, day_of(event.at))
        case e.ExternalCaseRegistered():
            _from_ticket(folded, event)
            _came(folded, event.day)
        case e.ApplicantChanged():
            folded.applicant = event.applicant
        case e.ResultDelivered():
            if event.how in IN_PERSON:
                _came(folded, day_of(event.at))
        case _:
            pass
    evolve(case, event)
    case.frozen, case.asked, case.supplied_since = {}, [], []
    case.opinions, case.milestones, case.reason = [], [], ""
    for step in case.steps.values():
        step.defects = ()


def running(case: Case) -> Clock | None:
    """The running clock that is due next, also when its moment has passed; None without any."""
    return min((clock for clock in case.clocks if clock.running), key=lambda clock: clock.due_at, default=None)


def live(case: Case) -> tuple[Clock, ...]:
    """All clocks that have not ended."""
    return tuple(clock for clock in case.clocks if clock.ended_at is None)


def online_at(case: Case) -> int | None:
    """When the intake limit of an online filing that waits at the counter ends or ended; None: it is none.

    One that was deemed accepted waits too, until a clerk has taken it.
    """
    if case.channel != ONLINE:
        return None
    if case.deemed:
        return case.accepted_at if case.state in (m.ACCEPTED, m.REVIEW, m.SPECIAL) and case.clerk is None else None
    clock = case.clock(INTAKE)
    return clock.due_at if case.state == m.RECEIVED and clock is not None else None


def open_steps(case: Case) -> tuple[OpenStep, ...]:
    return tuple(
        OpenStep(step.id, step.department, step.by, step.escalated, _due(case.clock(STEP + step.id)))
        for step in case.steps.values()
        if step.state == "open"
    )


def todos(case: Case) -> tuple[Todo, ...]:
    """What departments have to do in it now. Whose turn a decision or a merged notice is: the rules' own answer."""
    sort_at = _due(case.clock(LEGAL)) or _due(case.clock(PROMISED))
    if case.state == m.SPECIAL:
        return (_todo("special", case.item.department, case, case.excluded, sort_at), *_steps(case, sort_at))
    if case.state == m.ACCEPTED or (case.state == m.REVIEW and finished(case.item.route, done_steps(case))):
        waits = case.owed or (case.state == m.ACCEPTED and case.item.route and case.item.kind != IMMEDIATE)
        return () if waits else (_todo("decide", case.item.department, case, False, sort_at),)
    if case.state != m.REVIEW:
        return ()
    if steps := _steps(case, sort_at):
        return steps
    if any(step.state == "returned" for step in case.steps.values()):
        leads = sorted({step.department for step in case.item.route if step.lead} or {case.item.department})
        return tuple(_todo("correct", lead, case, False, sort_at) for lead in leads)
    return ()


def _steps(case: Case, sort_at: int | None) -> tuple[Todo, ...]:
    found: list[Todo] = []
    for step in open_steps(case):
        rule = step_of(case.item.route, step.id)
        zh, en = ("", "") if rule is None else (rule.zh, rule.en)
        since = case.steps[step.id].opened_at
        sort = None if case.excluded else sort_at or step.due_at
        found.append(
            Todo(
                "step",
                step.department,
                step.id,
                zh,
                en,
                step.by,
                step.escalated,
                since,
                step.due_at,
                sort,
                case.excluded,
            )
        )
    return tuple(found)


def _todo(kind: Kind, department: str, case: Case, stopped: bool, sort_at: int | None) -> Todo:
    since = case.accepted_at or case.received_at or case.opened_at
    return Todo(kind, department, "", "", "", "", False, since, None, None if stopped else sort_at, stopped)


def _due(clock: Clock | None) -> int | None:
    return clock.due_at if clock is not None and clock.running else None


def _from_ticket(folded: Folded, event: e.CaseOpened | e.ExternalCaseRegistered) -> None:
    folded.ticket_number, folded.ticket_day = event.ticket_number, event.ticket_day


def _came(folded: Folded, day: str) -> None:
    if day not in folded.days:
        folded.days.append(day)
