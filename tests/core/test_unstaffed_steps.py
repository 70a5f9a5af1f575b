"""A review that reaches a department without reviewers is escalated, once, also when the reaction was away."""

from __future__ import annotations

from contextlib import nullcontext

from hub.core.calendar_source import from_package
from hub.core.case_log import CaseLog
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.reactions import Reactions
from hub.core.unstaffed_steps import UnstaffedSteps
from hub.domain.cases.state import Case
from hub.log.cursors import Cursors
from hub.log.memory import MemoryLog
from tests.core.writers import MONDAY_AT_TEN, hub_on
from tests.web.reviews import CIVIL, GREEN, PLANNING, in_review, publish
from tests.web.running import profile_with_kiosk


async def office() -> Hub:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN), profile_with_kiosk(), from_package(), always=True)
    await publish(hub)
    return hub


def reactions(hub: Hub, *staffed: tuple[str, str]) -> Reactions:
    cases = CaseLog(lambda: nullcontext(hub.log), hub.codec)
    reaction = UnstaffedSteps(hub, cases, lambda department, role: (department, role) in staffed)
    return Reactions(hub, hub.log, Cursors(None), [reaction])


def escalated(hub: Hub, id: str) -> set[str]:
    case = hub.writer.state(f"case/{id}")
    assert isinstance(case, Case)
    return {step.id for step in case.steps.values() if step.escalated}


async def test_only_steps_that_nobody_there_may_take_are_escalated() -> None:
    hub = await office()
    case = await in_review(hub)
    await reactions(hub, (PLANNING, "reviewer"), (CIVIL, "reviewer"), (GREEN, "approver")).catch_up()
    assert escalated(hub, case) == {"green"}


async def test_what_was_opened_while_it_was_away_is_escalated_once() -> None:
    hub = await office()
    case = await in_review(hub, "M01")
    await reactions(hub).catch_up()
    head = hub.head()
    await reactions(hub).catch_up()
    assert escalated(hub, case) == {"fire"}
    assert hub.head() == head
