"""Working days: a published calendar's holidays and make-up days, and weekends only where a year is not published yet.

Dates are ``YYYY-MM-DD`` strings of the hall's own time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hub.domain.hall.problems import Problem

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holiday:
    date: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One published year: every day off by name, and ``workdays``, the Saturdays and Sundays worked instead (调休)."""

    year: int
    holidays: tuple[Holiday, ...] = ()
    workdays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A calendar as published, whole. Version 0 without years is the calendar of a hall that published none."""

    version: int
    years: tuple[CalendarYear, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """``provisional`` 暂定: the year is not published, only weekends were counted. Names: the holiday's, or empty."""

    working: bool
    provisional: bool
    makeup: bool = False
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date counted in working days; provisional if any day it was counted over is."""

    date: str
    provisional: bool


class WorkingDays:
    """One calendar, indexed for asking. ``kind`` is the profile's: cn and own count the calendar, the others do not."""

    __slots__ = ("_holidays", "_kind", "_published", "_workdays")

    def __init__(self, calendar: CalendarVersion, kind: str) -> None:
        years = calendar.years if kind in ("cn", "own") else ()
        self._kind = kind
        self._published = frozenset(year.year for year in years)
        self._holidays = {holiday.date: holiday for year in years for holiday in year.holidays}
        self._workdays = frozenset(day for year in years for day in year.workdays)

    def day(self, day: str) -> Day:
        """Whether that date is worked. Raises ``ValueError`` for what is no date."""
        return self._day(date.fromisoformat(day))

    def next_after(self, day: str) -> Deadline:
        """The first working day after that date."""
        return self.add(day, 1)

    def add(self, day: str, working_days: int) -> Deadline:
        """The date ``working_days`` after ``day``, which is day 0 and itself never counts (行政许可法).

        With 0: the day itself when it is worked, else the next working day. Raises ``ValueError`` below 0.
        """
        if working_days < 0:
            raise ValueError("working days are counted forward")
        at = date.fromisoformat(day)
        if working_days == 0 and (today := self._day(at)).working:
            return Deadline(day, today.provisional)
        provisional, left = False, max(working_days, 1)
        while left:
            at += _DAY
            known = self._day(at)
            provisional = provisional or known.provisional
            left -= known.working
        return Deadline(at.isoformat(), provisional)

    def between(self, first: str, last: str) -> int:
        """How many working days lie after ``first`` up to and including ``last``; 0 when ``last`` is not later."""
        at, end, count = date.fromisoformat(first), date.fromisoformat(last), 0
        while at < end:
            at += _DAY
            count += self._day(at).working
        return count

    def _day(self, at: date) -> Day:
        if self._kind == "every-day":
            return Day(working=True, provisional=False)
        weekend = at.weekday() >= 5
        if self._kind == "weekdays":
            return Day(working=not weekend, provisional=False)
        if at.year not in self._published:
            return Day(working=not weekend, provisional=True)
        name = at.isoformat()
        if (holiday := self._holidays.get(name)) is not None:
            return Day(working=False, provisional=False, zh=holiday.zh, en=holiday.en)
        makeup = name in self._workdays
        return Day(working=makeup or not weekend, provisional=False, makeup=makeup)


def check_calendar(years: tuple[CalendarYear, ...]) -> list[Problem]:
    """What is wrong with a calendar to be published; empty when it may be. Paths begin with ``years[n]``."""
    problems: list[Problem] = []
    seen: set[int] = set()
    for y, year in enumerate(years):
        path = f"years[{y}]"
        if year.year in seen:
            problems.append(Problem(f"{path}.year", f"{year.year} 年重复出现", f"{year.year} stands twice"))
        seen.add(year.year)
        dates = [(f"{path}.holidays[{n}].date", holiday.date) for n, holiday in enumerate(year.holidays)]
        dates += [(f"{path}.workdays[{n}]", day) for n, day in enumerate(year.workdays)]
        taken: set[str] = set()
        for where, day in dates:
            problem = _date_problem(where, day, year.year, taken)
            taken.add(day)
            if problem:
                problems.append(problem)
    return problems


def _date_problem(path: str, day: str, year: int, taken: set[str]) -> Problem | None:
    try:
        written = date.fromisoformat(day).isoformat() == day
    except ValueError:
        written = False
    if not written:
        return Problem(path, f"“{day}”要写成 2027-01-01 这样的日期", f'"{day}" must be a date like 2027-01-01')
    if day[:4] != f"{year:04d}":
        return Problem(path, f"{day} 不在 {year} 年", f"{day} is not in {year}")
    if day in taken:
        return Problem(path, f"{day} 重复出现", f"{day} stands twice")
    return None
