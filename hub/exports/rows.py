"""What the city's platforms hear of one entry: a row of 办件 (cases) or of 好差评 (ratings), or nothing.

Numbers, items, days and states; never a name, a phone, an identity number or anybody's words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.domain.cases import events as e
from hub.domain.cases.records import LEGAL, PROMISED, ClockStart
from hub.domain.cases.state import Case
from hub.domain.cases.tolerance_events import ToleranceExpired
from hub.domain.queue.events import VisitRated
from hub.domain.ratings.events import RatingVoided, RectificationClosed, RectificationOpened
from hub.log.entry import Entry

CASES_FORMAT, RATINGS_FORMAT = "hallhub-cases-1", "hallhub-ratings-1"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """``at``: when it happened, ms since 1970 UTC. ``legal_due`` and ``promised_due``: of limits that begin with it.

    ``outcome``: granted or refused of a decision; ``result``: the certificate's number. Empty: not of this event.
    """

    position: int
    at: int
    event: str
    case: str
    item: str
    item_name: str
    department: str
    channel: str
    legal_due: str
    promised_due: str
    outcome: str
    result: str


@dataclass(frozen=True, slots=True)
class RatingRow:
    """``visit``: the ticket's id. ``score``: 1 to 5, of a rating; ``due``: of a rectification that opens."""

    position: int
    at: int
    event: str
    visit: str
    window: str
    score: int | None
    due: str
    outcome: str


CASE_EVENTS = frozenset(
    {
        "case-received", "external-case-registered", "milestone-imported", "case-accepted", "case-deemed-accepted",
        "acceptance-refused", "correction-told", "case-supplemented", "tolerance-expired", "special-started",
        "special-ended", "limit-extended", "case-decided", "result-delivered", "case-withdrawn", "case-terminated",
        "case-revoked",
    }
)  # fmt: skip
RATING_EVENTS = frozenset({"visit-rated", "rectification-opened", "rating-voided", "rectification-closed"})


def case_row(entry: Entry, event: e.CaseEvent, case_of: Callable[[str], Case]) -> CaseRow:
    """``case_of`` gives a case by its stream's name; only what never changes after its receipt is read from it."""
    case = case_of(entry.stream)
    legal = promised = outcome = result = ""
    match event:
        case e.CaseAccepted() | e.CaseDeemedAccepted():
            legal, promised = _due(event.clocks, LEGAL), _due(event.clocks, PROMISED)
        case e.CaseDecided():
            outcome, result = ("granted" if event.granted else "refused"), event.result
        case e.LimitExtended() | e.SpecialEnded():
            legal = next((due.due for due in event.dues if due.clock == LEGAL), "")
            promised = next((due.due for due in event.dues if due.clock == PROMISED), "")
        case e.MilestoneImported():
            outcome, result = event.kind, event.result
        case ToleranceExpired():
            outcome = event.outcome
        case _:
            pass
    return CaseRow(
        entry.position,
        event.at,
        _name(entry),
        case.number,
        case.item.code,
        case.item.zh,
        case.item.department,
        case.channel,
        legal,
        promised,
        outcome,
        result,
    )


def rating_row(entry: Entry, event: object) -> RatingRow | None:
    """None for what is no event of a rating."""
    name, at = _name(entry), entry.position
    match event:
        case VisitRated():
            return RatingRow(at, event.at, name, event.ticket, event.window, event.score, "", "")
        case RectificationOpened():
            return RatingRow(at, event.at, name, event.ticket, event.window, event.score, event.due, "")
        case RatingVoided():
            return RatingRow(at, event.at, name, event.ticket, "", None, "", "void")
        case RectificationClosed():
            return RatingRow(at, event.at, name, event.ticket, "", None, "", event.outcome)
        case _:
            return None


def _name(entry: Entry) -> str:
    return entry.type.partition("/")[0]


def _due(clocks: Sequence[ClockStart], name: str) -> str:
    return next((clock.due for clock in clocks if clock.clock == name), "")
