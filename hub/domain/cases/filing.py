"""Opening a case, changing its applicant, receiving it; and cases whose system of record is elsewhere."""

from __future__ import annotations

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases.clocks import start
from hub.domain.cases.guards import Happened, need
from hub.domain.cases.materials import check_supplies
from hub.domain.cases.numbers import take
from hub.domain.cases.records import CASE_CHANNELS, INTAKE, ONLINE, ORGANISATION, PERSON
from hub.domain.cases.state import Case
from hub.domain.cases.streams import Streams
from hub.domain.refusals import Refused

FILED_BEFORE_MS = 366 * 86_400_000
"""A filing may be told so much later than it came in; more is a slip of the year, and would be deemed accepted."""


def open_case(streams: Streams, command: c.OpenCase) -> Happened:
    """Raises ``Refused``: case-exists, external-case, not-online, bad-value; what receiving and materials refuse."""
    if streams.case.state != m.UNOPENED:
        raise Refused("case-exists", number=streams.case.number)
    if command.item.external:
        raise Refused("external-case", number=command.item.zh, system=command.item.external)
    if command.channel not in CASE_CHANNELS:
        raise Refused("bad-value", field="channel", problem=" | ".join(CASE_CHANNELS))
    if command.channel == ONLINE and ONLINE not in command.item.channels:
        raise Refused("not-online", item=command.item.zh)
    _check_applicant(command)
    check_supplies(command.item, command.materials)
    opened = e.CaseOpened(
        case=command.case,
        item=command.item,
        catalogue=command.catalogue,
        category=command.category,
        channel=command.channel,
        applicant=command.applicant,
        person=command.person,
        name=command.name,
        identity=command.identity,
        phone=command.phone,
        contact_name=command.contact_name,
        contact_identity=command.contact_identity,
        contact_phone=command.contact_phone,
        ticket=command.ticket,
        ticket_number=command.ticket_number,
        ticket_day=command.ticket_day,
        window=command.window,
        clerk=command.clerk,
        by=command.by,
        at=command.at,
        form=command.form,
    )
    materials = (e.MaterialsSupplied(command.case, command.materials, command.at),) if command.materials else ()
    if not command.receive:
        return (opened, *materials)
    return (opened, *materials, *_received(streams, command, command.item.intake_days, command.category))


def receive(streams: Streams, command: c.ReceiveCase) -> Happened:
    """Raises ``Refused``: wrong-act, bad-value, no-number-block, block-used-up."""
    case = streams.case
    need(case, m.RECEIVE)
    return _received(streams, command, case.item.intake_days, case.category)


def received_at(case_at: int, at: int, received: int | None) -> int:
    """When the filing came in: ``at``, or earlier; never before ``case_at``. Raises ``Refused`` with bad-value."""
    if received is None:
        return at
    if received > at:
        raise Refused("bad-value", field="received_at", problem="晚于现在 / later than now")
    if received < case_at:
        raise Refused("bad-value", field="received_at", problem="过早 / too early")
    return received


def change_applicant(case: Case, command: c.ChangeApplicant) -> Happened:
    need(case, m.CHANGE)
    _check_applicant(command)
    changed = e.ApplicantChanged(
        command.case,
        command.applicant,
        command.person,
        command.name,
        command.identity,
        command.phone,
        command.contact_name,
        command.contact_identity,
        command.contact_phone,
        command.at,
    )
    return (changed,)


def register(streams: Streams, command: c.RegisterExternalCase) -> Happened:
    """Raises ``Refused``: case-exists, not-external, bad-value, no-number-block, block-used-up."""
    if streams.case.state != m.UNOPENED:
        raise Refused("case-exists", number=streams.case.number)
    if not command.item.external:
        raise Refused("not-external", item=command.item.zh)
    if not command.external.strip():
        raise Refused("bad-value", field="external", problem="∅")
    assert streams.numbers is not None
    taken = take(streams.numbers, command.case, command.category, command.at)
    registered = e.ExternalCaseRegistered(
        case=command.case,
        number=taken.number,
        item=command.item,
        catalogue=command.catalogue,
        category=command.category,
        system=command.item.external,
        external=command.external,
        person=command.person,
        name=command.name,
        identity=command.identity,
        phone=command.phone,
        ticket=command.ticket,
        ticket_number=command.ticket_number,
        ticket_day=command.ticket_day,
        window=command.window,
        clerk=command.clerk,
        day=command.day,
        at=command.at,
    )
    return (registered, taken)


def import_milestone(case: Case, command: c.ImportMilestone) -> Happened:
    """The same news again is no event. Raises ``Refused``: not-external, bad-value, milestone-out-of-order."""
    if case.state == m.UNOPENED:
        raise Refused("unknown-case")
    if not case.external:
        raise Refused("not-external", item=case.item.zh)
    if command.id in case.milestones:
        return ()
    if command.kind != m.NOTE and command.kind not in m.MILESTONES:
        raise Refused("bad-value", field="kind", problem=" | ".join((*m.MILESTONES, m.NOTE)))
    if command.happened_at > command.at:
        raise Refused("bad-value", field="happened_at", problem="≤ at")
    if command.kind not in (m.NOTE, case.state) and command.kind not in m.IMPORTED.get(case.state, ()):
        raise Refused("milestone-out-of-order", number=case.number, state=case.state, kind=command.kind)
    told = e.MilestoneImported(
        command.case,
        command.id,
        command.kind,
        command.happened_at,
        command.said,
        command.granted,
        command.result,
        command.at,
    )
    return (told,)


def _received(streams: Streams, command: c.OpenCase | c.ReceiveCase, days: int, category: str) -> Happened:
    assert streams.numbers is not None
    since = received_at(command.at - FILED_BEFORE_MS, command.at, command.received_at)
    almanac = streams.almanac(command.day)
    day = command.day if command.received_at is None else almanac.day_of(since)
    taken = take(streams.numbers, command.case, category, command.at)
    clock = start(almanac, INTAKE, since, day, days)
    return (e.CaseReceived(command.case, taken.number, since, day, (clock,), command.at), taken)


def _check_applicant(command: c.OpenCase | c.ChangeApplicant) -> None:
    if command.applicant not in (PERSON, ORGANISATION):
        raise Refused("bad-value", field="applicant", problem=f"{PERSON} | {ORGANISATION}")
    if command.identity.subject != command.person:
        raise Refused("bad-value", field="person", problem="≠ identity")
