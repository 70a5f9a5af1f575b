"""容缺 and 告知承诺: what may stand for a material that is not there.

A secondary material may be owed, on a signed pledge, until a day no later than the promised one less a review margin;
what is owed keeps the decision waiting. A promise waives a material for good and is checked later; it is never a debt.
"""

from __future__ import annotations

from hub.domain.cases import clock_commands as k
from hub.domain.cases import commands as c
from hub.domain.cases import machine as m
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import legal_limit, start, until
from hub.domain.cases.credit import Credit
from hub.domain.cases.guards import Happened, a_date, named, need, signed, words
from hub.domain.cases.materials import CheckLine
from hub.domain.cases.records import CHECK, TOLERANCE, Pledge, Promise
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import TERMINATE, Item
from hub.domain.refusals import Refused

REVIEW_MARGIN_DAYS = 2
"""Working days that the review keeps between the last owed material and the promised date."""
CHASE_DAYS = (3, 1)
"""Working days before the due day on which, at opening time, the applicant is reminded."""
MOST_CHECK_DAYS = 120


def latest_due(almanac: Almanac, item: Item, day: str) -> str:
    """The last day until which something may be owed when accepted on ``day``."""
    last = almanac.add(day, item.tolerance_days).date
    limit = item.promised_days if item.promised_days is not None else legal_limit(item)
    if limit is None:
        return last
    return min(last, almanac.add(day, max(limit - REVIEW_MARGIN_DAYS, 0)).date)


def pledged(
    case: Case,
    pledge: Pledge,
    missing: dict[str, CheckLine],
    credit: Credit | None,
    almanac: Almanac,
    act: c.AcceptCase,
) -> t.ToleranceGranted:
    """Raises ``Refused``: tolerance-not-allowed, main-material, not-trusted, pledge-unsigned, tolerance-too-late."""
    if not case.item.tolerance:
        raise Refused("tolerance-not-allowed", item=case.item.zh)
    if act.person != case.person or credit is None:
        raise Refused("bad-value", field="person", problem="≠")
    if credit.marks:
        raise Refused("not-trusted", marks=named(credit.marks))
    for code in pledge.materials:
        line = missing.get(code)
        if line is None:
            raise Refused("bad-value", field="pledge", problem=code)
        if line.rule.main:
            raise Refused("main-material", material=line.rule.zh)
    if not pledge.materials:
        raise Refused("bad-value", field="pledge", problem="∅")
    signed(pledge.sha256)
    due, latest = a_date("due", pledge.due), latest_due(almanac, case.item, act.day)
    if not act.day < due <= latest:
        raise Refused("tolerance-too-late", due=due, latest=latest)
    clock = until(almanac, TOLERANCE, act.at, act.day, due)
    return t.ToleranceGranted(act.case, pledge, chase_at(almanac, act.day, due), (clock,), act.at)


def promised(promise: Promise, missing: dict[str, CheckLine], almanac: Almanac, act: c.AcceptCase) -> t.PromiseTaken:
    """Raises ``Refused``: promise-not-allowed, pledge-unsigned, bad-value."""
    for code in promise.materials:
        line = missing.get(code)
        if line is None or not line.may_promise:
            raise Refused("promise-not-allowed", material=code)
    if not promise.materials:
        raise Refused("bad-value", field="promise", problem="∅")
    if not 1 <= promise.check_days <= MOST_CHECK_DAYS:
        raise Refused("bad-value", field="check_days", problem=f"1…{MOST_CHECK_DAYS}")
    signed(promise.sha256)
    clocks = tuple(start(almanac, CHECK + code, act.at, act.day, promise.check_days) for code in promise.materials)
    return t.PromiseTaken(act.case, promise, clocks, act.at)


def chase_at(almanac: Almanac, day: str, due: str) -> tuple[int, ...]:
    """The moments of the reminders, those that would fall on ``day`` or before left out."""
    whole = almanac.between(day, due)
    return tuple(almanac.opens(almanac.add(day, whole - before).date) for before in CHASE_DAYS if whole - before > 0)


def chase(case: Case, command: k.ChaseOwed) -> Happened:
    if not case.owed or not case.chased <= command.n < len(case.chase) or not m.may(case.state, m.CHASE):
        return ()
    if command.at < case.chase[command.n]:
        return ()
    clock = case.clock(TOLERANCE)
    due = "" if clock is None else clock.due
    return (t.OwedChased(command.case, command.n, tuple(case.owed), due, case.chase[command.n]),)


def expire(case: Case, command: k.ExpireTolerance) -> Happened:
    clock = case.clock(TOLERANCE)
    if not case.owed or clock is None or clock.due_at != command.due_at or command.at < command.due_at:
        return ()
    outcome = m.TERMINATED if case.item.tolerance_overdue == TERMINATE else m.RETURNED
    return (t.ToleranceExpired(command.case, tuple(case.owed), outcome, command.due_at),)


def record_check(case: Case, command: c.RecordCheck) -> Happened:
    """Raises ``Refused``: no-such-promise, reason-needed."""
    need(case, m.CHECK_PROMISE)
    if not any(each.material == command.material and each.passed is None for each in case.promises):
        raise Refused("no-such-promise", material=command.material)
    finding = words(command.finding)
    return (t.PromiseChecked(command.case, command.material, command.passed, finding, command.at),)
