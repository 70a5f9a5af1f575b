"""What pages, the API and downloads ask: one day, or all days of a range, closed ones and the one that is going on."""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hub.core.day_log import days_of
from hub.log.cursors import Cursors
from hub.log.port import LogReader
from hub.views.report.day_report import DayReport
from hub.views.report.folds import DayFolds
from hub.views.report.history import held_tally, read_report, read_tally
from hub.views.report.range_report import PeriodRow, RangeReport, period_row, range_report
from hub.views.report.tally import ALL, SCORE, TOTAL, WAIT, Tally, add, tally_of

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
        first, last = date.fromisoformat(begins), date.fromisoformat(ends)
        daily = (last - first).days < DAY_BY_DAY
        whole = [] if daily else _whole_months(first, last)
        parts: list[tuple[str, Tally]] = self._months(whole)
        days = self._days(begins, ends, [] if daily else whole)
        unread, missing = self._unread(begins, ends)
        days += unread
        tally: Tally = {}
        periods: dict[str, Tally] = {}
        for name, each in [*parts, *days]:
            add(tally, each)
            add(periods.setdefault(name if daily else name[:7], {}), _glance(each))
        rows = sorted(periods.items())
        return range_report(begins, ends, tally, rows, self._names(ends)), missing

    def months(self, year: str, month: str) -> Months:
        """``month``: ``"2026-11"`` of ``year``."""
        known = [row[0] for row in self._rows("SELECT month FROM report_month ORDER BY month DESC")]
        first, last = f"{month}-01", f"{month}-31"
        of_month = self._days(first, last, [])
        unread, missing = self._unread(first, last)
        of_month += unread
        by_month = dict(self._months([name for name in known if name.startswith(year)]))
        for name, tally in self._unread(f"{year}-01-01", f"{year}-12-31")[0]:
            by_month[name[:7]] = _sum([by_month.get(name[:7], {}), tally])
        years = {name[:4] for name in known} | {day[:4] for day in days_of(self._log)[-1:]} | {year}
        return Months(
            year,
            month,
            tuple(sorted(years, reverse=True)),
            tuple(period_row(name, tally) for name, tally in sorted(by_month.items())),
            tuple(period_row(name, tally) for name, tally in sorted(of_month)),
            missing,
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

    def _months(self, months: list[str]) -> list[tuple[str, Tally]]:
        if not months:
            return []
        wanted = set(months)
        rows = self._rows(
            "SELECT month, tally FROM report_month WHERE month BETWEEN ? AND ?", (min(months), max(months))
        )
        return [(month, held_tally(tally)) for month, tally in rows if month in wanted]

    def _days(self, begins: str, ends: str, but: list[str]) -> list[tuple[str, Tally]]:
        """Days written by the reader that are in none of the months ``but``."""
        found: list[tuple[str, Tally]] = []
        for first, last in _gaps(begins, ends, but):
            rows = self._rows("SELECT day, tally FROM report_day WHERE day BETWEEN ? AND ?", (first, last))
            found += [(day, read_tally(tally)) for day, tally in rows]
        return found

    def _unread(self, begins: str, ends: str) -> tuple[list[tuple[str, Tally]], int]:
        """Days of the log that the reader has not written: the newest folded here, the number of the others."""
        written = {row[0] for row in self._rows("SELECT day FROM report_day WHERE day BETWEEN ? AND ?", (begins, ends))}
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


def _whole_months(first: date, last: date) -> list[str]:
    """Months of which every day is in the range."""
    months: list[str] = []
    at = first if first.day == 1 else _next_month(first)
    while at <= last:
        end = at.replace(day=calendar.monthrange(at.year, at.month)[1])
        if end <= last:
            months.append(at.strftime("%Y-%m"))
        at = _next_month(at)
    return months


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _gaps(begins: str, ends: str, months: list[str]) -> list[tuple[str, str]]:
    """The range without ``months``, which follow each other, as ranges."""
    if not months:
        return [(begins, ends)]
    before, after = f"{months[0]}-01", f"{months[-1]}-31"
    found: list[tuple[str, str]] = []
    if begins < before:
        found.append((begins, (date.fromisoformat(before) - timedelta(days=1)).isoformat()))
    if after < ends:
        found.append((_next_month(date.fromisoformat(f"{months[-1]}-01")).isoformat(), ends))
    return found
