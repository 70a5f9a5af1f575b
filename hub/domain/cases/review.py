"""Review 审查: claiming, opinions, sending back, leave and time-outs, along the item's route.

A step belongs to its department; a supervisor may act once it was escalated. Whoever claimed it holds it, or on leave
their deputy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import review_commands as rc
from hub.domain.cases import review_events as r
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import start
from hub.domain.cases.correction import check_defects
from hub.domain.cases.guards import Happened, need, words
from hub.domain.cases.leave import ReviewDesk
from hub.domain.cases.records import AGREE, SEND_BACK, STEP, VERDICTS, Defect
from hub.domain.cases.route import followers, ready, step_of, superseded
from hub.domain.cases.state import Case, Step
from hub.domain.cases.streams import Streams
from hub.domain.catalogue.item import IMMEDIATE, PASS, RouteStep
from hub.domain.refusals import Refused

SUPERVISOR = "supervisor"
HEAD = "head"
"""Of a department 部门负责人: hands steps of theirs from one reviewer to another."""


class Doing(Protocol):
    """What ``opening`` reads of a command."""

    @property
    def case(self) -> str: ...

    @property
    def day(self) -> str: ...

    @property
    def at(self) -> int: ...


def opening(
    case: Case, opened: Collection[str], done: Collection[str], almanac: Almanac, command: Doing
) -> r.StepsOpened | None:
    """The steps that begin now; None when none do. An immediate item is decided without its route."""
    route = case.item.route
    steps = () if case.item.kind == IMMEDIATE else ready(route, opened, done)
    if not steps:
        return None
    ids = tuple(step.id for step in steps)
    aside = superseded(route, {*opened, *ids})
    left = tuple(id for id in opened if id in aside and id not in done)
    clocks = tuple(start(almanac, STEP + step.id, command.at, command.day, step.days) for step in steps)
    return r.StepsOpened(command.case, ids, left, clocks, command.at)


def done_steps(case: Case) -> set[str]:
    return {step.id for step in case.steps.values() if step.state == "done"}


def claim(streams: Streams, command: rc.ClaimStep) -> Happened:
    """Raises ``Refused``: unknown-step, step-not-open, other-department, step-claimed."""
    case = streams.case
    need(case, m.CLAIM)
    step = _open_step(case, command.step)
    _may_act(case, step, command, streams.desk)
    if step.by == command.by:
        return ()
    return (r.StepClaimed(command.case, command.step, command.by, command.at),)


def release(case: Case, command: rc.ReleaseStep) -> Happened:
    """Raises ``Refused``: unknown-step, step-not-open, step-claimed."""
    need(case, m.RELEASE)
    step = _open_step(case, command.step)
    if not step.by:
        return ()
    if step.by != command.by:
        raise Refused("step-claimed", step=step.id, by=step.by)
    return (r.StepReleased(command.case, command.step, command.at),)


def assign(case: Case, command: rc.AssignStep) -> Happened:
    """Raises ``Refused``: unknown-step, step-not-open, other-department, reason-needed, bad-value (nobody named)."""
    need(case, m.ASSIGN)
    step = _open_step(case, command.step)
    if command.role != SUPERVISOR and (command.role != HEAD or command.department != step.department):
        raise Refused("other-department", step=step.id, department=step.department)
    if not command.to.strip():
        raise Refused("bad-value", field="to", problem="∅")
    why = words(command.why)
    return () if step.by == command.to else (r.StepAssigned(command.case, step.id, command.to, why, command.at),)


def give_opinion(streams: Streams, command: rc.GiveOpinion) -> Happened:
    """Raises ``Refused``: as ``claim``; special-running, reason-needed, bad-value, and what ``check_defects`` does."""
    case = streams.case
    need(case, m.OPINE)
    if case.excluded:
        raise Refused("special-running", number=case.number)
    step = _open_step(case, command.step)
    rule = _may_act(case, step, command, streams.desk)
    defects = _check_opinion(case, rule, command)
    given = r.OpinionGiven(
        command.case,
        command.step,
        step.department,
        command.by,
        command.verdict,
        command.text,
        defects,
        command.to,
        command.at,
    )
    if defects:
        return (given,)
    opened, done = set(case.steps), done_steps(case)
    if command.to:
        again = {command.to, *followers(case.item.route, command.to)}
        opened, done = opened - again, done - again
    else:
        done.add(command.step)
    steps = opening(case, opened, done, streams.almanac(command.day), command)
    return (given,) if steps is None else (given, steps)


def escalate(case: Case, command: rc.EscalateStep) -> Happened:
    """Raises ``Refused``: unknown-step, step-not-open, reason-needed."""
    need(case, m.ESCALATE_STEP)
    step = _open_step(case, command.step)
    why = words(command.why)
    return () if step.escalated else (r.StepEscalated(command.case, command.step, why, command.at),)


def time_out(streams: Streams, command: rc.TimeOutStep) -> Happened:
    case = streams.case
    step, clock = case.steps.get(command.step), case.clock(STEP + command.step)
    rule = step_of(case.item.route, command.step)
    if step is None or rule is None or clock is None or step.state != "open" or clock.missed:
        return ()
    if clock.due_at != command.due_at or command.at < command.due_at or not m.may(case.state, m.TIME_OUT):
        return ()
    out: e.CaseEvent = r.StepTimedOut(command.case, command.step, rule.on_timeout, command.due_at)
    if rule.on_timeout != PASS:
        return (out,)
    almanac = streams.almanac(command.day)
    steps = opening(case, set(case.steps), done_steps(case) | {command.step}, almanac, command)
    return (out,) if steps is None else (out, steps)


def _open_step(case: Case, id: str) -> Step:
    step = case.steps.get(id)
    if step is None:
        raise Refused("unknown-step", number=case.number, step=id)
    if step.state != "open":
        raise Refused("step-not-open", number=case.number, step=id)
    return step


def _may_act(case: Case, step: Step, command: rc.ClaimStep | rc.GiveOpinion, desk: ReviewDesk | None) -> RouteStep:
    rule = step_of(case.item.route, step.id)
    assert rule is not None, "only steps of the pinned route are opened"
    over = step.escalated and command.role == SUPERVISOR
    if not over and (command.department != rule.department or command.role != rule.role):
        raise Refused("other-department", step=step.id, department=rule.department)
    if not over and step.by not in ("", command.by):
        assert desk is not None
        if desk.deputy(step.by, command.day) != command.by:
            raise Refused("step-claimed", step=step.id, by=step.by)
    return rule


def _check_opinion(case: Case, rule: RouteStep, command: rc.GiveOpinion) -> tuple[Defect, ...]:
    if command.verdict not in VERDICTS:
        raise Refused("bad-value", field="verdict", problem=" | ".join(VERDICTS))
    if rule.opinion or command.verdict != AGREE:
        words(command.text)
    if command.verdict != SEND_BACK:
        if command.to or command.defects:
            raise Refused("bad-value", field="verdict", problem=SEND_BACK)
        return ()
    if bool(command.to) == bool(command.defects):
        raise Refused("bad-value", field="to", problem="to | defects")
    if command.to:
        before = case.steps.get(command.to)
        if before is None or rule.id not in followers(case.item.route, command.to):
            raise Refused("unknown-step", number=case.number, step=command.to)
        return ()
    check_defects(case, command.defects)
    return tuple(replace(defect, step=rule.id) for defect in command.defects)
