"""The notices of a case, from its events alone: told once, they never change, whenever they are printed again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.domain.cases import events as e
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.evolve import evolve
from hub.domain.cases.state import Case
from hub.domain.hall.planning import business_day
from hub.domain.hall.profile import HallProfile, Remedies, remedies_of
from hub.views.notices import course, filing
from hub.views.notices import kinds as k
from hub.views.notices.notice import Content, Notice
from hub.views.words import Words

ProfileAt = Callable[[int], HallProfile]
"""The hall as it was at a moment: a notice names the hall and the agency as they were called then."""

_NAMING = (e.CaseOpened, e.ExternalCaseRegistered, e.ApplicantChanged)


def notices(id: str, told: Sequence[e.CaseEvent], profile_at: ProfileAt) -> tuple[Notice, ...]:
    """Every notice of case ``id``, in the order in which they were told. No calendar is asked: events hold the dates.

    An act that ended before the case was received tells nothing: there is no number yet.
    """
    case, named_by, found = Case(), 0, list[Notice]()
    for place, event in enumerate(told):
        evolve(case, event)
        if isinstance(event, _NAMING):
            named_by = place
        said = _said(case, event, told[place + 1 :], found, remedies_of(profile_at(event.at), case.item.department))
        if said is None or not case.number:
            continue
        kind, content = said
        found.append(_notice(_Told(id, case, event, place, named_by), kind, _count(found, kind), content, profile_at))
    return tuple(found)


def notice_of(
    id: str, told: Sequence[e.CaseEvent], kind: str, n: int, profile_at: ProfileAt
) -> Notice | None:  # fmt: skip
    """The ``n``-th notice of its kind, from 1; None when it was never told."""
    return next((each for each in notices(id, told, profile_at) if each.kind == kind and each.n == n), None)


def unsigned(
    id: str, told: Sequence[e.CaseEvent], would: t.ToleranceGranted | t.PromiseTaken, profile_at: ProfileAt
) -> Notice:
    """A pledge or promise as the applicant gets it to sign, before it happened: without number and code."""
    case, named_by = Case(), 0
    for place, event in enumerate(told):
        evolve(case, event)
        named_by = place if isinstance(event, _NAMING) else named_by
    if isinstance(would, t.ToleranceGranted):
        kind, content = k.TOLERANCE, filing.tolerance(case, would)
    else:
        kind, content = k.PROMISE, filing.promise(case, would)
    return _notice(_Told(id, case, would, len(told), named_by), kind, 0, content, profile_at)


@dataclass(frozen=True, slots=True)
class _Told:
    id: str
    case: Case
    event: e.CaseEvent
    place: int
    named_by: int


def _notice(of: _Told, kind: str, n: int, content: Content, profile_at: ProfileAt) -> Notice:
    case, at = of.case, of.event.at
    profile = profile_at(at)
    day = business_day(profile, at)
    agency = next((each.zh for each in profile.departments if each.code == case.item.department), case.item.department)
    return Notice(
        kind=kind,
        n=n,
        number=k.number_of(kind, n, day[:4], case.number) if n else "",
        date=day,
        at=at,
        case=of.id,
        case_number=case.number,
        person=case.person,
        item=case.item.zh,
        item_code=case.item.code,
        agency=agency,
        hall=Words(profile.hall.zh, profile.hall.en),
        state=case.state,
        told_by=of.place,
        named_by=of.named_by,
        seal=k.KINDS[kind].seal,
        content=content,
    )


def _count(found: Sequence[Notice], kind: str) -> int:
    return 1 + sum(each.kind == kind for each in found)


def _said(
    case: Case, event: e.CaseEvent, later: Sequence[e.CaseEvent], found: Sequence[Notice], to: Remedies
) -> tuple[str, Content] | None:
    match event:
        case e.CaseReceived() | e.CaseSupplemented():
            return k.RECEIPT, filing.receipt(case, event)
        case e.CaseResubmitted():
            return k.RECEIPT, filing.resubmitted(case)
        case e.ExternalCaseRegistered():
            return k.RECEIPT, filing.registered(case, event)
        case e.CaseAccepted() | e.CaseDeemedAccepted():
            act = [each for each in later if each.at == event.at]
            return k.ACCEPTANCE, filing.acceptance(case, event, act)
        case e.AcceptanceRefused():
            return k.NOT_ACCEPTED, filing.not_accepted(case, event, to)
        case e.CorrectionTold():
            return k.CORRECTION, filing.correction(case, event)
        case t.ToleranceGranted():
            return k.TOLERANCE, filing.tolerance(case, event)
        case t.PromiseTaken():
            return k.PROMISE, filing.promise(case, event)
        case e.SpecialStarted():
            return k.SPECIAL, course.special(case, event)
        case e.LimitExtended():
            return k.EXTENSION, course.extension(case, event)
        case e.CaseDecided():
            return k.DECISION, course.decision(case, event, to)
        case e.CaseWithdrawn():
            return k.WITHDRAWAL, course.withdrawal(case, event)
        case e.CaseTerminated():
            return k.TERMINATION, course.termination(case, event, to)
        case t.ToleranceExpired():
            return k.TERMINATION, course.overdue(case, event, to)
        case e.CaseRevoked():
            return k.REVOCATION, course.revocation(case, event, to)
        case e.ResultDelivered():
            decided = next((each.number for each in reversed(found) if each.kind == k.DECISION), "")
            return k.DELIVERY, course.delivery(case, event, decided)
        case _:
            return None
