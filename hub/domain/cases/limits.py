"""What moves a limit: special procedures (§45), the one extension (§42), a later calendar; and its passing."""

from __future__ import annotations

from hub.domain.cases import clock_commands as k
from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases.clocks import EXTENSION_DAYS, EXTENSION_JOINT_DAYS, LICENCE, changed, reckon
from hub.domain.cases.guards import Happened, basis, need, words
from hub.domain.cases.records import AGENCY_HEAD, GOVERNMENT_HEAD, INTAKE, LEGAL, PROMISED, STEP, TOLERANCE
from hub.domain.cases.state import Case, Clock
from hub.domain.cases.streams import Streams
from hub.domain.catalogue.item import JOINT
from hub.domain.refusals import Refused

SPECIAL_MOST = 400
"""Working days: more is a slip of the hand."""


def start_special(streams: Streams, command: c.StartSpecial) -> Happened:
    """Only an excluded step stops clocks, and only those that have not run out.

    Raises ``Refused``: unknown-special, reason-needed (no written notice), special-days (an excluded step that does
    not say how long it takes, or no such number of days).
    """
    case = streams.case
    need(case, m.START_SPECIAL)
    step = next((each for each in case.item.special_steps if each.code == command.step), None)
    if step is None:
        raise Refused("unknown-special", item=case.item.zh, step=command.step)
    notice = words(command.notice)
    least = 1 if step.excluded else 0
    if not least <= command.days <= SPECIAL_MOST:
        raise Refused("special-days", step=step.zh, days=command.days, most=SPECIAL_MOST)
    stopped = tuple(
        clock.name for clock in case.clocks if step.excluded and _stoppable(clock) and clock.due_at > command.at
    )
    started = e.SpecialStarted(
        command.case, step.code, step.excluded, stopped, notice, command.day, command.at, command.days
    )
    return (started,)


def end_special(streams: Streams, command: c.EndSpecial) -> Happened:
    """Raises ``Refused``: reason-needed (no finding)."""
    case = streams.case
    need(case, m.END_SPECIAL)
    finding = words(command.finding)
    almanac = streams.almanac(command.day)
    dues = tuple(
        due
        for clock in case.clocks
        if clock.stopped and (due := reckon(clock, almanac, ending=command.day)) is not None
    )
    return (e.SpecialEnded(command.case, case.special, finding, command.day, dues, command.at),)


def extend(streams: Streams, command: c.ExtendLimit) -> Happened:
    """The legal limit only; the promise stands as it was given.

    Raises ``Refused``: extension-used, no-extension, extension-too-late, wrong-approver, basis-needed, reason-needed.
    """
    case = streams.case
    need(case, m.EXTEND)
    clock = case.clock(LEGAL)
    if case.extended:
        raise Refused("extension-used", number=case.number)
    if clock is None:
        raise Refused("no-extension", number=case.number)
    if clock.running and command.at >= clock.due_at:
        raise Refused("extension-too-late", number=case.number, due=clock.due)
    joint = case.item.handling == JOINT
    role, days = (GOVERNMENT_HEAD, EXTENSION_JOINT_DAYS) if joint else (AGENCY_HEAD, EXTENSION_DAYS)
    if command.approver_role != role or not command.approver.strip():
        raise Refused("wrong-approver", number=case.number, role=role)
    if case.item.type != LICENCE:
        basis(command.basis)
    due = reckon(clock, streams.almanac(command.day), more=days)
    extended = e.LimitExtended(
        command.case,
        days,
        command.approver,
        role,
        words(command.reason),
        words(command.notice),
        command.basis or "行政许可法第四十二条",
        () if due is None else (due,),
        command.at,
    )
    return (extended,)


def recompute(streams: Streams, command: c.RecomputeDeadlines) -> Happened:
    dues = changed(streams.case, streams.almanac(command.day))
    return (e.DeadlinesRecomputed(command.case, dues, command.at),) if dues else ()


def mark_overdue(case: Case, command: k.MarkOverdue) -> Happened:
    clock = case.clock(command.clock)
    if clock is None or clock.missed or not clock.running or not only_seen(clock.name):
        return ()
    if clock.due_at != command.due_at or command.at < command.due_at:
        return ()
    return (e.DeadlineMissed(command.case, clock.name, clock.due, command.due_at),)


def only_seen(name: str) -> bool:
    """Whether the passing of that clock changes nothing by itself."""
    return name not in (INTAKE, TOLERANCE) and not name.startswith(STEP)


def _stoppable(clock: Clock) -> bool:
    return clock.running and (clock.name in (LEGAL, PROMISED) or clock.name.startswith(STEP))
