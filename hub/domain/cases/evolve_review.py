"""How the review's events change a case's steps. Total."""

from __future__ import annotations

from typing import assert_never

from hub.domain.cases.records import AGREE, OBJECT, PASSED, SEND_BACK, STEP
from hub.domain.cases.review_events import (
    OpinionGiven,
    ReviewEvent,
    StepAssigned,
    StepClaimed,
    StepEscalated,
    StepReleased,
    StepsOpened,
    StepTimedOut,
)
from hub.domain.cases.route import followers, step_of
from hub.domain.cases.state import Case, Opinion, Step
from hub.domain.catalogue.item import ESCALATE, PASS


def evolve_review(case: Case, event: ReviewEvent) -> None:
    """Changes ``case`` in place."""
    match event:
        case StepsOpened():
            for id in event.steps:
                step = step_of(case.item.route, id)
                case.steps[id] = Step(id, "" if step is None else step.department, event.at)
            for id in event.superseded:
                case.steps[id].state = "superseded"
                _end(case, id, event.at)
        case StepClaimed():
            case.steps[event.step].by = event.by
        case StepReleased():
            case.steps[event.step].by = ""
        case StepAssigned():
            case.steps[event.step].by = event.to
        case OpinionGiven():
            _opinion(case, event)
        case StepEscalated():
            case.steps[event.step].escalated = True
        case StepTimedOut():
            step = case.steps[event.step]
            step.timed_out = True
            clock = case.clock(STEP + event.step)
            if clock is not None:
                clock.missed = True
            step.escalated = step.escalated or event.action == ESCALATE
            if event.action == PASS:
                step.state, step.verdict = "done", PASSED
                _end(case, event.step, event.at)
        case _:
            assert_never(event)


def _opinion(case: Case, event: OpinionGiven) -> None:
    step = case.steps[event.step]
    step.by, step.verdict = event.by, event.verdict
    case.opinions.append(Opinion(event.step, event.department, event.by, event.verdict, event.text, event.at))
    _end(case, event.step, event.at)
    if event.verdict in (AGREE, OBJECT):
        step.state = "done"
    elif event.verdict == SEND_BACK and not event.to:
        step.state, step.defects = "returned", event.defects
    else:
        for id in (event.to, *followers(case.item.route, event.to)):
            _end(case, id, event.at)
            case.steps.pop(id, None)


def _end(case: Case, step: str, at: int) -> None:
    clock = case.clock(STEP + step)
    if clock is not None:
        clock.ended_at = at
