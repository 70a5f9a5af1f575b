"""Who may read opinions: before the decision nobody but the department that gave them, and who supervises."""

from __future__ import annotations

from hub.domain.cases.machine import REVIEW, SPECIAL
from hub.domain.cases.records import Defect
from hub.domain.cases.route import finished
from hub.domain.cases.state import Case, Opinion

SEES_ALL = ("supervisor", "administrator")
SEES_LATER = ("clerk", "reviewer")


def visible_to(case: Case, role: str, department: str) -> tuple[Opinion, ...]:
    """The opinions that an account of that role and department may read now; edges show and send no others.

    Reviewers read their own department's, supervisors and administrators all; clerks and other departments read them
    once the case is decided. Any other role reads none.
    """
    if role in SEES_ALL or (role in SEES_LATER and case.decided_at is not None):
        return tuple(case.opinions)
    if role == "reviewer" and department:
        return tuple(each for each in case.opinions if each.department == department)
    return ()


def verdicts(case: Case, role: str, department: str) -> dict[str, str]:
    """The bare verdicts by step, for whom the rules let decide: the item's department once the route's end is reached.

    For all others the verdicts of the opinions they may read.
    """
    done = {id: step.verdict for id, step in case.steps.items() if step.state == "done"}
    deciding = role == "reviewer" and department == case.item.department and finished(case.item.route, done)
    if role in SEES_ALL or deciding:
        return done
    mine = {each.step for each in visible_to(case, role, department)}
    return {id: verdict for id, verdict in done.items() if id in mine}


def leads(case: Case) -> frozenset[str]:
    """The departments that merge and tell the corrections of the case's steps."""
    return frozenset(step.department for step in case.item.route if step.lead) or frozenset({case.item.department})


def defects(case: Case, role: str, department: str) -> tuple[Defect, ...]:
    """What steps sent the case back for and nobody told the applicant yet, as far as the account may read it now.

    A department reads its own; the lead all of them, once every open step has spoken; who supervises all.
    """
    steps = [step for step in case.steps.values() if step.state == "returned"]
    spoken = not any(step.state == "open" for step in case.steps.values())
    if role not in SEES_ALL and not (role == "reviewer" and department in leads(case) and spoken):
        steps = [step for step in steps if role == "reviewer" and step.department == department]
    return tuple(defect for step in steps for defect in step.defects)


def shown_state(case: Case, step: str, readable: tuple[Opinion, ...]) -> str:
    """The step's state; that it sent the case back is part of its opinion until the notice is told, so it reads done
    for whom the opinion is closed."""
    state = case.steps[step].state
    closed = state == "returned" and case.state in (REVIEW, SPECIAL) and step not in {each.step for each in readable}
    return "done" if closed else state
