"""What may be asked of stream ``rectification/<ticket>``. Times are milliseconds since 1970 in UTC.

``by`` is who acts: the name of an account, or ``token/<id>``; nobody acts on a rating of their own service.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenRectification:
    """``day``: the business day of the visit. ``has_phone``: the visitor left one, and can be called back."""

    ticket: str
    number: str
    day: str
    window: str
    clerk: str | None
    score: int
    has_phone: bool
    rated_at: int
    at: int


@dataclass(frozen=True, slots=True)
class RecountDue:
    """A calendar was published: a provisional due date is counted again, with the days it was given."""

    ticket: str
    at: int


@dataclass(frozen=True, slots=True)
class VerifyRating:
    """核实: whether what the rating complains of is so (``founded``), and what was found, in words."""

    ticket: str
    by: str
    founded: bool
    finding: str
    at: int


@dataclass(frozen=True, slots=True)
class RecordFix:
    """整改: what was put right."""

    ticket: str
    by: str
    what: str
    at: int


@dataclass(frozen=True, slots=True)
class RecordExplanation:
    """说明: why it was so, or why it is not so."""

    ticket: str
    by: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class VoidRating:
    """作废: given in error or in bad faith. It stays in the log and leaves the figures."""

    ticket: str
    by: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class CallBack:
    """回访. ``satisfied``: the citizen's answer, None unless ``reached``. ``said``: their words, or what was tried."""

    ticket: str
    by: str
    reached: bool
    satisfied: bool | None
    said: str
    at: int


@dataclass(frozen=True, slots=True)
class CloseRectification:
    ticket: str
    by: str
    at: int


Step = VerifyRating | RecordFix | RecordExplanation | VoidRating | CallBack | CloseRectification
RatingsCommand = OpenRectification | RecountDue | Step
