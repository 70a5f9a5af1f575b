"""What the charts of the reports draw: plain lists, named as on the page; one figure an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.views.report.day_report import CategoryRow, Cell, DayReport, HourRow
from hub.views.report.desk import Months
from hub.views.report.figures import FIGURES
from hub.views.report.range_report import PeriodRow, RangeCategory, RangeHour, RangeReport
from hub.views.report.times import MINUTE_MS


@dataclass(frozen=True, slots=True)
class Lines:
    """Bars and lines over one row of names; each series is (figure code, values)."""

    names: tuple[str, ...]
    bars: tuple[tuple[str, tuple[int | float | None, ...]], ...]
    lines: tuple[tuple[str, tuple[int | float | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """Mean wait by category (rows) and hour (columns): ``cells`` are (column, row, minutes, how many)."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[int, int, float, int], ...]


@dataclass(frozen=True, slots=True)
class Charts:
    """``names``: of the figures drawn, as legends say them. ``shown``: by the id of the place that shows it."""

    names: dict[str, str]
    shown: dict[str, Lines | Heat]


_DRAWN = ("issued", "served", "wait_mean", "wait_p50", "wait_p90", "hold_mean")


def _charts(shown: dict[str, Lines | Heat]) -> Charts:
    return Charts({code: f"{FIGURES[code].zh} {FIGURES[code].en}" for code in _DRAWN}, shown)


def day_charts(report: DayReport) -> Charts:
    return _charts(
        {
            "hours": _hours(report.hours),
            "categories": _categories(report.categories),
            "cells": _heat(report.cells, report.categories),
        }
    )


def range_charts(report: RangeReport) -> Charts:
    return _charts(
        {
            "periods": _periods(report.periods),
            "hours": _hours(report.hours),
            "categories": _categories(report.categories),
            "cells": _heat(report.cells, report.categories),
        }
    )


def months_charts(year: Months) -> Charts:
    return _charts({"days": _periods(year.days), "months": _periods(year.months)})


def _periods(rows: Sequence[PeriodRow]) -> Lines:
    return Lines(
        names=tuple(row.period[5:] if len(row.period) > 7 else row.period for row in rows),
        bars=(("issued", tuple(row.issued for row in rows)), ("served", tuple(row.served for row in rows))),
        lines=(
            ("wait_p50", tuple(row.waits.p50 for row in rows)),
            ("wait_p90", tuple(row.waits.p90 for row in rows)),
        ),
    )


def _hours(rows: Sequence[HourRow | RangeHour]) -> Lines:
    return Lines(
        names=tuple(row.label for row in rows),
        bars=(("issued", tuple(row.issued for row in rows)),),
        lines=(
            ("wait_p50", tuple(row.waits.p50 for row in rows)),
            ("wait_p90", tuple(row.waits.p90 for row in rows)),
        ),
    )


def _categories(rows: Sequence[CategoryRow | RangeCategory]) -> Lines:
    taken = [row for row in rows if row.issued or row.hold.count]
    return Lines(
        names=tuple(f"{row.category} {row.zh}" for row in taken),
        bars=(("issued", tuple(row.issued for row in taken)),),
        lines=(
            ("wait_p50", tuple(row.waits.p50 for row in taken)),
            ("wait_p90", tuple(row.waits.p90 for row in taken)),
            ("hold_mean", tuple(row.hold.mean for row in taken)),
        ),
    )


def _heat(cells: Sequence[Cell], categories: Sequence[CategoryRow | RangeCategory]) -> Heat:
    hours = sorted({cell.hour for cell in cells})
    letters = [row.category for row in categories if any(cell.category == row.category for cell in cells)]
    named = {row.category: f"{row.category} {row.zh}" for row in categories}
    return Heat(
        columns=tuple(f"{hour:02d}:00" for hour in hours),
        rows=tuple(named[letter] for letter in letters),
        cells=tuple(
            (
                hours.index(cell.hour),
                letters.index(cell.category),
                round(cell.total_ms / cell.count / MINUTE_MS, 1),
                cell.count,
            )
            for cell in cells
            if cell.count
        ),
    )
