"""How long something took, many times over: what can be added up again without losing a percentile.

Percentiles are nearest-rank over whole minutes, so those of a year are as exact as those of a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MINUTE_MS = 60_000
LONG_MS = 30 * MINUTE_MS
"""More than that is a long wait."""


@dataclass(frozen=True, slots=True)
class Times:
    """``count`` spells of ``total_ms`` together, ``long`` of them over 30 minutes.

    ``mean`` in minutes to a tenth; ``p50``, ``p90`` and ``longest`` in whole minutes; all four None without a spell.
    ``minutes``: how many spells took so many whole minutes, in pairs, shortest first.
    """

    count: int = 0
    total_ms: int = 0
    long: int = 0
    mean: float | None = None
    p50: int | None = None
    p90: int | None = None
    longest: int | None = None
    minutes: tuple[tuple[int, int], ...] = ()

    @property
    def long_share(self) -> float | None:
        return share(self.long, self.count)


def times_of(spells: Iterable[int]) -> Times:
    """Of spells in ms; a negative one (a clock set back) counts as 0."""
    taken = [max(0, spell) for spell in spells]
    histogram = Counter(spell // MINUTE_MS for spell in taken)
    return times_from(len(taken), sum(taken), sum(spell > LONG_MS for spell in taken), histogram)


def times_from(count: int, total_ms: int, long: int, histogram: Mapping[int, int]) -> Times:
    """``histogram``: whole minutes to how many; their sum is ``count``."""
    if not count:
        return Times()
    minutes = tuple(sorted((minute, many) for minute, many in histogram.items() if many))
    return Times(
        count,
        total_ms,
        long,
        round(total_ms / count / MINUTE_MS, 1),
        _rank(minutes, -(-count * 50 // 100)),
        _rank(minutes, -(-count * 90 // 100)),
        minutes[-1][0],
        minutes,
    )


def _rank(minutes: tuple[tuple[int, int], ...], rank: int) -> int:
    seen = 0
    for minute, many in minutes:
        seen += many
        if seen >= rank:
            return minute
    return minutes[-1][0]


def share(part: int, whole: int) -> float | None:
    """A share from 0 to 1 to four places; None of nothing."""
    return round(part / whole, 4) if whole else None
