"""How long the disk lasts."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.views.room import ASSUMED, KINDS, Sample, forecast

MB = 1_000_000


def days(*log: int) -> list[Sample]:
    first = date(2026, 11, 1)
    return [Sample(str(first + timedelta(n)), {"log": size}) for n, size in enumerate(log)]


def test_a_hall_nobody_watched_yet_is_assumed_to_be_full() -> None:
    room = forecast([], 10_000 * MB)
    assert room.assumed
    assert room.days == 10_000 * MB // sum(ASSUMED.values())


def test_growth_of_the_last_two_weeks_says_how_long_the_room_lasts() -> None:
    room = forecast(days(0, 10 * MB, 20 * MB, 30 * MB, 40 * MB), 500 * MB)
    assert (room.assumed, room.days, room.level) == (False, 50, "ordinary")
    assert [(share.kind, share.a_day) for share in room.shares if share.a_day] == [("log", 10 * MB)]


def test_weekends_are_part_of_the_pace() -> None:
    assert forecast(days(0, 14 * MB, 28 * MB, 28 * MB, 28 * MB), 70 * MB).days == 10


def test_under_thirty_days_somebody_has_to_see_to_it_and_under_seven_it_is_an_alarm() -> None:
    growing = days(0, 10 * MB, 20 * MB, 30 * MB)
    assert [forecast(growing, free * MB).level for free in (300, 299, 70, 69)] == [
        "ordinary",
        "attention",
        "attention",
        "alarm",
    ]


def test_a_view_that_was_built_anew_is_no_gain_of_room() -> None:
    assert forecast(days(0, 50 * MB, 5 * MB, 10 * MB, 10 * MB), 550 * MB).days == 40


def test_a_hall_that_does_not_grow_lasts_as_long_as_can_be_said() -> None:
    assert forecast(days(5, 5, 5, 5), 1).days == 9_999


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=60),
    st.integers(0, 10**13),
)
def test_more_room_never_lasts_shorter(sizes: list[int], free: int) -> None:
    samples = days(*sizes)
    assert forecast(samples, free).days <= forecast(samples, free + 10**9).days
    assert {share.kind for share in forecast(samples, free).shares} == set(KINDS)
