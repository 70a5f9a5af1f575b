"""What waits while the line is dark, and how long the disk has room for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.log.entry import Batch, Draft, Head
from hub.log.sqlite import SqliteLog
from hub.log.sqlite_reader import SqliteLogReader
from hub.sync.outage import DAY_MS, days_left, outage, position_at
from hub.sync.standing import FeedStanding, LineStanding
from hub.sync.troubles import TROUBLES, words

NOW = 1_795_000_000_000


def days(folder: Path, count: int) -> SqliteLogReader:
    """A log with ten entries a day, the last day being yesterday."""
    log = SqliteLog(folder / "hall.db")
    for day in range(count, 0, -1):
        at = NOW - day * DAY_MS
        drafts = [
            Draft(f"{kind}/{day}-{n}", 1, "odd", at, "hub", bytes(16), b"{}")
            for n in range(5)
            for kind in ("queue", "case")
        ]
        log.append(Batch(drafts, (), (), at))
    log.close()
    return SqliteLogReader(folder / "hall.db")


def test_what_waits_is_counted_by_kind(tmp_path: Path) -> None:
    reader = days(tmp_path, 3)
    line = LineStanding(True, "https://x", "h", FeedStanding(committed=21))
    told = outage(line, tmp_path / "hall.db", reader, NOW)
    assert (told.waits, told.waiting) == ({"case": 5, "queue": 4}, 9)
    assert outage(LineStanding(), tmp_path / "hall.db", reader, NOW).waiting == 0
    reader.close()


def test_room_is_told_in_days_of_the_last_weeks_growth(tmp_path: Path) -> None:
    reader = days(tmp_path, 20)
    size = (tmp_path / "hall.db").stat().st_size
    found = days_left(tmp_path / "hall.db", reader, size, NOW)
    assert found == pytest.approx(20, rel=0.2)
    assert position_at(reader, reader.head(), NOW - 7 * DAY_MS) == 130
    reader.close()


def test_nothing_is_forecast_from_a_log_of_less_than_a_day(tmp_path: Path) -> None:
    reader = days(tmp_path, 1)
    assert days_left(tmp_path / "hall.db", reader, 10**9, NOW - DAY_MS + 1000) is None
    assert position_at(reader, Head(0, bytes(32)), NOW) == 0
    reader.close()


def test_every_trouble_has_words_in_both_tongues() -> None:
    assert all(each.zh and each.en for each in TROUBLES.values())
    assert words("") is None
    assert words("status-418") is not None
