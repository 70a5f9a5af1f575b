"""What may be asked of stream ``consultation/<id>``; the id is 32 hex. Times are milliseconds since 1970 in UTC.

``by`` is who acts: an account's name, ``token/<id>``, or ``online`` for the online hall. ``role`` and ``department``
are those of the account, as the edge says them. ``day`` is the business day now.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class AskConsultation:
    """``item`` and ``department`` empty: a general question. ``person``: keyed hash of who asks, empty without one.

    ``asked_at``: when the question was put (the cloud's receipt), from which the limit runs.
    """

    consultation: str
    day: str
    at: int
    by: str
    channel: str
    item: str
    department: str
    person: str
    name: Personal | None
    phone: Personal | None
    question: Personal
    asked_at: int


@dataclass(frozen=True, slots=True)
class AddQuestion:
    """What is asked further; a new limit runs once the earlier question was answered."""

    consultation: str
    day: str
    at: int
    by: str
    text: Personal
    asked_at: int


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """``of_record``: it is what the hall answers; else a part that colleagues go on with, and stays in the hall."""

    consultation: str
    at: int
    by: str
    role: str
    department: str
    text: str
    of_record: bool


@dataclass(frozen=True, slots=True)
class MarkAnswer:
    """The ``n``-th answer, from 1, is the one of record."""

    consultation: str
    at: int
    by: str
    role: str
    department: str
    n: int


@dataclass(frozen=True, slots=True)
class HandConsultationOver:
    """To department ``to``. The limit runs on: the asker does not wait longer for it."""

    consultation: str
    day: str
    at: int
    by: str
    role: str
    department: str
    to: str
    why: str


@dataclass(frozen=True, slots=True)
class CloseConsultation:
    """``role`` empty: who asked needs nothing more. Unanswered, staff say why."""

    consultation: str
    at: int
    by: str
    role: str
    department: str
    why: str


@dataclass(frozen=True, slots=True)
class MarkConsultationOverdue:
    """By the clock; ``due_at`` is the moment that is meant."""

    consultation: str
    at: int
    due_at: int


ConsultationCommand = (
    AskConsultation
    | AddQuestion
    | GiveAnswer
    | MarkAnswer
    | HandConsultationOver
    | CloseConsultation
    | MarkConsultationOverdue
)
