"""What several days came to together: the day's figures added up, percentiles from whole-minute histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from hub.views.report import tally as t
from hub.views.report.day_report import Cell, Pause, Rates, Reason, Scores, Totals
from hub.views.report.summary import rates_of
from hub.views.report.tally import Tally, scores_in, times_in
from hub.views.report.times import Times, share


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One day (``"2026-11-23"``) or one month (``"2026-11"``) of the range."""

    period: str
    days: int
    issued: int
    served: int
    missed: int
    waits: Times
    satisfaction: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class RangeCategory:
    """As ``CategoryRow`` of a day."""

    category: str
    zh: str
    en: str
    issued: int
    served: int
    missed: int
    abandoned: int
    expired: int
    wrong_number: int
    waits: Times
    later: Times
    walk: Times
    service: Times
    hold: Times


@dataclass(frozen=True, slots=True)
class RangeHour:
    """One hour of the clock, of all days."""

    hour: int
    label: str
    issued: int
    waits: Times


@dataclass(frozen=True, slots=True)
class RangeWindow:
    window: str
    open_ms: int
    paused_ms: int
    closed_ms: int
    busy_ms: int
    busy_open_ms: int
    serving_ms: int
    busy_share: float | None
    calls: int
    finished: int
    legs: int
    missed: int
    scores: Scores
    satisfaction: float | None


@dataclass(frozen=True, slots=True)
class RangeClerk:
    """``days``: on which the clerk was at work."""

    clerk: str
    days: int
    signed_in_ms: int
    busy_ms: int
    serving_ms: int
    calls: int
    finished: int
    legs: int
    missed: int
    scores: Scores
    satisfaction: float | None


@dataclass(frozen=True, slots=True)
class RangeReport:
    """Business days ``begins`` to ``ends``, both included; ``days`` of them are in the log."""

    begins: str
    ends: str
    days: int
    totals: Totals
    rates: Rates
    waits: Times
    later: Times
    walk: Times
    service: Times
    hold: Times
    scores: Scores
    periods: tuple[PeriodRow, ...]
    categories: tuple[RangeCategory, ...]
    hours: tuple[RangeHour, ...]
    cells: tuple[Cell, ...]
    windows: tuple[RangeWindow, ...]
    clerks: tuple[RangeClerk, ...]
    pauses: tuple[Pause, ...]
    transfers: tuple[Reason, ...]


def range_report(
    begins: str,
    ends: str,
    tally: Tally,
    periods: Sequence[tuple[str, Tally]],
    names: Mapping[str, tuple[str, str]],
) -> RangeReport:
    """``periods``: each with its own tally, at least of its totals and waits; ``names`` of categories (zh, en)."""
    whole = tally.get(t.TOTAL, {}).get(t.ALL, {})
    totals, waits, scores = totals_in(tally), times_in(tally, t.WAIT), scores_in(tally.get(t.SCORE, {}).get(t.ALL, {}))
    letters = set(tally.get(t.CATEGORY, {})) | {key for key in tally.get(t.HOLD, {}) if key != t.ALL}
    return RangeReport(
        begins=begins,
        ends=ends,
        days=whole.get("days", 0),
        totals=totals,
        rates=rates_of(totals, waits, scores),
        waits=waits,
        later=times_in(tally, t.LATER),
        walk=times_in(tally, t.WALK),
        service=times_in(tally, t.SERVICE),
        hold=times_in(tally, t.HOLD),
        scores=scores,
        periods=tuple(period_row(name, each) for name, each in periods),
        categories=tuple(_category(tally, letter, names.get(letter, (letter, letter))) for letter in sorted(letters)),
        hours=tuple(
            RangeHour(int(key), f"{key}:00", figures.get("issued", 0), times_in(tally, t.WAIT_BY_HOUR, key))
            for key, figures in sorted(tally.get(t.HOUR, {}).items())
        ),
        cells=tuple(
            Cell(key[:-3], int(key[-2:]), figures.get("count", 0), figures.get("total_ms", 0), figures.get("long", 0))
            for key, figures in sorted(tally.get(t.CELL, {}).items())
        ),
        windows=tuple(_window(number, figures) for number, figures in sorted(tally.get(t.WINDOW, {}).items())),
        clerks=tuple(_clerk(name, figures) for name, figures in sorted(tally.get(t.CLERK, {}).items())),
        pauses=tuple(
            Pause(reason, figures.get("times", 0), figures.get("ms", 0))
            for reason, figures in sorted(tally.get(t.PAUSE, {}).items())
        ),
        transfers=tuple(
            Reason(why, figures.get("times", 0))
            for why, figures in sorted(tally.get(t.TRANSFER, {}).items(), key=lambda each: -each[1].get("times", 0))
        ),
    )


def totals_in(tally: Tally) -> Totals:
    whole = tally.get(t.TOTAL, {}).get(t.ALL, {})
    return Totals(**{field.name: whole.get(field.name, 0) for field in fields(Totals)})


def period_row(name: str, tally: Tally) -> PeriodRow:
    totals, waits, scores = totals_in(tally), times_in(tally, t.WAIT), scores_in(tally.get(t.SCORE, {}).get(t.ALL, {}))
    rates = rates_of(totals, waits, scores)
    days = tally.get(t.TOTAL, {}).get(t.ALL, {}).get("days", 0)
    return PeriodRow(name, days, totals.issued, totals.served, totals.missed, waits, rates.satisfaction, rates.accuracy)


def _category(tally: Tally, letter: str, named: tuple[str, str]) -> RangeCategory:
    counts = tally.get(t.CATEGORY, {}).get(letter, {})
    return RangeCategory(
        category=letter,
        zh=named[0],
        en=named[1],
        issued=counts.get("issued", 0),
        served=counts.get("served", 0),
        missed=counts.get("missed", 0),
        abandoned=counts.get("abandoned", 0),
        expired=counts.get("expired", 0),
        wrong_number=counts.get("wrong_number", 0),
        waits=times_in(tally, t.WAIT, letter),
        later=times_in(tally, t.LATER, letter),
        walk=times_in(tally, t.WALK, letter),
        service=times_in(tally, t.SERVICE, letter),
        hold=times_in(tally, t.HOLD, letter),
    )


def _window(number: str, figures: Mapping[str, int]) -> RangeWindow:
    scores = scores_in(figures)
    return RangeWindow(
        window=number,
        open_ms=figures.get("open_ms", 0),
        paused_ms=figures.get("paused_ms", 0),
        closed_ms=figures.get("closed_ms", 0),
        busy_ms=figures.get("busy_ms", 0),
        busy_open_ms=figures.get("busy_open_ms", 0),
        serving_ms=figures.get("serving_ms", 0),
        busy_share=share(figures.get("busy_open_ms", 0), figures.get("open_ms", 0)),
        calls=figures.get("calls", 0),
        finished=figures.get("finished", 0),
        legs=figures.get("legs", 0),
        missed=figures.get("missed", 0),
        scores=scores,
        satisfaction=share(scores.good, scores.count),
    )


def _clerk(name: str, figures: Mapping[str, int]) -> RangeClerk:
    scores = scores_in(figures)
    return RangeClerk(
        clerk=name,
        days=figures.get("days", 0),
        signed_in_ms=figures.get("signed_in_ms", 0),
        busy_ms=figures.get("busy_ms", 0),
        serving_ms=figures.get("serving_ms", 0),
        calls=figures.get("calls", 0),
        finished=figures.get("finished", 0),
        legs=figures.get("legs", 0),
        missed=figures.get("missed", 0),
        scores=scores,
        satisfaction=share(scores.good, scores.count),
    )
