"""What the ratings page shows: open rectifications, what is due first, and figures of a month by window."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.domain.ratings import steps
from hub.domain.ratings.state import overdue
from hub.log.cursors import Cursors
from hub.views.rating_record import known
from hub.views.words import Words

SHOWN = 500
MONTHS = 12

SCORES: Mapping[int, Words] = {
    5: Words("非常满意", "very satisfied"),
    4: Words("满意", "satisfied"),
    3: Words("基本满意", "fairly satisfied"),
    2: Words("不满意", "dissatisfied"),
    1: Words("非常不满意", "very dissatisfied"),
}

OUTCOMES: Mapping[str, Words] = {
    steps.FIXED: Words("已整改", "fixed"),
    steps.EXPLAINED: Words("已说明", "explained"),
    steps.VOIDED: Words("评价作废", "rating void"),
}

STATES: Mapping[str, Words] = {state: Words(named.zh, named.en) for state, named in steps.STATES.items()}


@dataclass(frozen=True, slots=True)
class RectificationRow:
    """One rectification. ``late`` 逾期: open past its due moment, or closed after it. Times: ms since 1970, UTC."""

    ticket: str
    number: str
    day: str
    window: str
    clerk: str | None
    score: int
    has_phone: bool
    rated_at: int
    due: str
    due_at: int
    provisional: bool
    state: str
    tries_left: int
    outcome: str
    satisfied: bool | None
    closed_at: int | None
    late: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one window, or of all (``window`` empty), in one month; each is defined in ``DEFINITIONS``."""

    month: str
    window: str
    very_satisfied: int = 0
    satisfied: int = 0
    fairly_satisfied: int = 0
    dissatisfied: int = 0
    very_dissatisfied: int = 0
    opened: int = 0
    closed: int = 0
    on_time: int = 0
    overdue: int = 0
    voided: int = 0

    @property
    def ratings(self) -> int:
        return sum(getattr(self, name) for name in _BY_SCORE.values())

    @property
    def share(self) -> float | None:
        """The satisfaction share, 0 to 1; None without ratings."""
        content = self.very_satisfied + self.satisfied + self.fairly_satisfied
        return content / self.ratings if self.ratings else None


_BY_SCORE: Mapping[int, str] = {
    5: "very_satisfied",
    4: "satisfied",
    3: "fairly_satisfied",
    2: "dissatisfied",
    1: "very_dissatisfied",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: its name, and what it counts, in words."""

    figure: str
    zh: str
    en: str
    means_zh: str
    means_en: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "ratings",
        "评价数",
        "ratings",
        "本月营业日内办结并由群众本人评价的次数，每次办事最多一次；作废的不计。",
        "Visits of this month's business days that the visitor rated, at most once each; void ratings left out.",
    ),
    Definition(
        "scores",
        "各档评价",
        "by score",
        "评价数按五档分列，合计等于评价数。",
        "The ratings by their five levels; they add up to the ratings.",
    ),
    Definition(
        "share",
        "满意率",
        "satisfaction",
        "非常满意、满意、基本满意之和 ÷ 评价数；没有评价时为“–”。",
        "Very satisfied, satisfied and fairly satisfied, divided by the ratings; “–” without any.",
    ),
    Definition(
        "opened",
        "立案",
        "opened",
        "本月的差评（不满意、非常不满意）开出的整改数，包括后来作废的。",
        "Rectifications opened for this month's ratings of 1 and 2, those voided later included.",
    ),
    Definition(
        "closed",
        "办结",
        "closed",
        "其中已办结的，不论何时办结。",
        "Of those, the closed ones, whenever they were closed.",
    ),
    Definition(
        "on_time",
        "按期办结",
        "on time",
        "其中在整改期限最后一个工作日结束前办结的。",
        "Of those, closed before the end of their last working day.",
    ),
    Definition(
        "overdue",
        "逾期",
        "overdue",
        "其中超过期限才办结，或已过期限仍未办结的。",
        "Of those, closed after their due moment or still open past it.",
    ),
    Definition(
        "voided",
        "作废",
        "void",
        "其中经核实不属实、由主管作废的评价；留在日志里，不计入上面各档和满意率。",
        "Of those, ratings found untrue and voided by a supervisor: kept in the log, left out of scores and share.",
    ),
)

_COLUMNS = (
    "ticket, number, day, window, clerk, score, has_phone, rated_at, due, due_at, provisional, state, tries_left,"
    " outcome, satisfied, closed_at"
)


def open_rectifications(cursors: Cursors, now: int) -> list[RectificationRow]:
    """What is open, due first; at most 500."""
    return _rows(cursors, now, "closed_at IS NULL ORDER BY due_at, rated_at, ticket LIMIT ?", (SHOWN,))


def closed_rectifications(cursors: Cursors, now: int, month: str) -> list[RectificationRow]:
    """Closed ones of the month's ratings, the newest first; at most 500."""
    return _rows(
        cursors, now, "closed_at IS NOT NULL AND month = ? ORDER BY closed_at DESC, ticket LIMIT ?", (month, SHOWN)
    )


def rectification(cursors: Cursors, now: int, ticket: str) -> RectificationRow | None:
    found = _rows(cursors, now, "ticket = ?", (ticket,))
    return found[0] if found else None


def counts(cursors: Cursors, now: int) -> Mapping[str, float]:
    """The open ones by ``in-time`` and ``overdue``."""
    if not known(cursors):
        return {"in-time": 0, "overdue": 0}
    row = cursors.read(
        "SELECT count(*), coalesce(sum(due_at <= ?), 0) FROM rectification WHERE closed_at IS NULL", (now,)
    )[0]
    return {"in-time": row[0] - row[1], "overdue": row[1]}


def provisional_ones(cursors: Cursors) -> list[str]:
    """Tickets of open cases with a provisional due date, in order."""
    if not known(cursors):
        return []
    rows = cursors.read("SELECT ticket FROM rectification WHERE closed_at IS NULL AND provisional ORDER BY ticket")
    return [row[0] for row in rows]


def figures(cursors: Cursors, now: int, first: str, last: str) -> list[Figures]:
    """Of every month (``YYYY-MM``) from ``first`` to ``last`` and every window that has any, in that order."""
    if not known(cursors):
        return []
    found: dict[tuple[str, str], Figures] = {}
    for month, window, score, ratings in cursors.read(
        "SELECT month, window, score, ratings FROM rating_tally WHERE month BETWEEN ? AND ?", (first, last)
    ):
        held = found.get((month, window)) or Figures(month, window)
        found[month, window] = replace(held, **{_BY_SCORE[score]: ratings})
    for month, window, *numbers in cursors.read(
        "SELECT month, window, count(*), count(closed_at), coalesce(sum(closed_at < due_at), 0),"
        " sum(due_at <= coalesce(closed_at, ?)), sum(outcome = 'void')"
        " FROM rectification WHERE month BETWEEN ? AND ? GROUP BY month, window",
        (now, first, last),
    ):
        opened, closed, on_time, overdue, voided = numbers
        held = found.get((month, window)) or Figures(month, window)
        found[month, window] = replace(
            held, opened=opened, closed=closed, on_time=on_time, overdue=overdue, voided=voided
        )
    return [found[key] for key in sorted(found)]


def together(month: str, rows: Iterable[Figures]) -> Figures:
    """The sum over windows of one month."""
    mine = [row for row in rows if row.month == month]
    names = (*_BY_SCORE.values(), "opened", "closed", "on_time", "overdue", "voided")
    return Figures(month, "", **{name: sum(getattr(row, name) for row in mine) for name in names})


def months_until(month: str, count: int = MONTHS) -> list[str]:
    """``count`` months ending with that one. Raises ``ValueError`` for what is no ``YYYY-MM``."""
    year, number = _month(month)
    ends = year * 12 + number - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(ends - count + 1, ends + 1)]


def month_after(month: str) -> str:
    """The next month. Raises ``ValueError`` for what is no ``YYYY-MM``."""
    year, number = _month(month)
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _month(text: str) -> tuple[int, int]:
    year, _, number = text.partition("-")
    if not (len(year) == 4 and len(number) == 2 and (year + number).isdecimal() and text.isascii()):
        raise ValueError(text)
    if not (1 <= int(number) <= 12 and int(year) >= 1000):
        raise ValueError(text)
    return int(year), int(number)


def _rows(cursors: Cursors, now: int, where: str, values: Sequence[str | int]) -> list[RectificationRow]:
    if not known(cursors):
        return []
    rows = cursors.read(f"SELECT {_COLUMNS} FROM rectification WHERE {where}", values)  # noqa: S608 - from this file
    return [_row(row, now) for row in rows]


def _row(row: sqlite3.Row, now: int) -> RectificationRow:
    satisfied, closed_at = row[14], row[15]
    return RectificationRow(
        ticket=row[0],
        number=row[1],
        day=row[2],
        window=row[3],
        clerk=row[4],
        score=row[5],
        has_phone=bool(row[6]),
        rated_at=row[7],
        due=row[8],
        due_at=row[9],
        provisional=bool(row[10]),
        state=row[11],
        tries_left=row[12],
        outcome=row[13],
        satisfied=None if satisfied is None else bool(satisfied),
        closed_at=closed_at,
        late=overdue(row[9], closed_at, now),
    )
