"""Consultations 咨询: asked from anywhere, answered once for the record within the hall's limit."""

from __future__ import annotations

from typing import assert_never

from hub.domain.cases.almanac import Almanac, almanac_of
from hub.domain.consultations import commands as c
from hub.domain.consultations import events as e
from hub.domain.consultations.evolve import evolve
from hub.domain.consultations.replies import Consulted
from hub.domain.consultations.state import (
    ANSWERED,
    CHANNELS,
    CLOSED,
    ENTERED,
    UNOPENED,
    WAITING,
    Consultation,
)
from hub.domain.decided import Decided
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.state import HallState
from hub.domain.refusals import Refused

REVIEWER, CLERK, SUPERVISOR = "reviewer", "clerk", "supervisor"

ConsultationDecided = Decided[e.ConsultationEvent, Consulted]


def streams_of(command: c.ConsultationCommand) -> tuple[str, ...]:
    """Days and departments are the hall's to know."""
    stream = "consultation/" + command.consultation
    with_hall = c.AskConsultation | c.AddQuestion | c.HandConsultationOver
    return (stream, "hall") if isinstance(command, with_hall) else (stream,)


def decide(asked: Consultation, hall: HallState | None, command: c.ConsultationCommand) -> ConsultationDecided:
    """``hall`` as ``streams_of`` names it.

    Raises ``Refused``: consultation-exists, unknown-consultation, consultation-closed, not-your-consultation,
    no-such-department, reason-needed, answer-needed, no-such-answer, bad-value.
    """
    events = _happened(asked, hall, command)
    after = Consultation(asked.state, due=asked.due)
    for event in events:
        evolve(after, event)
    return Decided(events, Consulted(command.consultation, after.state, after.due, bool(events)))


def may_answer(asked: Consultation, role: str, department: str) -> bool:
    """A department's reviewers answer its questions, clerks the general ones and what they are asked themselves."""
    match role:
        case "supervisor":
            return True
        case "reviewer":
            return bool(department) and department == asked.department
        case "clerk":
            return not asked.department or asked.channel in ENTERED
        case _:
            return False


def _happened(
    asked: Consultation, hall: HallState | None, command: c.ConsultationCommand
) -> tuple[e.ConsultationEvent, ...]:
    if isinstance(command, c.AskConsultation):
        assert hall is not None
        return (_ask(asked, hall, command),)
    if asked.state == UNOPENED:
        raise Refused("unknown-consultation")
    if isinstance(command, c.MarkConsultationOverdue):
        if asked.state != WAITING or asked.missed or asked.due_at != command.due_at or command.at < command.due_at:
            return ()
        return (e.ConsultationOverdue(command.consultation, asked.due, asked.due_at),)
    if asked.state == CLOSED:
        raise Refused("consultation-closed")
    match command:
        case c.AddQuestion():
            assert hall is not None
            return (_add(asked, hall, command),)
        case c.GiveAnswer():
            _allowed(asked, command)
            n, text = len(asked.answers) + 1, _words(command.text)
            given = e.AnswerGiven(command.consultation, n, text, command.department, command.at)
            return (given, e.AnswerMarked(command.consultation, n, text, command.at)) if command.of_record else (given,)
        case c.MarkAnswer():
            return _mark(asked, command)
        case c.HandConsultationOver():
            assert hall is not None
            return _hand_over(asked, hall, command)
        case c.CloseConsultation():
            return (_close(asked, command),)
        case _:
            assert_never(command)


def _ask(asked: Consultation, hall: HallState, command: c.AskConsultation) -> e.ConsultationAsked:
    if asked.state != UNOPENED:
        raise Refused("consultation-exists")
    if command.channel not in CHANNELS:
        raise Refused("bad-value", field="channel", problem=" | ".join(CHANNELS))
    profile = _profile(hall, command.day)
    if command.department and all(each.code != command.department for each in profile.departments):
        raise Refused("no-such-department", department=command.department)
    within = profile.consultations.reply_within_days
    almanac = almanac_of(hall, command.day)
    asked_at = min(command.asked_at, command.at)
    due, due_at, provisional = _due(almanac, asked_at, within)
    return e.ConsultationAsked(
        consultation=command.consultation,
        channel=command.channel,
        item=command.item,
        department=command.department,
        person=command.person,
        name=command.name,
        phone=command.phone,
        question=command.question,
        asked_at=asked_at,
        within=within,
        due=due,
        due_at=due_at,
        calendar=almanac.version,
        provisional=provisional,
        at=command.at,
    )


def _add(asked: Consultation, hall: HallState, command: c.AddQuestion) -> e.QuestionAdded:
    limit = (asked.due, asked.due_at, asked.provisional)
    calendar, asked_at = asked.calendar, min(command.asked_at, command.at)
    if asked.state == ANSWERED:
        almanac = almanac_of(hall, command.day)
        limit, calendar = _due(almanac, asked_at, asked.within), almanac.version
    due, due_at, provisional = limit
    return e.QuestionAdded(command.consultation, command.text, asked_at, due, due_at, calendar, provisional, command.at)


def _mark(asked: Consultation, command: c.MarkAnswer) -> tuple[e.ConsultationEvent, ...]:
    _allowed(asked, command)
    if not 1 <= command.n <= len(asked.answers):
        raise Refused("no-such-answer", n=command.n)
    if command.n == asked.record and asked.state == ANSWERED:
        return ()
    return (e.AnswerMarked(command.consultation, command.n, asked.answers[command.n - 1].text, command.at),)


def _hand_over(
    asked: Consultation, hall: HallState, command: c.HandConsultationOver
) -> tuple[e.ConsultationEvent, ...]:
    _allowed(asked, command)
    if command.to and all(each.code != command.to for each in _profile(hall, command.day).departments):
        raise Refused("no-such-department", department=command.to)
    if command.to == asked.department:
        return ()
    return (e.ConsultationHandedOver(command.consultation, command.to, _words(command.why), command.at),)


def _close(asked: Consultation, command: c.CloseConsultation) -> e.ConsultationClosed:
    if not command.role:
        return e.ConsultationClosed(command.consultation, "done", command.why, command.at)
    _allowed(asked, command)
    if asked.state == ANSWERED:
        return e.ConsultationClosed(command.consultation, "answered", command.why, command.at)
    if not command.why.strip():
        raise Refused("answer-needed")
    return e.ConsultationClosed(command.consultation, "unanswered", command.why, command.at)


def _allowed(
    asked: Consultation, command: c.GiveAnswer | c.MarkAnswer | c.HandConsultationOver | c.CloseConsultation
) -> None:
    if not may_answer(asked, command.role, command.department):
        raise Refused("not-your-consultation", department=asked.department)


def _due(almanac: Almanac, asked_at: int, within: int) -> tuple[str, int, bool]:
    """The day of asking is day 0."""
    last = almanac.add(almanac.day_of(asked_at), within)
    return last.date, almanac.ends(last.date), last.provisional


def _profile(hall: HallState, day: str) -> HallProfile:
    ruling = hall.ruling(day)
    assert ruling is not None, "nothing is asked before the first profile"
    return ruling.profile


def _words(text: str) -> str:
    if not text.strip():
        raise Refused("reason-needed")
    return text
