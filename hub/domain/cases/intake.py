"""Intake 收件 to acceptance 受理 (行政许可法 §32): what is missing is told once, completely, within the intake limit.

Past the limit an application is deemed accepted from receipt where the item says so; otherwise the supervisor hears of
it. A rule never waits for the clock's own command: once the moment has passed, what it would change is refused.
"""

from __future__ import annotations

from hub.domain.cases import clock_commands as k
from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases.clocks import decision_clocks, start
from hub.domain.cases.closing import resolved
from hub.domain.cases.correction import check_defects
from hub.domain.cases.filing import received_at
from hub.domain.cases.guards import Happened, basis, named, need, words
from hub.domain.cases.materials import check_frozen, check_supplies, frozen, gaps, supplied
from hub.domain.cases.records import CORRECTING, INTAKE, STEP, Defect
from hub.domain.cases.review import opening
from hub.domain.cases.route import step_of
from hub.domain.cases.state import Case
from hub.domain.cases.streams import Streams
from hub.domain.cases.tolerance import pledged, promised
from hub.domain.cases.visibility import leads
from hub.domain.catalogue.item import IMMEDIATE
from hub.domain.refusals import Refused

MOST_CORRECTION_DAYS = 90


def accept(streams: Streams, command: c.AcceptCase) -> Happened:
    """Raises ``Refused``: materials-missing, not-immediate, still-owed, intake-expired, and what tolerance refuses."""
    case = streams.case
    need(case, m.ACCEPT)
    _in_time(case, command.at)
    almanac = streams.almanac(command.day)
    missing = {line.rule.code: line for line in gaps(case, command.day)}
    owed = command.pledge.materials if command.pledge else ()
    waived = command.promise.materials if command.promise else ()
    left = [line.rule.zh for code, line in missing.items() if code not in (*owed, *waived)]
    if left:
        raise Refused("materials-missing", number=case.number, materials=named(left))
    if len({*owed, *waived}) < len((*owed, *waived)):
        raise Refused("bad-value", field="promise", problem="pledge ∩ promise")
    clocks = decision_clocks(almanac, case.item, command.at, command.day)
    events: list[e.CaseEvent] = [
        e.CaseAccepted(command.case, command.by, command.day, frozen(case), clocks, command.at)
    ]
    if command.pledge is not None:
        events.append(pledged(case, command.pledge, missing, streams.credit, almanac, command))
    if command.promise is not None:
        events.append(promised(command.promise, missing, almanac, command))
    if command.resolution is not None:
        if case.item.kind != IMMEDIATE:
            raise Refused("not-immediate", item=case.item.zh)
        if owed:
            raise Refused("still-owed", number=case.number, materials=named(owed))
        events.append(resolved(case, command.resolution, almanac, command))
    elif (steps := opening(case, (), (), almanac, command)) is not None:
        events.append(steps)
    return tuple(events)


def tell_correction(streams: Streams, command: c.TellCorrection) -> Happened:
    """Raises ``Refused``: correction-told, unknown-material, reason-needed, bad-value, intake-expired.

    In review: opinions-outstanding, nothing-returned, not-lead.
    """
    case = streams.case
    need(case, m.CORRECT)
    in_review = case.state == m.REVIEW
    if in_review:
        defects = _merged(case, command)
    else:
        _in_time(case, command.at)
        defects = command.defects
    check_defects(case, defects)
    if not 1 <= command.days <= MOST_CORRECTION_DAYS:
        raise Refused("bad-value", field="days", problem=f"1…{MOST_CORRECTION_DAYS}")
    clock = start(streams.almanac(command.day), CORRECTING, command.at, command.day, command.days)
    return (e.CorrectionTold(command.case, defects, in_review, command.day, (clock,), command.at),)


def supplement(streams: Streams, command: c.SupplementCase) -> Happened:
    """Raises ``Refused``: corrections-missing (at intake), and what supplying refuses."""
    case = streams.case
    need(case, m.RESUBMIT if case.in_review else m.SUPPLEMENT)
    check_supplies(case.item, command.materials)
    check_frozen(case, command.materials)
    events = supplied(case, command.materials, command.at, command.case)
    almanac = streams.almanac(command.day)
    if case.in_review:
        steps = tuple(step.id for step in case.steps.values() if step.state == "returned")
        clocks = tuple(
            start(almanac, STEP + id, command.at, command.day, step.days)
            for id in steps
            if (step := step_of(case.item.route, id)) is not None
        )
        return (*events, e.CaseResubmitted(command.case, steps, clocks, command.at))
    here = {*case.supplied_since, *case.excused, *(supply.material for supply in command.materials)}
    left = [code for code in case.asked if code not in here]
    if left:
        raise Refused("corrections-missing", number=case.number, materials=named(left))
    told = case.clock(CORRECTING)
    earliest = case.received_at if told is None else told.from_at
    since = received_at(earliest, command.at, command.received_at)
    day = command.day if command.received_at is None else almanac.day_of(since)
    clock = start(almanac, INTAKE, since, day, case.item.intake_days)
    return (*events, e.CaseSupplemented(command.case, since, day, (clock,), command.at))


def refuse_acceptance(case: Case, command: c.RefuseAcceptance) -> Happened:
    """Raises ``Refused``: reason-needed, basis-needed, intake-expired, wrong-act."""
    need(case, m.REFUSE)
    if case.in_review:
        raise Refused("wrong-act", number=case.number, state=case.state, act=m.REFUSE)
    if case.state == m.RECEIVED:
        _in_time(case, command.at)
    return (e.AcceptanceRefused(command.case, words(command.reason), basis(command.basis), command.at),)


def expire(streams: Streams, command: k.ExpireIntake) -> Happened:
    case = streams.case
    clock = case.clock(INTAKE)
    if clock is None or clock.due_at != command.due_at or command.at < command.due_at or clock.missed:
        return ()
    if not case.item.deemed:
        return (e.IntakeExpired(command.case, clock.due, command.due_at),)
    almanac = streams.almanac(command.day)
    clocks = decision_clocks(almanac, case.item, case.received_at, case.received_day)
    deemed = e.CaseDeemedAccepted(command.case, case.received_day, frozen(case), clocks, command.due_at)
    steps = opening(case, (), (), almanac, command)
    return (deemed,) if steps is None else (deemed, steps)


def _in_time(case: Case, at: int) -> None:
    clock = case.clock(INTAKE)
    if case.item.deemed and clock is not None and at >= clock.due_at:
        raise Refused("intake-expired", number=case.number, due=clock.due)


def _merged(case: Case, command: c.TellCorrection) -> tuple[Defect, ...]:
    """One notice of all that the steps saw, told by the lead department once every open step has spoken."""
    if command.department not in leads(case):
        raise Refused("not-lead", number=case.number, departments=named(sorted(leads(case))))
    silent = [step.id for step in case.steps.values() if step.state == "open"]
    if silent:
        raise Refused("opinions-outstanding", number=case.number, steps=named(silent))
    returned = [step for step in case.steps.values() if step.state == "returned"]
    if not returned:
        raise Refused("nothing-returned", number=case.number)
    return (*(defect for step in returned for defect in step.defects), *command.defects)
