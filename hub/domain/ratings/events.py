"""What happened to a low rating: the entries of stream ``rectification/<ticket>``. Times: ms since 1970, UTC.

Who did it is the entry's actor.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RectificationOpened:
    """``due``: the last working day to close it; ``due_at``: the moment that day ends. ``day``: of the visit.

    ``calendar``: the version it was counted with; ``provisional`` 暂定: over a year that is not published yet.
    ``within``: the working days given. ``tries``: calls back that have to fail before it may be closed unanswered.
    """

    ticket: str
    number: str
    day: str
    window: str
    clerk: str | None
    score: int
    has_phone: bool
    rated_at: int
    within: int
    due: str
    due_at: int
    calendar: int
    provisional: bool
    tries: int
    at: int


@dataclass(frozen=True, slots=True)
class DueRecounted:
    """With a calendar published since; the fields as in the opening."""

    ticket: str
    due: str
    due_at: int
    calendar: int
    provisional: bool
    at: int


@dataclass(frozen=True, slots=True)
class RatingVerified:
    ticket: str
    founded: bool
    finding: str
    at: int


@dataclass(frozen=True, slots=True)
class FixRecorded:
    ticket: str
    what: str
    at: int


@dataclass(frozen=True, slots=True)
class ExplanationRecorded:
    ticket: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class RatingVoided:
    ticket: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class CitizenCalledBack:
    ticket: str
    reached: bool
    satisfied: bool | None
    said: str
    at: int


@dataclass(frozen=True, slots=True)
class RectificationClosed:
    """``outcome``: fixed, explained or void."""

    ticket: str
    outcome: str
    at: int


RatingsEvent = (
    RectificationOpened
    | DueRecounted
    | RatingVerified
    | FixRecorded
    | ExplanationRecorded
    | RatingVoided
    | CitizenCalledBack
    | RectificationClosed
)
