"""The ratings loop 差评整改: a low rating is verified, answered, called back and closed, in the order of the table."""

from __future__ import annotations

from typing import assert_never

from hub.domain.decided import Decided
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.state import HallState
from hub.domain.ratings import steps
from hub.domain.ratings.commands import (
    CallBack,
    CloseRectification,
    OpenRectification,
    RatingsCommand,
    RecordExplanation,
    RecordFix,
    RecountDue,
    Step,
    VerifyRating,
    VoidRating,
)
from hub.domain.ratings.due import due_for
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
from hub.domain.ratings.replies import RatingsReply, Rectified
from hub.domain.ratings.state import Rectification
from hub.domain.refusals import Refused

LOW = 2
"""不满意 and 非常不满意: a score up to this one opens a rectification."""

RatingsDecided = Decided[RatingsEvent, RatingsReply]


def is_low(score: int) -> bool:
    return score <= LOW


def decide(case: Rectification, hall: HallState | None, command: RatingsCommand) -> RatingsDecided:
    """``hall`` is needed where days are counted: to open one, and to count again.

    Raises ``Refused``: unknown-rectification, own-rating, wrong-step, reason-needed, bad-value.
    """
    if isinstance(command, OpenRectification):
        assert hall is not None
        return _open(case, hall, command)
    if isinstance(command, RecountDue):
        assert hall is not None
        return _recount(case, hall, command)
    if case.state == steps.UNOPENED:
        raise Refused("unknown-rectification")
    if command.by == case.clerk:
        raise Refused("own-rating", number=case.number)
    act = _act(case, command)
    if not steps.may(case.state, act):
        raise Refused("wrong-step", number=case.number, state=case.state)
    return Decided((_event(case, command),), _reply(command.ticket, case, steps.after(case.state, act)))


def _open(case: Rectification, hall: HallState, command: OpenRectification) -> RatingsDecided:
    if not is_low(command.score):
        raise Refused("bad-value", field="score", problem=f"≤ {LOW}")
    if case.state != steps.UNOPENED:
        return Decided((), Rectified(command.ticket, case.state, case.due, False))
    profile = _profile(hall, command.day)
    within = profile.ratings.rectify_within_days
    due = due_for(profile, hall.calendar, command.rated_at, within)
    opened = RectificationOpened(
        ticket=command.ticket,
        number=command.number,
        day=command.day,
        window=command.window,
        clerk=command.clerk,
        score=command.score,
        has_phone=command.has_phone,
        rated_at=command.rated_at,
        within=within,
        due=due.date,
        due_at=due.at,
        calendar=due.calendar,
        provisional=due.provisional,
        tries=profile.ratings.call_back_tries if command.has_phone else 1,
        at=command.at,
    )
    return Decided((opened,), Rectified(command.ticket, steps.TO_VERIFY, due.date, True))


def _recount(case: Rectification, hall: HallState, command: RecountDue) -> RatingsDecided:
    unchanged = Decided((), Rectified(command.ticket, case.state, case.due, False))
    if not case.provisional or case.state in (steps.UNOPENED, steps.CLOSED) or hall.calendar.version == case.calendar:
        return unchanged
    due = due_for(_profile(hall, case.day), hall.calendar, case.rated_at, case.within)
    event = DueRecounted(command.ticket, due.date, due.at, due.calendar, due.provisional, command.at)
    return Decided((event,), Rectified(command.ticket, case.state, due.date, True))


def _profile(hall: HallState, day: str) -> HallProfile:
    ruling = hall.ruling(day)
    assert ruling is not None, "nobody rates a visit before the first profile"
    return ruling.profile


def _act(case: Rectification, command: Step) -> str:
    match command:
        case VerifyRating():
            return steps.FOUND if command.founded else steps.NOT_FOUND
        case RecordFix():
            return steps.FIX
        case RecordExplanation():
            return steps.EXPLAIN
        case VoidRating():
            return steps.VOID
        case CallBack():
            return steps.called_back(command.reached, command.satisfied, case.tries_left)
        case CloseRectification():
            return steps.CLOSE
        case _:
            assert_never(command)


def _event(case: Rectification, command: Step) -> RatingsEvent:
    match command:
        case VerifyRating():
            return RatingVerified(command.ticket, command.founded, _words(command.finding), command.at)
        case RecordFix():
            return FixRecorded(command.ticket, _words(command.what), command.at)
        case RecordExplanation():
            return ExplanationRecorded(command.ticket, _words(command.why), command.at)
        case VoidRating():
            return RatingVoided(command.ticket, _words(command.why), command.at)
        case CallBack():
            if command.reached == (command.satisfied is None):
                raise Refused("bad-value", field="satisfied", problem="reached = true ⇔ satisfied = true | false")
            return CitizenCalledBack(
                command.ticket, command.reached, command.satisfied, _words(command.said), command.at
            )
        case CloseRectification():
            return RectificationClosed(command.ticket, case.outcome, command.at)
        case _:
            assert_never(command)


def _words(text: str) -> str:
    if not text.strip():
        raise Refused("reason-needed")
    return text


def _reply(ticket: str, case: Rectification, state: str) -> Rectified:
    return Rectified(ticket, state, case.due, True)
