"""How many days the disk lasts: a pure forecast from daily samples, per kind of data."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from hub.views.words import Words

DAYS_KEPT: Final = 60
OVER_DAYS: Final = 14
"""The forecast looks at the growth of the last two weeks, weekends included."""
LEAST_DAYS: Final = 3
ENOUGH_DAYS: Final = 30
"""A line may be away for weeks: below that somebody has to see to it."""
FEW_DAYS: Final = 7

KINDS: Final[Mapping[str, Words]] = {
    "log": Words("日志", "log"),
    "files": Words("材料文件", "files"),
    "views": Words("查询索引", "views"),
    "other": Words("密钥、账号、消息", "keys, accounts, messages"),
}
ASSUMED: Final[Mapping[str, int]] = {"log": 40_000_000, "files": 60_000_000, "views": 25_000_000, "other": 500_000}
"""Bytes a day of a full hall (58 windows, 33,000 entries), until there are samples of this one."""


class Sample(msgspec.Struct, frozen=True):
    """Bytes on the disk by kind, at the end of a day (``YYYY-MM-DD``) or so far."""

    day: str
    bytes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Share:
    """One kind: bytes now, and how many it grows by a day."""

    kind: str
    words: Words
    bytes: int
    a_day: int


@dataclass(frozen=True, slots=True)
class Room:
    """``days``: how long ``free`` (what the hub may still fill) lasts. ``assumed``: by a full hall's figures, since
    this one has not been watched for three days. ``level``: ordinary, attention (under 30 days) or alarm (under 7).
    """

    free: int
    days: int
    assumed: bool
    level: str
    shares: tuple[Share, ...]


def forecast(samples: Sequence[Sample], free: int) -> Room:
    """``samples`` in order of their days; ``free`` in bytes. What shrank (a view built anew) counts as no growth."""
    window = [each for each in samples if _apart(each.day, samples[-1].day) <= OVER_DAYS] if samples else []
    days = _apart(window[0].day, window[-1].day) if window else 0
    assumed = days < LEAST_DAYS
    now = window[-1].bytes if window else {}
    shares: list[Share] = []
    for kind, words in KINDS.items():
        grown = sum(
            max(0, later.bytes.get(kind, 0) - earlier.bytes.get(kind, 0))
            for earlier, later in itertools.pairwise(window)
        )
        shares.append(Share(kind, words, now.get(kind, 0), ASSUMED[kind] if assumed else round(grown / days)))
    a_day = sum(share.a_day for share in shares)
    left = 9_999 if a_day == 0 else min(9_999, max(0, free) // a_day)
    level = "alarm" if left < FEW_DAYS else "attention" if left < ENOUGH_DAYS else "ordinary"
    return Room(free, left, assumed, level, tuple(shares))


def _apart(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
