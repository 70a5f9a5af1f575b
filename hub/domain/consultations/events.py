"""What was asked and answered: the entries of stream ``consultation/<id>``. Nobody edits; both sides only add.

Times: ms since 1970, UTC. Who did it is the entry's actor. What people ask is sealed as theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class ConsultationAsked:
    """``within``: working days to answer, ``due`` the last one, ``due_at`` the moment it ends; ``calendar`` and
    ``provisional`` as in the clocks of a case."""

    consultation: str
    channel: str
    item: str
    department: str
    person: str
    name: Personal | None
    phone: Personal | None
    question: Personal
    asked_at: int
    within: int
    due: str
    due_at: int
    calendar: int
    provisional: bool
    at: int


@dataclass(frozen=True, slots=True)
class QuestionAdded:
    """The limit as it is now: a new one after an answer, else the one that runs."""

    consultation: str
    text: Personal
    asked_at: int
    due: str
    due_at: int
    calendar: int
    provisional: bool
    at: int


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    consultation: str
    n: int
    text: str
    department: str
    at: int


@dataclass(frozen=True, slots=True)
class AnswerMarked:
    """Answer ``n`` is what the hall says; its text stands here again, since this is what leaves the hall."""

    consultation: str
    n: int
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class ConsultationHandedOver:
    consultation: str
    department: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class ConsultationClosed:
    """``outcome``: answered, unanswered (``why``) or done (who asked needs nothing more)."""

    consultation: str
    outcome: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class ConsultationOverdue:
    """``at`` is the due moment."""

    consultation: str
    due: str
    at: int


ConsultationEvent = (
    ConsultationAsked
    | QuestionAdded
    | AnswerGiven
    | AnswerMarked
    | ConsultationHandedOver
    | ConsultationClosed
    | ConsultationOverdue
)
