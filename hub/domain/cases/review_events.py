"""What happened to a case's review steps; entries of stream ``case/<id>``, as in ``events``."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.records import ClockStart, Defect


@dataclass(frozen=True, slots=True)
class StepsOpened:
    """The review reached these steps; ``clocks`` are their time budgets. The first event starts the review.

    ``superseded``: open steps that nothing waits for any more, since one of several was enough.
    """

    case: str
    steps: tuple[str, ...]
    superseded: tuple[str, ...]
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class StepClaimed:
    case: str
    step: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class StepReleased:
    case: str
    step: str
    at: int


@dataclass(frozen=True, slots=True)
class StepAssigned:
    case: str
    step: str
    to: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class OpinionGiven:
    """``text`` is for nobody outside the department before the decision. ``to``: the earlier step it goes back to."""

    case: str
    step: str
    department: str
    by: str
    verdict: str
    text: str
    defects: tuple[Defect, ...]
    to: str
    at: int


@dataclass(frozen=True, slots=True)
class StepEscalated:
    case: str
    step: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class StepTimedOut:
    """``action``: escalate, pass or wait, as the route says."""

    case: str
    step: str
    action: str
    at: int


ReviewEvent = StepsOpened | StepClaimed | StepReleased | StepAssigned | OpinionGiven | StepEscalated | StepTimedOut
