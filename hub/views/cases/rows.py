"""What lists of cases are made of: a row a case, a task a thing that a department has to do, pages of them.

Times: ms since 1970, UTC; days: dates. None holds a personal value; ``person`` is the keyed hash of an identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.lights import Light, worst
from hub.domain.cases.state import Case, Clock

PAGE = 50
MOST = 1000
"""Counts go no further: ``MOST`` + 1 reads "1000+"."""

Kind = Literal["step", "decide", "correct", "special"]
"""``step``: an opinion is due; ``decide``: the route's end is reached; ``correct``: steps sent the case back and one
notice merges them; ``special``: a special procedure is under way and has to be ended."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """``by``: who claimed it, empty when nobody did. ``due_at`` None while its clock is stopped."""

    id: str
    department: str
    by: str
    escalated: bool
    due_at: int | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as lists show it. ``seq`` orders by opening and never changes.

    ``number`` is empty for a draft. ``kind`` and names are of the pinned item. ``clock``: the running clock that is due
    next (empty: none), with its ``due`` day and moment; ``legal_due`` and ``promised_due`` are empty without such a
    clock and while it is stopped. ``owed``: how many materials are. ``trips``: days on which the applicant was here.
    ``clocks``: all that have not ended.
    """

    seq: int
    id: str
    number: str
    item: str
    item_zh: str
    item_en: str
    department: str
    category: str
    kind: str
    state: str
    applicant: str
    person: str
    channel: str
    external: str
    ticket: str | None
    ticket_number: str | None
    ticket_day: str | None
    window: str | None
    clerk: str | None
    opened_at: int
    received_at: int | None
    accepted_at: int | None
    decided_at: int | None
    delivered_at: int | None
    clock: str
    due: str
    due_at: int | None
    legal_due: str
    legal_due_at: int | None
    promised_due: str
    promised_due_at: int | None
    special: str
    owed: int
    outcome: str
    result: str
    trips: int
    deemed: bool
    provisional: bool
    stopped: bool
    steps: tuple[OpenStep, ...]
    clocks: tuple[Clock, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a department has to do in a case. ``step`` with its names: of kind ``step`` only, else empty.

    ``sort_at``: the legal due moment, else the promised one, else the step's; None: nothing is due, or it is stopped.
    """

    case: CaseRow
    kind: Kind
    department: str
    step: str
    step_zh: str
    step_en: str
    by: str
    escalated: bool
    since: int
    step_due_at: int | None
    sort_at: int | None
    stopped: bool


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """``after``: give it to the same question for the next page; empty: this was the last."""

    rows: tuple[T, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; empty fields ask nothing. The newest case comes first, but with ``number``: by number.

    ``number``: whole, or its beginning. ``item`` and ``department`` are codes, ``person`` the keyed hash.
    """

    number: str = ""
    item: str = ""
    person: str = ""
    state: str = ""
    department: str = ""
    after: str = ""
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """Tasks of a department, each at most ``MOST`` + 1. ``late``: past the moment they are sorted by."""

    late: int
    today: int
    later: int
    stopped: int


@dataclass(frozen=True, slots=True)
class DueCounts:
    """Cases by light, each at most ``MOST`` + 1."""

    red: int
    yellow: int
    stopped: int


def light_of(row: CaseRow, almanac: Almanac, now: int, today: str) -> Light:
    """The worst light of the row's clocks, as ``hub.domain.cases.lights`` says; ``today``: business day of ``now``."""
    return worst(Case(clocks=list(row.clocks)), almanac, now, today)


def said(count: int) -> str:
    """``1000+`` for what was not counted to its end."""
    return f"{MOST}+" if count > MOST else str(count)
