"""How a consultation's events change its state. Total: every event of the stream is taken."""

from __future__ import annotations

from typing import assert_never

from hub.domain.consultations import events as e
from hub.domain.consultations.state import ANSWERED, CLOSED, WAITING, Answer, Consultation


def evolve(asked: Consultation, event: e.ConsultationEvent) -> None:
    """Changes ``asked`` in place."""
    match event:
        case e.ConsultationAsked():
            asked.state, asked.channel, asked.item = WAITING, event.channel, event.item
            asked.department, asked.subject = event.department, event.question.subject
            asked.within, asked.questions, asked.asked_at = event.within, 1, event.asked_at
            _due(asked, event)
        case e.QuestionAdded():
            asked.state = WAITING
            asked.questions += 1
            if event.due_at != asked.due_at:
                asked.missed = False
            _due(asked, event)
        case e.AnswerGiven():
            asked.answers.append(Answer(event.text, event.department, event.at))
        case e.AnswerMarked():
            asked.state, asked.record = ANSWERED, event.n
        case e.ConsultationHandedOver():
            asked.department = event.department
        case e.ConsultationClosed():
            asked.state, asked.outcome, asked.closed_at = CLOSED, event.outcome, event.at
        case e.ConsultationOverdue():
            asked.missed = True
        case _:
            assert_never(event)


def _due(asked: Consultation, event: e.ConsultationAsked | e.QuestionAdded) -> None:
    asked.due, asked.due_at = event.due, event.due_at
    asked.calendar, asked.provisional = event.calendar, event.provisional
