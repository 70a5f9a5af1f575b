"""What pages, the API and downloads ask: one day, or all days of a range, closed ones and the one that is going on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from hub.core.day_log import days_of
from hub.log.cursors import Cursors
from hub.log.port import LogReader
from hub.views.report.day_report import DayReport
from hub.views.report.folds import DayFolds
from hub.views.report.history import held_tally, read_report
from hub.views.report.range_report import PeriodRow, RangeReport, period_row, range_report
from hub.views.report.tally import ALL, SCORE, TOTAL, WAIT, Tally, add, less, tally_of

DAY_BY_DAY = 62
"""A range of more days is told by months."""
UNREAD_FOLDED = 3
"""So many of the newest days that the reader has not written yet are folded for the page that asks."""


@dataclass(frozen=True, slots=True)
class Months:
    """A year at a glance and the days of one of its months. ``years``: with anything in them, latest first.

    ``missing``: days of the month that the log holds and whose figures are not ready yet.
    """

    year: str
    month: str
    years: tuple[str, ...]
    months: tuple[PeriodRow, ...]
    days: tuple[PeriodRow, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What the reader wrote, as stored: tallies by month and by day, and all days written."""

    months: Mapping[str, bytes]
    days: Mapping[str, bytes]
    written: Set[str]


class Reports:
    """``log`` is read beside the writer. Every method blocks: call it in a thread. All days are ISO dates."""

    def __init__(self, log: LogReader, folds: DayFolds, cursors: Cursors, now: Callable[[], int]) -> None:
        self._log = log
        self._folds = folds
        self._cursors = cursors
        self._now = now

    def day(self, day: str) -> DayReport | None:
        """As the reader wrote it when that is all the log holds of the day, else from the log itself."""
        if self._written():
            rows = self._cursors.read("SELECT version, report FROM report_day WHERE day = ?", (day,))
            if rows and not self._folds.known_after(day, rows[0][0]):
                return read_report(rows[0][1])
        return self._folds.report(day, self._now())

    def range(self, begins: str, ends: str) -> tuple[RangeReport, int]:
        """The days ``begins`` to ``ends``, and how many more the log holds whose figures are not ready yet."""
        daily = (date.fromisoformat(ends) - date.fromisoformat(begins)).days < DAY_BY_DAY
        read = self._read(begins[:7], ends[:7], every_day=daily)
        tally: Tally = {}
        periods: dict[str, Tally] = {}
        for month in sorted(read.months):
            days = {day: stored for day, stored in read.days.items() if day[:7] == month}
            inside = [day for day in days if begins <= day <= ends]
            part = _part(read.months[month], days, inside) if days else held_tally(read.months[month])
            add(tally, part)
            if daily:
                periods |= {day: held_tally(days[day]) for day in inside}
            elif part:
                periods[month] = part
        unread, missing = self._unread(begins, ends, read.written)
        for day, more in unread:
            add(tally, more)
            name = day if daily else day[:7]
            periods[name] = _sum([_glance(periods.get(name, {})), _glance(more)])
        return range_report(begins, ends, tally, sorted(periods.items()), self._names(ends)), missing

    def months(self, year: str, month: str) -> Months:
        """``month``: ``"2026-11"`` of ``year``."""
        read = self._read(f"{year}-01", f"{year}-12", days_of_month=month)
        by_month = {name: held_tally(stored) for name, stored in read.months.items()}
        days = {day: held_tally(stored) for day, stored in read.days.items()}
        unread, _ = self._unread(f"{year}-01-01", f"{year}-12-31", read.written)
        for day, tally in unread:
            by_month[day[:7]] = _sum([_glance(by_month.get(day[:7], {})), _glance(tally)])
            if day[:7] == month:
                days[day] = tally
        in_log = days_of(self._log)
        years = {day[:4] for day in in_log} | {year}
        return Months(
            year,
            month,
            tuple(sorted(years, reverse=True)),
            tuple(period_row(name, tally) for name, tally in sorted(by_month.items())),
            tuple(period_row(day, tally) for day, tally in sorted(days.items())),
            sum(day[:7] == month and day not in days for day in in_log),
        )

    def beside(self, day: str) -> tuple[str | None, str | None]:
        """The days of the log before and after this one."""
        days = days_of(self._log)
        before, after = bisect_left(days, day), bisect_right(days, day)
        return (days[before - 1] if before else None), (days[after] if after < len(days) else None)

    def _written(self) -> bool:
        """False until the reader ran for the first time."""
        return bool(self._cursors.read("SELECT 1 FROM sqlite_master WHERE name = 'report_month'"))

    def _rows(self, sql: str, values: tuple[str, ...] = ()) -> list[tuple[str, bytes]]:
        if not self._written():
            return []
        return [tuple(row) for row in self._cursors.read(sql, values)]

    def _read(self, first: str, last: str, *, every_day: bool = False, days_of_month: str | None = None) -> _Read:
        """The months ``first`` to ``last`` with the days of both, of all of them or of one, in one statement: a day
        that is being written stands in its month exactly when it stands among the days."""
        if days_of_month is not None:
            ranges = ((days_of_month, days_of_month), (days_of_month, days_of_month))
        else:
            ranges = ((first, last), (first, last)) if every_day else ((first, first), (last, last))
        bounds = [bound for begins, ends in ranges for bound in (f"{begins}-01", f"{ends}-31")]
        rows = self._rows(
            "SELECT month, tally FROM report_month WHERE month BETWEEN ? AND ?"
            " UNION ALL SELECT day, tally FROM report_day WHERE day BETWEEN ? AND ? OR day BETWEEN ? AND ?"
            " UNION ALL SELECT day, NULL FROM report_day WHERE day BETWEEN ? AND ?",
            (first, last, *bounds, f"{first}-01", f"{last}-31"),
        )
        return _Read(
            {name: stored for name, stored in rows if len(name) == len(first)},
            {name: stored for name, stored in rows if len(name) > len(first) and stored},
            {name for name, stored in rows if not stored},
        )

    def _unread(self, begins: str, ends: str, written: Set[str]) -> tuple[list[tuple[str, Tally]], int]:
        """Days of the log that the reader has not written: the newest folded here, the number of the others."""
        days = [day for day in days_of(self._log) if begins <= day <= ends and day not in written]
        folded = [(day, self._folds.report(day, self._now())) for day in days[-UNREAD_FOLDED:]]
        found = [(day, tally_of(report)) for day, report in folded if report is not None]
        return found, max(0, len(days) - UNREAD_FOLDED)

    def _names(self, ends: str) -> dict[str, tuple[str, str]]:
        """What categories were called on the last day written until ``ends``, else on the newest day of the log."""
        rows = self._rows("SELECT day, report FROM report_day WHERE day <= ? ORDER BY day DESC LIMIT 1", (ends,))
        if rows:
            report = read_report(rows[0][1])
        else:
            days = days_of(self._log)
            found = self._folds.report(days[-1], self._now()) if days else None
            if found is None:
                return {}
            report = found
        return {row.category: (row.zh, row.en) for row in report.categories}


def _glance(tally: Tally) -> Tally:
    """What a row of a period needs of its tally."""
    return {section: {ALL: tally.get(section, {}).get(ALL, [])} for section in (TOTAL, WAIT, SCORE)}


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole: Tally = {}
    for tally in tallies:
        add(whole, tally)
    return whole


def _part(month: bytes, days: Mapping[str, bytes], inside: Sequence[str]) -> Tally:
    """The days ``inside`` of a month together: added up, or the month without its other ``days``, whichever is less."""
    outside = [day for day in days if day not in inside]
    if len(inside) <= len(outside):
        return _sum(held_tally(days[day]) for day in inside)
    return less(held_tally(month), _sum(held_tally(days[day]) for day in outside)) if outside else held_tally(month)
