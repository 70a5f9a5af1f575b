"""Where calendars come from: the package ``chinesecalendar``, or a file; rules get them as values only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import cast

from chinese_calendar import constants

from hub.core.toml_file import FileInvalid, FileProblem, located, parse
from hub.core.toml_shape import ShapeMismatch, plain, shape, toml
from hub.domain.hall.calendar import CalendarYear, Holiday, check_calendar

FIRST_YEAR = 2020


class CalendarFileInvalid(FileInvalid):
    """The file is no calendar that may be published."""


@dataclass(frozen=True, slots=True)
class _CalendarFile:
    years: tuple[CalendarYear, ...]


def from_package(first_year: int = FIRST_YEAR) -> tuple[CalendarYear, ...]:
    """The state calendar from ``first_year`` to the last year the installed package knows (1.11.0: 2026)."""
    holidays = cast("dict[date, str]", constants.holidays)
    workdays = cast("dict[date, str]", constants.workdays)
    chinese = {str(each.value): str(cast("object", getattr(each, "chinese", each.value))) for each in constants.Holiday}
    return tuple(
        CalendarYear(
            year,
            tuple(
                Holiday(day.isoformat(), chinese.get(name, name), name)
                for day, name in sorted(holidays.items())
                if day.year == year
            ),
            tuple(day.isoformat() for day in sorted(workdays) if day.year == year),
        )
        for year in sorted({day.year for day in holidays if day.year >= first_year})
    )


def load_calendar(text: str) -> tuple[CalendarYear, ...]:
    """The years of a TOML or JSON text, by year. Raises ``CalendarFileInvalid``.

    ``years`` is a list of ``{year, holidays: [{date, zh, en}], workdays: [date]}``; in TOML a date may stand unquoted.
    """
    values, is_json = _values(text)
    try:
        years = shape(_CalendarFile, _dates_as_text(values)).years
        problems = check_calendar(years)
    except ShapeMismatch as mismatch:
        problems, years = mismatch.problems, ()
    if problems:
        unlined = [FileProblem(None, each.path, each.zh, each.en) for each in problems]
        raise CalendarFileInvalid(unlined if is_json else located(text, problems))
    return tuple(sorted(years, key=lambda year: year.year))


def dump_calendar(years: tuple[CalendarYear, ...]) -> str:
    """The years as TOML that ``load_calendar`` reads."""
    return "".join("[[years]]\n" + toml(cast("dict[str, object]", plain(year, row=True))) + "\n" for year in years)


def with_years(years: tuple[CalendarYear, ...], newer: tuple[CalendarYear, ...]) -> tuple[CalendarYear, ...]:
    """``years`` with those of ``newer`` added or put in their place: a file need only hold the year that is new."""
    merged = {year.year: year for year in (*years, *newer)}
    return tuple(merged[year] for year in sorted(merged))


def _values(text: str) -> tuple[object, bool]:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            return json.loads(text.removeprefix("\ufeff")), True
        except (json.JSONDecodeError, RecursionError) as error:
            line = error.lineno if isinstance(error, json.JSONDecodeError) else None
            problem = FileProblem(line, "", "JSON 语法错误", f"JSON syntax: {error}")
            raise CalendarFileInvalid([problem]) from None
    try:
        return parse(text), False
    except FileInvalid as invalid:
        raise CalendarFileInvalid(invalid.problems) from None


def _dates_as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: _dates_as_text(held) for key, held in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_dates_as_text(held) for held in cast("list[object]", value)]
    return value.isoformat() if type(value) is date else value
