"""Ids order by time and are never given twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.core.ids import Ids


@given(st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=300))
def test_ids_rise_whatever_the_clock_does_and_are_16_bytes(steps):
    now = 1_800_000_000_000
    ids = Ids(lambda: now)
    made = []
    for step in steps:
        now += step
        made.append(ids.make())
    assert made == sorted(made)
    assert len({each[:8] for each in made}) == len(made)
    assert {len(each) for each in made} == {16}


def test_more_ids_than_a_millisecond_has_places_for_still_rise():
    ids = Ids(lambda: 1_800_000_000_000)
    made = [ids.make() for _ in range(70_000)]
    assert made == sorted(set(made))


def test_an_id_begins_with_the_time_it_was_made():
    assert int.from_bytes(Ids(lambda: 1_800_000_000_123).make()[:6], "big") == 1_800_000_000_123


def test_two_processes_in_the_same_millisecond_make_different_ids():
    one, other = Ids(lambda: 5), Ids(lambda: 5)
    assert {one.make() for _ in range(100)}.isdisjoint({other.make() for _ in range(100)})
