"""The reports as tables: the same ones on pages, in spreadsheets, in CSV and on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.views.report.day_report import Cell, ClerkRow, DayReport, Scores, WindowRow
from hub.views.report.figures import FIGURES
from hub.views.report.range_report import RangeClerk, RangeReport, RangeWindow
from hub.views.report.times import MINUTE_MS, Times
from hub.views.words import Words

Value = str | int | float | None
"""A name, a count, minutes or a share; ms never leave the report as such."""


@dataclass(frozen=True, slots=True)
class Table:
    """``keys``: what the first columns are called; ``columns``: figures of ``figures.py``. ``note``: how rows count.

    A ``single`` table is one row of the whole hall, read downwards.
    """

    id: str
    words: Words
    note: Words
    keys: tuple[Words, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    single: bool = False

    @property
    def said(self) -> list[list[str]]:
        """The rows as people read them."""
        units = [*("text" for _ in self.keys), *(FIGURES[code].unit for code in self.columns)]
        return [[said(value, unit) for value, unit in zip(row, units, strict=True)] for row in self.rows]


def said(value: Value, unit: str) -> str:
    """``–`` for None, shares as percents to a tenth, durations in whole minutes."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{value * 100:.1f}%"
    return f"{value:.0f}" if unit == "duration" else str(value)


_CATEGORY = (Words("类别", "category"), Words("名称", "name"))
_HOUR = Words("时段", "hour")
_WINDOW = Words("窗口", "window")
_CLERK = Words("人员", "clerk")
_REASON = Words("原因", "reason")

TOTALS = (
    *("issued", "served", "abandoned", "void", "expired", "under_way"),
    *("hand", "appointments", "priority", "late", "several", "called"),
    *("missed", "missed_times", "reinstated", "reinstated_times"),
    *("transferred", "transferred_times", "wrong_number", "parked"),
    *("accuracy", "one_window", "one_window_several"),
    *("waits", "wait_mean", "wait_p50", "wait_p90", "wait_longest", "long", "long_share"),
    *("later_waits", "later_mean", "services", "hold_mean", "walk_mean", "service_mean"),
    *("rated", "score_5", "score_4", "score_3", "score_2", "score_1", "satisfaction", "rated_share"),
)
_WAITS = ("waits", "wait_mean", "wait_p50", "wait_p90", "wait_longest", "long", "long_share")
_WORK = ("calls", "finished", "legs", "missed_here", "rated", "satisfaction")


def day_tables(report: DayReport) -> tuple[Table, ...]:
    windows = tuple((row.window, *_window(row)) for row in report.windows)
    clerks = tuple(
        (
            row.clerk,
            minutes(row.signed_in_ms),
            " ".join(f"{seat.window}({minutes(seat.ms):.0f})" for seat in row.seats),
            *_clerk(row),
        )
        for row in report.clerks
    )
    pauses = tuple(
        (row.window, pause.reason, pause.times, minutes(pause.ms)) for row in report.windows for pause in row.pauses
    )
    return (
        *_common(report),
        Table(
            "hours",
            Words("时段", "Hours"),
            Words("按取号的钟点", "by the hour in which the number was taken"),
            (_HOUR,),
            ("issued", *_WAITS),
            tuple((row.label, row.issued, *_waits(row.waits)) for row in report.hours),
        ),
        _windows(windows),
        Table(
            "pauses",
            Words("暂停", "Pauses"),
            Words("按窗口和原因", "by window and reason"),
            (_WINDOW, _REASON),
            ("pause_times", "paused"),
            pauses,
        ),
        Table(
            "clerks",
            Words("人员", "Clerks"),
            Words("顶岗时按谁在岗计", "a hand-over divides the time between both"),
            (_CLERK,),
            ("signed_in", "at_windows", "busy", "serving", *_WORK),
            clerks,
        ),
        *_ends(report),
    )


def range_tables(report: RangeReport) -> tuple[Table, ...]:
    return (
        *_common(report),
        Table(
            "hours",
            Words("时段", "Hours"),
            Words("所有天中按取号的钟点", "of all days, by the hour in which the number was taken"),
            (_HOUR,),
            ("issued", *_WAITS),
            tuple((row.label, row.issued, *_waits(row.waits)) for row in report.hours),
        ),
        Table(
            "periods",
            Words("逐期", "Periods"),
            Words("逐日或逐月", "day by day, or month by month"),
            (Words("期间", "period"),),
            ("days", "issued", "served", "missed", *_WAITS, "accuracy", "satisfaction"),
            tuple(
                (
                    row.period,
                    row.days,
                    row.issued,
                    row.served,
                    row.missed,
                    *_waits(row.waits),
                    row.accuracy,
                    row.satisfaction,
                )
                for row in report.periods
            ),
        ),
        _windows(tuple((row.window, *_window(row)) for row in report.windows)),
        Table(
            "pauses",
            Words("暂停", "Pauses"),
            Words("按原因", "by reason"),
            (_REASON,),
            ("pause_times", "paused"),
            tuple((pause.reason, pause.times, minutes(pause.ms)) for pause in report.pauses),
        ),
        Table(
            "clerks",
            Words("人员", "Clerks"),
            Words("顶岗时按谁在岗计", "a hand-over divides the time between both"),
            (_CLERK,),
            ("days", "signed_in", "busy", "serving", *_WORK),
            tuple((row.clerk, row.days, minutes(row.signed_in_ms), *_clerk(row)) for row in report.clerks),
        ),
        *_ends(report),
    )


def minutes(ms: float) -> float:
    """To a tenth."""
    return round(ms / MINUTE_MS, 1)


def cell_rows(cells: Iterable[Cell]) -> tuple[tuple[Value, ...], ...]:
    return tuple(
        (cell.category, f"{cell.hour:02d}:00", cell.count, minutes(cell.total_ms / cell.count), cell.long)
        if cell.count
        else (cell.category, f"{cell.hour:02d}:00", 0, None, cell.long)
        for cell in cells
    )


def _common(report: DayReport | RangeReport) -> tuple[Table, ...]:
    return (
        Table(
            "totals", Words("合计", "Totals"), Words("全大厅", "the whole hall"), (), TOTALS, (_totals(report),), True
        ),
        Table(
            "categories",
            Words("类别", "Categories"),
            Words("按取号时的类别；续办按续办的类别", "by the category taken; later waits by that of the next part"),
            _CATEGORY,
            ("issued", "served", "missed", "abandoned", "expired", "wrong_number", *_WAITS, *_LATER),
            tuple(
                (
                    row.category,
                    row.zh,
                    row.issued,
                    row.served,
                    row.missed,
                    row.abandoned,
                    row.expired,
                    row.wrong_number,
                    *_waits(row.waits),
                    row.later.count,
                    row.later.mean,
                )
                for row in report.categories
            ),
        ),
        Table(
            "services",
            Words("办理", "Services"),
            Words("按办理时的类别", "by the category at the window"),
            _CATEGORY,
            ("services", "hold_mean", "hold_p50", "hold_p90", "walk_mean", "service_mean", "service_p90"),
            tuple(
                (
                    row.category,
                    row.zh,
                    row.hold.count,
                    row.hold.mean,
                    row.hold.p50,
                    row.hold.p90,
                    row.walk.mean,
                    row.service.mean,
                    row.service.p90,
                )
                for row in report.categories
            ),
        ),
    )


_LATER = ("later_waits", "later_mean")


def _ends(report: DayReport | RangeReport) -> tuple[Table, ...]:
    rated = [("窗口 window", row.window, row.scores) for row in report.windows]
    rated += [("人员 clerk", row.clerk, row.scores) for row in report.clerks]
    return (
        Table(
            "ratings",
            Words("评价", "Ratings"),
            Words("收到过评价的窗口和人员", "windows and clerks that were rated"),
            (Words("对象", "of"), Words("名称", "name")),
            ("rated", "score_5", "score_4", "score_3", "score_2", "score_1", "satisfaction"),
            tuple((kind, name, *_scores(scores)) for kind, name, scores in rated if scores.count),
        ),
        Table(
            "transfers",
            Words("转窗原因", "Reasons of transfers"),
            Words("按登记的原因", "by the reason given"),
            (_REASON,),
            ("transferred_times",),
            tuple((reason.why, reason.times) for reason in report.transfers),
        ),
        Table(
            "cells",
            Words("类别与时段", "Categories by hour"),
            Words("按取号时的类别和钟点", "by the category and the hour in which the number was taken"),
            (_CATEGORY[0], _HOUR),
            ("waits", "wait_mean", "long"),
            cell_rows(report.cells),
        ),
    )


def _windows(rows: tuple[tuple[Value, ...], ...]) -> Table:
    return Table(
        "windows",
        Words("窗口", "Windows"),
        Words("时间为分钟", "times in minutes"),
        (_WINDOW,),
        ("open", "paused", "closed", "busy", "serving", "busy_share", *_WORK),
        rows,
    )


def _totals(report: DayReport | RangeReport) -> tuple[Value, ...]:
    known: dict[str, Value] = {
        "accuracy": report.rates.accuracy,
        "one_window": report.rates.one_window,
        "one_window_several": report.rates.one_window_several,
        **dict(zip(_WAITS, _waits(report.waits), strict=True)),
        "later_waits": report.later.count,
        "later_mean": report.later.mean,
        "services": report.hold.count,
        "hold_mean": report.hold.mean,
        "walk_mean": report.walk.mean,
        "service_mean": report.service.mean,
        "rated": report.scores.count,
        "score_5": report.scores.five,
        "score_4": report.scores.four,
        "score_3": report.scores.three,
        "score_2": report.scores.two,
        "score_1": report.scores.one,
        "satisfaction": report.rates.satisfaction,
        "rated_share": report.rates.rated_share,
    }
    return tuple(known[code] if code in known else getattr(report.totals, code) for code in TOTALS)


def _waits(waits: Times) -> tuple[Value, ...]:
    return (waits.count, waits.mean, waits.p50, waits.p90, waits.longest, waits.long, waits.long_share)


def _window(row: WindowRow | RangeWindow) -> tuple[Value, ...]:
    return (
        minutes(row.open_ms),
        minutes(row.paused_ms),
        minutes(row.closed_ms),
        minutes(row.busy_ms),
        minutes(row.serving_ms),
        row.busy_share,
        *_work(row),
    )


def _clerk(row: ClerkRow | RangeClerk) -> tuple[Value, ...]:
    return (minutes(row.busy_ms), minutes(row.serving_ms), *_work(row))


def _work(row: WindowRow | RangeWindow | ClerkRow | RangeClerk) -> tuple[Value, ...]:
    return (row.calls, row.finished, row.legs, row.missed, row.scores.count, row.satisfaction)


def _scores(scores: Scores) -> tuple[Value, ...]:
    whole = scores.count
    good = round(scores.good / whole, 4) if whole else None
    return (whole, scores.five, scores.four, scores.three, scores.two, scores.one, good)
