"""The reaction to a review that reaches a department in which nobody could act: its steps are escalated 上报."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from hub.core.case_log import CaseLog
from hub.core.hub import HUB, Hub
from hub.core.submission import Command
from hub.domain.cases.machine import REVIEW, SPECIAL
from hub.domain.cases.review_commands import EscalateStep
from hub.domain.cases.route import step_of
from hub.log.entry import Entry

Staffed = Callable[[str, str], bool]
"""Whether somebody of that department may take a step of that role."""

WHY = "该部门没有能办理此环节的审查人员 nobody there may take this step"


class UnstaffedSteps:
    """A ``Reaction``. It reads the case beside the writer, so that a cursor that began anew loads none there."""

    name = "unstaffed-steps"
    version = 1
    types = frozenset({"steps-opened", "case-resubmitted"})

    def __init__(self, hub: Hub, cases: CaseLog, staffed: Staffed) -> None:
        self._hub = hub
        self._cases = cases
        self._staffed = staffed

    async def react(self, entry: Entry) -> Mapping[str, Command]:
        id = entry.stream.removeprefix("case/")
        case = await asyncio.to_thread(self._cases.state, id)
        if case is None or case.state not in (REVIEW, SPECIAL):
            return {}
        made: dict[str, Command] = {}
        for step in case.steps.values():
            rule = step_of(case.item.route, step.id)
            if rule is None or step.state != "open" or step.escalated or self._staffed(rule.department, rule.role):
                continue
            made[step.id] = EscalateStep(id, self._hub.now(), HUB, step.id, WHY)
        return made
