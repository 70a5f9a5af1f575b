"""What several days came to together: the day's figures added up, percentiles from whole-minute histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from hub.views.report import tally as t
from hub.views.report.day_report import CategoryRow, Cell, Pause, Rates, Reason, Scores, Totals
from hub.views.report.summary import rates_of
from hub.views.report.tally import Tally, figures_in, scores_in, times_in
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
    categories: tuple[CategoryRow, ...]
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
    totals, waits, scores = totals_in(tally), times_in(tally, t.WAIT), scores_in(figures_in(tally, t.SCORE))
    letters = set(tally.get(t.CATEGORY, {})) | {key for key in tally.get(t.HOLD, {}) if key != t.ALL}
    return RangeReport(
        begins=begins,
        ends=ends,
        days=figures_in(tally, t.TOTAL)["days"],
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
            RangeHour(
                int(key), f"{key}:00", figures_in(tally, t.HOUR, key)["issued"], times_in(tally, t.WAIT_BY_HOUR, key)
            )
            for key in sorted(tally.get(t.HOUR, {}))
        ),
        cells=tuple(
            Cell(key[:-3], int(key[-2:]), **figures_in(tally, t.CELL, key)) for key in sorted(tally.get(t.CELL, {}))
        ),
        windows=tuple(
            _window(number, figures_in(tally, t.WINDOW, number)) for number in sorted(tally.get(t.WINDOW, {}))
        ),
        clerks=tuple(_clerk(name, figures_in(tally, t.CLERK, name)) for name in sorted(tally.get(t.CLERK, {}))),
        pauses=tuple(Pause(reason, **figures_in(tally, t.PAUSE, reason)) for reason in sorted(tally.get(t.PAUSE, {}))),
        transfers=tuple(
            Reason(why, **figures_in(tally, t.TRANSFER, why))
            for why, _ in sorted(tally.get(t.TRANSFER, {}).items(), key=lambda each: (-each[1][0], each[0]))
        ),
    )


def totals_in(tally: Tally) -> Totals:
    whole = figures_in(tally, t.TOTAL)
    return Totals(**{field.name: whole[field.name] for field in fields(Totals)})


def period_row(name: str, tally: Tally) -> PeriodRow:
    totals, waits, scores = totals_in(tally), times_in(tally, t.WAIT), scores_in(figures_in(tally, t.SCORE))
    rates = rates_of(totals, waits, scores)
    days = figures_in(tally, t.TOTAL)["days"]
    return PeriodRow(name, days, totals.issued, totals.served, totals.missed, waits, rates.satisfaction, rates.accuracy)


def _category(tally: Tally, letter: str, named: tuple[str, str]) -> CategoryRow:
    return CategoryRow(
        category=letter,
        zh=named[0],
        en=named[1],
        **figures_in(tally, t.CATEGORY, letter),
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
        open_ms=figures["open_ms"],
        paused_ms=figures["paused_ms"],
        closed_ms=figures["closed_ms"],
        busy_ms=figures["busy_ms"],
        busy_open_ms=figures["busy_open_ms"],
        serving_ms=figures["serving_ms"],
        busy_share=share(figures["busy_open_ms"], figures["open_ms"]),
        calls=figures["calls"],
        finished=figures["finished"],
        legs=figures["legs"],
        missed=figures["missed"],
        scores=scores,
        satisfaction=share(scores.good, scores.count),
    )


def _clerk(name: str, figures: Mapping[str, int]) -> RangeClerk:
    scores = scores_in(figures)
    return RangeClerk(
        clerk=name,
        days=figures["days"],
        signed_in_ms=figures["signed_in_ms"],
        busy_ms=figures["busy_ms"],
        serving_ms=figures["serving_ms"],
        calls=figures["calls"],
        finished=figures["finished"],
        legs=figures["legs"],
        missed=figures["missed"],
        scores=scores,
        satisfaction=share(scores.good, scores.count),
    )
