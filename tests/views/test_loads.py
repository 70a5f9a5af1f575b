"""Load per floor against capacity."""

from __future__ import annotations

from hub.domain.queue.load import loads
from hub.views.loads import LoadRow, floor_percent, load_rows, state_of
from tests.views.day import Morning


def _rows(morning: Morning) -> dict[str, LoadRow]:
    rows = load_rows(morning.day, loads(morning.day, morning.now))
    return {f"{row.floors} {row.letters}": row for row in rows}


def test_windows_that_share_lines_stand_in_one_row() -> None:
    morning = Morning()
    morning.open("101", "102", "221")
    for _ in range(6):
        morning.take("A")
    rows = _rows(morning)
    assert set(rows) == {"1 A–D", "1 P", "1 Q", "2 E–K", "2 P", "2 Q", "3 L–O", "3 P"}
    first = rows["1 A–D"]
    assert (first.waiting, first.opened, first.windows, first.words.zh) == (6, 2, 15, "综合窗口")
    assert (rows["2 P"].words.zh, rows["2 P"].percent) == ("出件", 0)
    assert first.more is not None


def test_a_floor_without_an_open_window_is_over_as_soon_as_somebody_waits() -> None:
    morning = Morning()
    assert floor_percent(loads(morning.day, morning.now), 1) == (0, "fits")
    morning.take("A")
    assert floor_percent(loads(morning.day, morning.now), 1) == (None, "over")
    assert floor_percent(loads(morning.day, morning.now), 2) == (0, "fits")


def test_over_is_more_work_than_time_and_near_is_over_four_fifths() -> None:
    assert [state_of(percent) for percent in (0, 80, 81, 100, 101, None)] == [
        "fits",
        "fits",
        "near",
        "near",
        "over",
        "over",
    ]
