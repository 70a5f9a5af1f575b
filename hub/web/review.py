"""What the routes and pages of the review work with: in which role somebody takes a step, and who could."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from hub.core.hub import Hub
from hub.domain.cases.almanac import Almanac, almanac_of
from hub.domain.cases.leave import ReviewDesk
from hub.domain.cases.review import HEAD, SUPERVISOR
from hub.domain.cases.route import step_of
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import RouteStep
from hub.domain.refusals import Refused
from hub.views.cases.inbox import At
from hub.views.cases.review_pane import APPROVER, Reviewer, deciders
from hub.web.access.dependencies import Caller
from hub.web.access.store import AccessStore, Account
from hub.web.cases import standing


def reviewer(caller: Caller) -> Reviewer:
    """An administrator stands where a supervisor does."""
    who = standing(caller)
    return Reviewer(who.name, who.role, who.department, caller.head)


def step_rule(case: Case, step: str) -> RouteStep:
    """Raises ``Refused("unknown-step")``."""
    rule = step_of(case.item.route, step)
    if rule is None:
        raise Refused("unknown-step", number=case.number, step=step[:64])
    return rule


def acting(caller: Caller, rule: RouteStep) -> tuple[str, str]:
    """Department and role with which the caller takes a step. Reviewers do every step of their department but an
    approver's, which is for its head.

    Raises ``Refused("other-department" | "head-needed")``.
    """
    who = reviewer(caller)
    if who.role == SUPERVISOR:
        return rule.department, SUPERVISOR
    if who.department != rule.department:
        raise Refused("other-department", step=rule.id, department=rule.department)
    if rule.role == APPROVER and not who.head:
        raise Refused("head-needed", department=rule.department)
    return who.department, rule.role


def leading(caller: Caller) -> str:
    """The role with which the caller hands steps on: supervisor, head, or reviewer, whom the rule refuses."""
    who = reviewer(caller)
    return HEAD if who.head and who.role != SUPERVISOR else who.role


def check_decider(caller: Caller, case: Case) -> None:
    """Raises ``Refused("head-needed")``."""
    who = reviewer(caller)
    if who.role != SUPERVISOR and not who.head and deciders(case, who.department):
        raise Refused("head-needed", department=who.department)


def check_colleague(access: AccessStore, name: str, department: str) -> None:
    """Raises ``Refused("not-reviewer")``."""
    if all(each.name != name for each in access.reviewers(department)):
        raise Refused("not-reviewer", name=name[:64], department=department)


def able(accounts: Iterable[Account], department: str, role: str) -> bool:
    """Whether one of these reviewers may take a step of that department and role."""
    return any(each.department == department and (each.head or role != APPROVER) for each in accounts)


def desk_of(hub: Hub, department: str) -> ReviewDesk:
    """Who is on leave there, read-only."""
    return cast("ReviewDesk", hub.writer.state("review/" + department)) if department else ReviewDesk()


def moment_of(hub: Hub) -> tuple[Almanac, At]:
    """The calendar in force and the present."""
    today = hub.today
    almanac = almanac_of(hub.hall(), today)
    return almanac, At(hub.now(), today, almanac.ends(today))
