"""The value that a day's report is: kept by the reader, shown on pages, sent by the API. Figures: ``figures.py``.

Durations are ms, moments are aware and in UTC, shares 0 to 1 (None of nothing).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.views.report.times import Times


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of the day's numbers; ``one_window`` and the three after it are what the shares are made of.

    ``wrong_served``: served numbers with a transfer marked as wrong number. ``several``: taken for several categories;
    ``one_window``: finished at one window only. ``unread``: entries of the day that this program cannot read.
    """

    issued: int = 0
    served: int = 0
    abandoned: int = 0
    void: int = 0
    expired: int = 0
    under_way: int = 0
    hand: int = 0
    appointments: int = 0
    priority: int = 0
    late: int = 0
    called: int = 0
    missed: int = 0
    missed_times: int = 0
    reinstated: int = 0
    reinstated_times: int = 0
    transferred: int = 0
    transferred_times: int = 0
    wrong_number: int = 0
    parked: int = 0
    several: int = 0
    wrong_served: int = 0
    one_window: int = 0
    several_served: int = 0
    several_one_window: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Rates:
    accuracy: float | None = None
    one_window: float | None = None
    one_window_several: float | None = None
    long_share: float | None = None
    satisfaction: float | None = None
    rated_share: float | None = None


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """``issued`` to ``expired`` and ``waits`` by the category taken, the others by the category at the window."""

    category: str
    zh: str
    en: str
    issued: int
    served: int
    missed: int
    abandoned: int
    expired: int
    wrong_number: int
    waits: Times
    later: Times
    walk: Times
    service: Times
    hold: Times


@dataclass(frozen=True, slots=True)
class HourRow:
    """Numbers taken in one hour of the hall's clock. ``label``: ``"09:00"``; with its offset where the clock shows
    that hour twice."""

    begins: datetime
    hour: int
    label: str
    issued: int
    waits: Times


@dataclass(frozen=True, slots=True)
class Cell:
    """Waits of one category's numbers taken in one hour of the clock (0 to 23)."""

    category: str
    hour: int
    count: int
    total_ms: int
    long: int


@dataclass(frozen=True, slots=True)
class Pause:
    reason: str
    times: int
    ms: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Ratings by level, 5 = 非常满意."""

    five: int = 0
    four: int = 0
    three: int = 0
    two: int = 0
    one: int = 0

    @property
    def count(self) -> int:
        return self.five + self.four + self.three + self.two + self.one

    @property
    def good(self) -> int:
        """Of 3 and above."""
        return self.five + self.four + self.three


@dataclass(frozen=True, slots=True)
class WindowRow:
    """``busy_open_ms``: the part of ``busy_ms`` while the window was open; ``busy_share``: of ``open_ms``."""

    window: str
    floor: int
    open_ms: int
    paused_ms: int
    closed_ms: int
    busy_ms: int
    busy_open_ms: int
    serving_ms: int
    busy_share: float | None
    calls: int
    finished: int
    legs: int
    missed: int
    scores: Scores
    satisfaction: float | None
    pauses: tuple[Pause, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    window: str
    ms: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What a clerk did: ``what`` is signed-in, signed-out, took-over, handed-over, opened, paused or closed.

    ``who``: from or to whom a window was handed (顶岗); ``number``: of the visitor who was there then; ``why``: of a
    pause or a closing.
    """

    at: datetime
    what: str
    window: str
    who: str = ""
    number: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClerkRow:
    clerk: str
    signed_in_ms: int
    busy_ms: int
    serving_ms: int
    calls: int
    finished: int
    legs: int
    missed: int
    scores: Scores
    satisfaction: float | None
    seats: tuple[Seat, ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    why: str
    times: int


@dataclass(frozen=True, slots=True)
class DayReport:
    """One business day. ``as_of``: when it was closed, else when it was asked for. ``version``: of the day's stream,
    so two reports of one version of a closed day are the same."""

    day: str
    timezone: str
    version: int
    closed: bool
    as_of: datetime
    opens: datetime | None
    closes: datetime | None
    totals: Totals
    rates: Rates
    waits: Times
    later: Times
    walk: Times
    service: Times
    hold: Times
    scores: Scores
    categories: tuple[CategoryRow, ...]
    hours: tuple[HourRow, ...]
    cells: tuple[Cell, ...]
    windows: tuple[WindowRow, ...]
    clerks: tuple[ClerkRow, ...]
    transfers: tuple[Reason, ...]
