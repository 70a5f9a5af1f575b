"""How a rectification's events change its state. Total: every event of the stream is taken."""

from __future__ import annotations

from typing import assert_never

from hub.domain.ratings import steps
from hub.domain.ratings.events import (
    CitizenCalledBack,
    DueRecounted,
    ExplanationRecorded,
    FixRecorded,
    RatingsEvent,
    RatingVerified,
    RatingVoided,
    RectificationClosed,
    RectificationOpened,
)
from hub.domain.ratings.state import Rectification


def evolve(case: Rectification, event: RatingsEvent) -> None:
    """Changes ``case`` in place."""
    match event:
        case RectificationOpened():
            case.number, case.clerk = event.number, event.clerk
            case.day, case.rated_at, case.within = event.day, event.rated_at, event.within
            _due(case, event)
            case.tries = case.tries_left = event.tries
            act = steps.OPEN
        case DueRecounted():
            _due(case, event)
            return
        case RatingVerified():
            act = steps.FOUND if event.founded else steps.NOT_FOUND
        case FixRecorded():
            case.outcome, case.tries_left = steps.FIXED, case.tries
            act = steps.FIX
        case ExplanationRecorded():
            case.outcome, case.tries_left = steps.EXPLAINED, case.tries
            act = steps.EXPLAIN
        case RatingVoided():
            case.outcome = steps.VOIDED
            act = steps.VOID
        case CitizenCalledBack():
            act = steps.called_back(event.reached, event.satisfied, case.tries_left)
            case.satisfied = event.satisfied
            case.tries_left -= not event.reached
        case RectificationClosed():
            case.closed_at = event.at
            act = steps.CLOSE
        case _:
            assert_never(event)
    case.state = steps.after(case.state, act)


def _due(case: Rectification, event: RectificationOpened | DueRecounted) -> None:
    case.due, case.due_at = event.due, event.due_at
    case.calendar, case.provisional = event.calendar, event.provisional
