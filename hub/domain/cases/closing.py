"""How a case ends: decided, delivered and archived; or withdrawn, terminated, revoked. Each end has its reason."""

from __future__ import annotations

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import SERVICE_DAYS, start
from hub.domain.cases.guards import Happened, a_date, basis, named, need, words
from hub.domain.cases.records import OBJECT, SERVICE, Resolution
from hub.domain.cases.review import SUPERVISOR, done_steps
from hub.domain.cases.route import ends, finished
from hub.domain.cases.state import Case
from hub.domain.cases.streams import Streams
from hub.domain.catalogue.item import IMMEDIATE
from hub.domain.refusals import Refused

HANDED = ("window", "courier", "locker", "online")


def decide_case(streams: Streams, command: c.DecideCase) -> Happened:
    """Raises ``Refused``: still-owed, review-not-done, other-department, and what ``resolved`` refuses."""
    case = streams.case
    need(case, m.DECIDE)
    if case.owed:
        raise Refused("still-owed", number=case.number, materials=named(case.owed))
    route = () if case.item.kind == IMMEDIATE else case.item.route
    if route:
        if not finished(route, done_steps(case)):
            left = [step.id for step in case.steps.values() if step.state in ("open", "returned")]
            raise Refused("review-not-done", number=case.number, steps=named(left))
        deciding = {case.item.department, *(step.department for step in ends(route))}
        if command.role != SUPERVISOR and command.department not in deciding:
            raise Refused("other-department", step=m.DECIDE, department=named(sorted(deciding)))
    return (resolved(case, command.resolution, streams.almanac(command.day), command),)


def resolved(
    case: Case, resolution: Resolution, almanac: Almanac, command: c.DecideCase | c.AcceptCase
) -> e.CaseDecided:
    """The decision, dated now. Raises ``Refused``: reason-needed, basis-needed, objection-stands, promise-failed."""
    if resolution.granted:
        against = [step.id for step in case.steps.values() if step.state == "done" and step.verdict == OBJECT]
        if against and not resolution.despite.strip():
            raise Refused("objection-stands", number=case.number)
        if any(each.passed is False for each in case.promises):
            raise Refused("promise-failed", number=case.number)
    else:
        words(resolution.reasons)
        basis(resolution.basis)
    if resolution.valid_until is not None:
        a_date("valid_until", resolution.valid_until)
    clock = start(almanac, SERVICE, command.at, command.day, SERVICE_DAYS)
    return e.CaseDecided(
        command.case,
        resolution.granted,
        resolution.reasons,
        resolution.basis,
        resolution.despite,
        resolution.result,
        resolution.valid_until,
        command.by,
        command.day,
        (clock,),
        command.at,
    )


def deliver(case: Case, command: c.DeliverResult) -> Happened:
    need(case, m.DELIVER)
    if command.how not in HANDED:
        raise Refused("bad-value", field="how", problem=" | ".join(HANDED))
    delivered = e.ResultDelivered(command.case, command.how, command.to, command.window, command.by, command.at)
    return (delivered,)


def archive(case: Case, command: c.ArchiveCase) -> Happened:
    need(case, m.ARCHIVE)
    return (e.CaseArchived(command.case, command.place, command.at),)


def withdraw(case: Case, command: c.WithdrawCase) -> Happened:
    """Who commits first, the withdrawal or the decision, is the hub's order. Raises ``Refused``: already-decided."""
    if case.decided_at is not None and not case.external:
        raise Refused("already-decided", number=case.number)
    need(case, m.WITHDRAW)
    return (e.CaseWithdrawn(command.case, words(command.reason), command.at),)


def terminate(case: Case, command: c.TerminateCase) -> Happened:
    need(case, m.TERMINATE)
    return (e.CaseTerminated(command.case, words(command.reason), basis(command.basis), command.at),)


def revoke(case: Case, command: c.RevokeCase) -> Happened:
    """Raises ``Refused``: not-granted, reason-needed, basis-needed."""
    need(case, m.REVOKE)
    if case.outcome != m.GRANTED:
        raise Refused("not-granted", number=case.number)
    return (e.CaseRevoked(command.case, words(command.reason), basis(command.basis), command.at),)
