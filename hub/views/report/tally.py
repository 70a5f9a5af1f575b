"""A day's report as plain counts that add up: over months and years nothing but sums and whole-minute histograms.

A tally is section → key → a row of counts, whose places ``FIELDS`` names; in a section of times what follows them is
how many took 0, 1, 2 … whole minutes. Rows end with their last count that is not 0 and empty ones are left out, so that
taking a day away leaves no trace of it. (Rows, not mappings: a year is added up five times faster.)
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import astuple, fields
from typing import Final

from hub.views.report.day_report import DayReport, Scores, Totals
from hub.views.report.times import Times, times_from

Row = list[int]
Tally = dict[str, dict[str, Row]]

TOTAL, SCORE, CATEGORY, HOUR, CELL, WINDOW, CLERK, PAUSE, TRANSFER = (
    "total",
    "score",
    "category",
    "hour",
    "cell",
    "window",
    "clerk",
    "pause",
    "transfer",
)
WAIT, WAIT_BY_HOUR, LATER, WALK, SERVICE, HOLD = "wait", "wait-by-hour", "later", "walk", "service", "hold"
ALL: Final = ""
"""The key of the whole hall."""

_SCORES = ("five", "four", "three", "two", "one")
_WORK = ("calls", "finished", "legs", "missed")
_TIMES = ("count", "total_ms", "long")

FIELDS: Mapping[str, tuple[str, ...]] = {
    TOTAL: ("days", *(field.name for field in fields(Totals))),
    SCORE: _SCORES,
    CATEGORY: ("issued", "served", "missed", "abandoned", "expired", "wrong_number"),
    HOUR: ("issued",),
    CELL: ("count", "total_ms", "long"),
    WINDOW: ("open_ms", "paused_ms", "closed_ms", "busy_ms", "busy_open_ms", "serving_ms", *_WORK, *_SCORES),
    CLERK: ("days", "signed_in_ms", "busy_ms", "serving_ms", *_WORK, *_SCORES),
    PAUSE: ("times", "ms"),
    TRANSFER: ("times",),
    **dict.fromkeys((WAIT, WAIT_BY_HOUR, LATER, WALK, SERVICE, HOLD), _TIMES),
}


def tally_of(report: DayReport) -> Tally:
    tally: Tally = {}

    def put(section: str, key: str, row: Row) -> None:
        add(tally, {section: {key: row}})

    put(TOTAL, ALL, [1, *astuple(report.totals)])
    put(SCORE, ALL, _scores(report.scores))
    for key, timed in ((ALL, report), *((row.category, row) for row in report.categories)):
        put(WAIT, key, _times(timed.waits))
        put(LATER, key, _times(timed.later))
        put(WALK, key, _times(timed.walk))
        put(SERVICE, key, _times(timed.service))
        put(HOLD, key, _times(timed.hold))
    for row in report.categories:
        counts = [row.issued, row.served, row.missed, row.abandoned, row.expired, row.wrong_number]
        put(CATEGORY, row.category, counts)
    for hour in report.hours:
        # a doubled hour is one hour of the clock here
        put(HOUR, f"{hour.hour:02d}", [hour.issued])
        put(WAIT_BY_HOUR, f"{hour.hour:02d}", _times(hour.waits))
    for cell in report.cells:
        put(CELL, f"{cell.category} {cell.hour:02d}", [cell.count, cell.total_ms, cell.long])
    for at in report.windows:
        spent = [at.open_ms, at.paused_ms, at.closed_ms, at.busy_ms, at.busy_open_ms, at.serving_ms]
        put(WINDOW, at.window, [*spent, at.calls, at.finished, at.legs, at.missed, *_scores(at.scores)])
        for pause in at.pauses:
            put(PAUSE, pause.reason, [pause.times, pause.ms])
    for who in report.clerks:
        spent = [1, who.signed_in_ms, who.busy_ms, who.serving_ms]
        put(CLERK, who.clerk, [*spent, who.calls, who.finished, who.legs, who.missed, *_scores(who.scores)])
    for reason in report.transfers:
        put(TRANSFER, reason.why, [reason.times])
    return _tidy(tally)


def add(into: Tally, more: Mapping[str, Mapping[str, Row]]) -> None:
    """Add ``more`` to ``into`` in place."""
    for section, rows in more.items():
        here = into.setdefault(section, {})
        for key, row in rows.items():
            mine = here.get(key)
            if mine is None:
                here[key] = list(row)
            elif len(mine) < len(row):
                here[key] = [*map(operator.add, mine, row), *row[len(mine) :]]
            else:
                mine[: len(row)] = map(operator.add, mine, row)


def less(whole: Tally, part: Tally) -> Tally:
    """``whole`` without a ``part`` that was added to it."""
    left: Tally = {section: {key: list(row) for key, row in rows.items()} for section, rows in whole.items()}
    add(
        left, {section: {key: [-count for count in row] for key, row in rows.items()} for section, rows in part.items()}
    )
    return _tidy(left)


def figures_in(tally: Tally, section: str, key: str = ALL) -> dict[str, int]:
    """Every field of the section, 0 for what the tally does not hold."""
    row, names = tally.get(section, {}).get(key, ()), FIELDS[section]
    return dict(zip(names, (*row[: len(names)], *(0,) * (len(names) - len(row))), strict=True))


def times_in(tally: Tally, section: str, key: str = ALL) -> Times:
    row = tally.get(section, {}).get(key, ())
    figures = figures_in(tally, section, key)
    histogram = dict(enumerate(row[len(_TIMES) :]))
    return times_from(figures["count"], figures["total_ms"], figures["long"], histogram)


def scores_in(figures: Mapping[str, int]) -> Scores:
    return Scores(*(figures[name] for name in _SCORES))


def _times(times: Times) -> Row:
    minutes = dict(times.minutes)
    longest = -1 if times.longest is None else times.longest
    return [times.count, times.total_ms, times.long, *(minutes.get(minute, 0) for minute in range(longest + 1))]


def _scores(scores: Scores) -> Row:
    return [scores.five, scores.four, scores.three, scores.two, scores.one]


def _tidy(tally: Tally) -> Tally:
    found: Tally = {}
    for section, rows in tally.items():
        for key, row in rows.items():
            while row and not row[-1]:
                row.pop()
            if row:
                found.setdefault(section, {})[key] = row
    return found
