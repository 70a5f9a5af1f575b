"""What the charts of the reports draw: plain lists, named as on the page; one figure an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.views.report.day_report import CategoryRow, Cell, DayReport, HourRow
from hub.views.report.desk import Months
from hub.views.report.figures import FIGURES
from hub.views.report.range_report import PeriodRow, RangeHour, RangeReport
from hub.views.report.times import MINUTE_MS


@dataclass(frozen=True, slots=True)
class Lines:
    """Bars and lines over one row of names; each series is (figure code, values). ``axes``: of bars and of lines."""

    names: tuple[str, ...]
    bars: tuple[tuple[str, tuple[int | float | None, ...]], ...]
    lines: tuple[tuple[str, tuple[int | float | None, ...]], ...]
    axes: tuple[str, str] = ("人次 tickets", "分钟 minutes")


@dataclass(frozen=True, slots=True)
class Spot:
    """``minutes``: the mean wait of ``count`` numbers; ``level``: 0 to 5, how dark it is shown."""

    minutes: float
    count: int
    level: int


@dataclass(frozen=True, slots=True)
class Heat:
    """Mean wait by category (rows: letter, name, a spot an hour) and hour of the clock; None where nobody came."""

    hours: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Spot | None, ...]], ...]


LEVELS = (5, 10, 20, 30, 45)
"""Minutes from which a spot is one darker."""


@dataclass(frozen=True, slots=True)
class Charts:
    """``names``: of the figures drawn, as legends say them. ``shown``: by the id of the place that shows it."""

    names: dict[str, str]
    shown: dict[str, Lines]


_DRAWN = ("issued", "served", "wait_mean", "wait_p50", "wait_p90", "hold_mean")


def _charts(shown: dict[str, Lines]) -> Charts:
    return Charts({code: f"{FIGURES[code].zh} {FIGURES[code].en}" for code in _DRAWN}, shown)


def day_charts(report: DayReport) -> Charts:
    return _charts(
        {
            "hours": _hours(report.hours),
            "categories": _categories(report.categories),
        }
    )


def range_charts(report: RangeReport) -> Charts:
    return _charts(
        {
            "periods": _periods(report.periods),
            "hours": _hours(report.hours),
            "categories": _categories(report.categories),
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


def _categories(rows: Sequence[CategoryRow]) -> Lines:
    taken = [row for row in rows if row.issued or row.hold.count]
    return Lines(
        names=tuple(row.category for row in taken),
        bars=(("issued", tuple(row.issued for row in taken)),),
        lines=(
            ("wait_p50", tuple(row.waits.p50 for row in taken)),
            ("wait_p90", tuple(row.waits.p90 for row in taken)),
            ("hold_mean", tuple(row.hold.mean for row in taken)),
        ),
    )


def heat_of(report: DayReport | RangeReport) -> Heat:
    hours = sorted({cell.hour for cell in report.cells})
    known = {(cell.category, cell.hour): _spot(cell) for cell in report.cells if cell.count}
    letters = {category for category, _ in known}
    return Heat(
        hours=tuple(f"{hour:02d}:00" for hour in hours),
        rows=tuple(
            (row.category, row.zh, tuple(known.get((row.category, hour)) for hour in hours))
            for row in report.categories
            if row.category in letters
        ),
    )


def _spot(cell: Cell) -> Spot:
    mean = round(cell.total_ms / cell.count / MINUTE_MS, 1)
    return Spot(mean, cell.count, sum(mean >= level for level in LEVELS))
