"""Cases filed online: where a late one stands at once, who takes it, what still comes in, and objections.

A filing's clocks run from the cloud's receipt (行政许可法 §32: the day of receipt is day 0), also while the hall heard
nothing. So what comes in after its intake limit is written with what that limit brought about, in the same commit:
nobody at a window ever sees it as if there were time left.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

from hub.domain.cases import clock_commands as k
from hub.domain.cases import commands as c
from hub.domain.cases import intake, materials
from hub.domain.cases import machine as m
from hub.domain.cases import online_commands as o
from hub.domain.cases import online_events as oe
from hub.domain.cases.evolve import evolve
from hub.domain.cases.guards import Happened, need
from hub.domain.cases.numbers import NumberTaken
from hub.domain.cases.records import INTAKE, ONLINE
from hub.domain.cases.review import SUPERVISOR
from hub.domain.cases.state import Case
from hub.domain.cases.streams import Streams
from hub.domain.refusals import Refused

OBJECTION_DAYS = 60
"""行政复议法 §20: calendar days from the day on which the applicant knew of the decision."""


def caught_up(streams: Streams, command: c.OpenCase | c.SupplementCase, happened: Happened) -> Happened:
    """``happened``, and what its intake clock brought about before the hall heard of it."""
    if command.received_at is None:
        return happened
    case = deepcopy(streams.case)
    for event in happened:
        if not isinstance(event, NumberTaken):
            evolve(case, event)
    clock = case.clock(INTAKE)
    if clock is None or clock.due_at > command.at:
        return happened
    expired = k.ExpireIntake(command.case, command.day, command.at, clock.due_at)
    return (*happened, *intake.expire(replace(streams, case=case), expired))


def supply(streams: Streams, command: o.SupplyOnline) -> Happened:
    """Raises ``Refused`` as supplementing and supplying do."""
    if streams.case.state != m.CORRECTION:
        return materials.supply(
            streams.case, c.SupplyMaterials(command.case, command.at, command.by, command.materials)
        )
    asked = c.SupplementCase(command.case, command.day, command.at, command.by, command.materials, command.received_at)
    return caught_up(streams, asked, intake.supplement(streams, asked))


def take(case: Case, command: o.TakeFiling) -> Happened:
    """Taken twice by the same clerk is no event, but for another window.

    Raises ``Refused``: not-filed-online, filing-taken (a supervisor may take it from another), wrong-act.
    """
    _filed(case, m.TAKE_FILING)
    if case.clerk == command.by and case.window == command.window:
        return ()
    if case.clerk not in (None, command.by) and command.role != SUPERVISOR:
        raise Refused("filing-taken", number=case.number, clerk=case.clerk, window=case.window or "")
    return (oe.FilingTaken(command.case, command.by, command.window, command.at),)


def leave(case: Case, command: o.LeaveFiling) -> Happened:
    """Raises ``Refused``: not-filed-online, filing-taken (by another), wrong-act."""
    _filed(case, m.LEAVE_FILING)
    if case.clerk is None:
        return ()
    if case.clerk != command.by and command.role != SUPERVISOR:
        raise Refused("filing-taken", number=case.number, clerk=case.clerk, window=case.window or "")
    return (oe.FilingLeft(command.case, command.at),)


def object_to(streams: Streams, command: o.ObjectToDecision) -> Happened:
    """Late ones are recorded too, and say so. Raises ``Refused``: nothing-to-object, unknown-case, external-case."""
    case = streams.case
    if case.state != m.UNOPENED and not case.external and not m.may(case.state, m.OBJECT):
        raise Refused("nothing-to-object", number=case.number, state=case.state)
    need(case, m.OBJECT)
    almanac = streams.almanac(command.day)
    told = almanac.day_of(told_at(case))
    made_at = min(command.made_at, command.at)
    until = (date.fromisoformat(told) + timedelta(days=OBJECTION_DAYS)).isoformat()
    late = almanac.day_of(made_at) > until
    return (oe.DecisionObjected(command.case, made_at, told, until, late, command.words, command.at),)


def told_at(case: Case) -> int:
    """When the applicant came to know: handed out, else decided, else when the last clock ended."""
    ended = max((clock.ended_at or 0 for clock in case.clocks), default=case.opened_at)
    return case.delivered_at or case.decided_at or ended


def _filed(case: Case, act: str) -> None:
    if case.state != m.UNOPENED and case.channel != ONLINE:
        raise Refused("not-filed-online", number=case.number)
    need(case, act)
