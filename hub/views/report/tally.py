"""A day's report as plain counts that add up: over months and years nothing but sums and whole-minute histograms.

A tally is section → key → figure → count. What is 0 is left out, so subtracting a day leaves no trace of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from hub.views.report.day_report import DayReport, Scores
from hub.views.report.times import Times, times_from

Tally = dict[str, dict[str, dict[str, int]]]

TOTAL, CATEGORY, HOUR, CELL, WINDOW, CLERK, PAUSE, TRANSFER, SCORE = (
    "total",
    "category",
    "hour",
    "cell",
    "window",
    "clerk",
    "pause",
    "transfer",
    "score",
)
WAIT, WAIT_BY_HOUR, LATER, WALK, SERVICE, HOLD = "wait", "wait-by-hour", "later", "walk", "service", "hold"
ALL = ""
"""The key of the whole hall."""

_WINDOW = ("open_ms", "paused_ms", "closed_ms", "busy_ms", "busy_open_ms", "serving_ms")
_CLERK = ("signed_in_ms", "busy_ms", "serving_ms")
_WORK = ("calls", "finished", "legs", "missed")


def tally_of(report: DayReport) -> Tally:
    tally: Tally = {TOTAL: {ALL: {"days": 1, **asdict(report.totals)}}, SCORE: {ALL: _scores(report.scores)}}
    for section, times in (
        (WAIT, report.waits),
        (LATER, report.later),
        (WALK, report.walk),
        (SERVICE, report.service),
        (HOLD, report.hold),
    ):
        _put(tally, section, ALL, _times(times))
    for row in report.categories:
        counts = ("issued", "served", "missed", "abandoned", "expired", "wrong_number")
        _put(tally, CATEGORY, row.category, {name: getattr(row, name) for name in counts})
        for section, times in (
            (WAIT, row.waits),
            (LATER, row.later),
            (WALK, row.walk),
            (SERVICE, row.service),
            (HOLD, row.hold),
        ):
            _put(tally, section, row.category, _times(times))
    for hour in report.hours:
        # a doubled hour is one hour of the clock here
        key = f"{hour.hour:02d}"
        add(tally, {HOUR: {key: {"issued": hour.issued}}, WAIT_BY_HOUR: {key: _times(hour.waits)}})
    for cell in report.cells:
        _put(
            tally,
            CELL,
            f"{cell.category} {cell.hour:02d}",
            {"count": cell.count, "total_ms": cell.total_ms, "long": cell.long},
        )
    for window in report.windows:
        figures = {name: getattr(window, name) for name in (*_WINDOW, *_WORK)}
        _put(tally, WINDOW, window.window, {**figures, **_scores(window.scores)})
        for pause in window.pauses:
            add(tally, {PAUSE: {pause.reason: {"times": pause.times, "ms": pause.ms}}})
    for clerk in report.clerks:
        figures = {name: getattr(clerk, name) for name in (*_CLERK, *_WORK)}
        _put(tally, CLERK, clerk.clerk, {"days": 1, **figures, **_scores(clerk.scores)})
    for reason in report.transfers:
        _put(tally, TRANSFER, reason.why, {"times": reason.times})
    return _without_nothing(tally)


def add(into: Tally, more: Mapping[str, Mapping[str, Mapping[str, int]]], sign: int = 1) -> None:
    """Add ``more`` to ``into`` in place; with ``sign`` -1 take it away. Counts that become 0 go."""
    for section, keys in more.items():
        here = into.setdefault(section, {})
        for key, figures in keys.items():
            mine = here.get(key)
            if mine is None:
                mine = here[key] = {}
            get = mine.get
            for name, count in figures.items():
                mine[name] = get(name, 0) + sign * count
    if sign < 0:
        cleaned = _without_nothing(into)
        into.clear()
        into.update(cleaned)


def times_in(tally: Tally, section: str, key: str = ALL) -> Times:
    figures = tally.get(section, {}).get(key, {})
    histogram = {int(name[1:]): count for name, count in figures.items() if name[0] == "m"}
    return times_from(figures.get("count", 0), figures.get("total_ms", 0), figures.get("long", 0), histogram)


def scores_in(figures: Mapping[str, int]) -> Scores:
    return Scores(*(figures.get(name, 0) for name in ("five", "four", "three", "two", "one")))


def _times(times: Times) -> dict[str, int]:
    """``m12``: how many took 12 whole minutes."""
    figures = {f"m{minute}": count for minute, count in times.minutes}
    return {"count": times.count, "total_ms": times.total_ms, "long": times.long, **figures}


def _scores(scores: Scores) -> dict[str, int]:
    return asdict(scores)


def _put(tally: Tally, section: str, key: str, figures: dict[str, int]) -> None:
    tally.setdefault(section, {})[key] = figures


def _without_nothing(tally: Tally) -> Tally:
    found: Tally = {}
    for section, keys in tally.items():
        for key, figures in keys.items():
            left = {name: count for name, count in figures.items() if count}
            if left:
                found.setdefault(section, {})[key] = left
    return found
