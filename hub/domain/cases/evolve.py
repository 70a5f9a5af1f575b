"""How a case's events change its state. Total: every event of the stream is taken. No personal value is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import online_events as o
from hub.domain.cases import review_events as r
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.acts import state_after
from hub.domain.cases.evolve_review import evolve_review
from hub.domain.cases.records import CHECK, CORRECTING, INTAKE, LEGAL, TOLERANCE, ClockStart, Due, Supply
from hub.domain.cases.state import Case, Clock, PromisedMaterial, Stop


def evolve(case: Case, event: e.CaseEvent) -> None:
    """Changes ``case`` in place."""
    was = case.state
    case.state = state_after(was, event)
    match event:
        case e.CaseOpened() | e.ExternalCaseRegistered():
            _opened(case, event)
        case e.ApplicantChanged():
            case.person = event.person
        case e.CaseReceived():
            case.number, case.received_at, case.received_day = event.number, event.received_at, event.day
        case e.CaseSupplemented():
            case.received_at, case.received_day = event.received_at, event.day
            _end(case, event.at, CORRECTING)
        case e.CaseResubmitted():
            case.in_review = False
            for step in event.steps:
                case.steps[step].state, case.steps[step].defects = "open", ()
            _end(case, event.at, CORRECTING)
        case e.MaterialsSupplied():
            _supplied(case, event.materials)
        case e.MaterialRemoved():
            case.materials.pop(event.material, None)
        case e.MaterialExcused():
            case.excused.append(event.material)
        case e.OriginalChecked():
            known = case.materials[event.material]
            grade = min(known.grade, "B")
            case.materials[event.material] = replace(known, original=True, grade=grade, verified_by=event.by)
        case e.CaseAccepted() | e.CaseDeemedAccepted():
            case.accepted_at = event.at
            case.accepted_by = event.by if isinstance(event, e.CaseAccepted) else ""
            case.deemed = isinstance(event, e.CaseDeemedAccepted)
            case.frozen = dict(event.frozen)
            _end(case, event.at, INTAKE)
        case e.IntakeExpired():
            _missed(case, INTAKE)
        case e.AcceptanceRefused():
            _closed(case, m.NOT_ACCEPTED, event.reason, event.at)
        case e.CorrectionTold():
            case.notices += 1
            case.asked = list(dict.fromkeys(defect.material for defect in event.defects))
            case.supplied_since = []
            case.in_review = event.in_review
            _end(case, event.at, INTAKE)
        case t.ToleranceGranted():
            case.owed, case.chase, case.chased = list(event.pledge.materials), event.chase, 0
        case t.OwedChased():
            case.chased = event.n + 1
        case t.OwedSettled():
            case.owed = [each for each in case.owed if each not in event.materials]
            if not case.owed:
                _end(case, event.at, TOLERANCE)
        case t.ToleranceExpired():
            _closed(case, event.outcome, "tolerance-overdue", event.at)
        case t.PromiseTaken():
            case.promises = [PromisedMaterial(material) for material in event.promise.materials]
        case t.PromiseChecked():
            case.promises = [
                PromisedMaterial(each.material, event.passed) if each.material == event.material else each
                for each in case.promises
            ]
            _end(case, event.at, CHECK + event.material)
        case e.SpecialStarted():
            case.special, case.excluded = event.step, event.excluded
            case.special_days, case.special_day = event.days, event.day
            for clock in _running(case, event.stopped):
                clock.stops.append(Stop(event.at, event.day))
                clock.due, clock.due_at, clock.provisional = "", 0, False
        case e.SpecialEnded():
            case.special, case.excluded = "", False
            case.special_days, case.special_day = 0, ""
            for clock in case.clocks:
                if clock.stopped:
                    clock.stops[-1].to_at, clock.stops[-1].to_day = event.at, event.day
            _redated(case, event.dues)
        case e.LimitExtended():
            case.extended = True
            legal = case.clock(LEGAL)
            if legal is not None:
                legal.extended = event.days
            _redated(case, event.dues)
        case e.DeadlinesRecomputed():
            _redated(case, event.dues)
        case e.CaseDecided():
            case.decided_at, case.result = event.at, event.result
            case.outcome, case.reason = (m.GRANTED if event.granted else m.REFUSED), event.reasons
            _end_all(case, event.at, but=CHECK)
        case e.ResultDelivered():
            case.delivered_at = event.at
            _end_all(case, event.at, but=CHECK)
        case e.CaseArchived():
            pass
        case e.CaseWithdrawn():
            _closed(case, m.WITHDRAWN, event.reason, event.at)
        case e.CaseTerminated():
            _closed(case, m.TERMINATED, event.reason, event.at)
        case e.CaseRevoked():
            _closed(case, m.REVOKED, event.reason, event.at)
        case e.DeadlineMissed():
            _missed(case, event.clock)
        case e.MilestoneImported():
            _imported(case, was, event)
        case o.FilingTaken():
            case.clerk, case.window = event.clerk, event.window
        case o.FilingLeft():
            case.clerk = case.window = None
        case o.DecisionObjected():
            case.objected += 1
        case (
            r.StepsOpened()
            | r.StepClaimed()
            | r.StepReleased()
            | r.StepAssigned()
            | r.OpinionGiven()
            | r.StepEscalated()
            | r.StepTimedOut()
        ):
            evolve_review(case, event)
        case _:
            assert_never(event)
    match event:
        case (
            e.CaseReceived()
            | e.CaseAccepted()
            | e.CaseDeemedAccepted()
            | e.CorrectionTold()
            | e.CaseSupplemented()
            | e.CaseResubmitted()
            | t.ToleranceGranted()
            | t.PromiseTaken()
            | r.StepsOpened()
            | e.CaseDecided()
        ):
            case.clocks += [_clock(begun) for begun in event.clocks]
        case _:
            pass


def _opened(case: Case, event: e.CaseOpened | e.ExternalCaseRegistered) -> None:
    case.item, case.catalogue, case.category = event.item, event.catalogue, event.category
    case.person = event.person
    case.ticket, case.window, case.clerk = event.ticket, event.window, event.clerk
    case.opened_at = event.at
    if isinstance(event, e.CaseOpened):
        case.channel = event.channel
        return
    case.channel, case.number, case.external = "hall", event.number, event.external
    case.received_at, case.received_day = event.at, event.day


def _supplied(case: Case, supplies: Iterable[Supply]) -> None:
    for supply in supplies:
        case.materials[supply.material] = supply
        if case.accepted_at is not None:
            case.frozen[supply.material] = supply.sha256
        if case.notices and supply.material not in case.supplied_since:
            case.supplied_since.append(supply.material)


def _imported(case: Case, was: str, event: e.MilestoneImported) -> None:
    case.milestones.append(event.id)
    if case.state == was and event.kind != was:
        return
    match event.kind:
        case m.ACCEPTED:
            case.accepted_at = event.happened_at
        case m.DECIDED:
            case.decided_at, case.result = event.happened_at, event.result
            case.outcome, case.reason = (m.REFUSED if event.granted is False else m.GRANTED), event.said
        case m.DELIVERED:
            case.delivered_at = event.happened_at
            if not case.outcome:
                case.outcome, case.reason = (m.REFUSED if event.granted is False else m.GRANTED), event.said
        case m.NOT_ACCEPTED | m.WITHDRAWN | m.TERMINATED | m.REVOKED:
            case.outcome, case.reason = event.kind, event.said or event.id
        case _:
            pass


def _clock(begun: ClockStart) -> Clock:
    return Clock(
        begun.clock,
        begun.from_at,
        begun.day,
        begun.limit,
        begun.due,
        begun.due_at,
        begun.calendar,
        begun.provisional,
    )


def _running(case: Case, names: tuple[str, ...]) -> list[Clock]:
    return [clock for clock in case.clocks if clock.ended_at is None and clock.name in names]


def _end(case: Case, at: int, name: str) -> None:
    for clock in case.clocks:
        if clock.ended_at is None and clock.name == name:
            clock.ended_at = at


def _end_all(case: Case, at: int, but: str | None = None) -> None:
    for clock in case.clocks:
        if clock.ended_at is None and (but is None or not clock.name.startswith(but)):
            clock.ended_at = at


def _closed(case: Case, outcome: str, reason: str, at: int) -> None:
    case.outcome, case.reason = outcome, reason
    case.special, case.excluded, case.in_review = "", False, False
    case.owed = []
    _end_all(case, at)


def _missed(case: Case, name: str) -> None:
    clock = case.clock(name)
    if clock is not None:
        clock.missed = True


def _redated(case: Case, dues: tuple[Due, ...]) -> None:
    for due in dues:
        clock = case.clock(due.clock)
        if clock is None:
            continue
        if due.due_at > clock.due_at and clock.due_at:
            clock.missed = False
        clock.due, clock.due_at = due.due, due.due_at
        clock.calendar, clock.provisional = due.calendar, due.provisional
