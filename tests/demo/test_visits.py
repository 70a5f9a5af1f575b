"""The plan of visits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.calendar_source import from_package
from hub.core.profile_file import default_profile, load
from hub.demo.visits import that_fit, visits_of
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for

MONDAY = "2026-11-23"
SMALL = Path(__file__).with_name("small.toml")
PHONE = default_profile().hall.phone


def plan_of(day: str = MONDAY, *, always: bool = False) -> DayPlan:
    return plan_for(default_profile(), 1, CalendarVersion(1, from_package()), day, always)


PLAN = plan_of()


def test_the_same_seed_gives_the_same_visits() -> None:
    assert visits_of(PLAN, PHONE, 7, 300) == visits_of(PLAN, PHONE, 7, 300)


def test_another_seed_gives_other_visits() -> None:
    assert visits_of(PLAN, PHONE, 7, 300) != visits_of(PLAN, PHONE, 8, 300)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 400))
def test_every_visit_comes_in_turn_while_numbers_are_issued(seed: int, count: int) -> None:
    visits = visits_of(PLAN, PHONE, seed, count)
    assert len(visits) == count
    assert [visit.at for visit in visits] == sorted(visit.at for visit in visits)
    assert PLAN.issuing_from is not None
    assert PLAN.closes is not None
    turns: dict[str, int] = {}
    for index, visit in enumerate(visits):
        assert visit.index == index
        assert PLAN.issuing_from <= visit.at < PLAN.closes
        assert visit.turn == turns.get(visit.category, 0)
        turns[visit.category] = visit.turn + 1
        queue = next(queue for queue in PLAN.queues if queue.letter == visit.category)
        assert visit.floor in queue.floors
        assert visit.meant is None or visit.meant != visit.category
        assert not (visit.back_after is not None and visit.shows_up)
        assert 30_000 <= visit.held <= 180 * 60_000


def test_a_normal_day_has_all_kinds_of_people() -> None:
    visits = visits_of(PLAN, PHONE, 1, 900)
    assert {visit.category for visit in visits} == {queue.letter for queue in PLAN.queues}
    assert 0.02 < sum(not visit.shows_up for visit in visits) / 900 < 0.12
    assert 0.3 < sum(visit.score is not None for visit in visits) / 900 < 0.5
    assert any(visit.priority == "elderly" and visit.phone is None for visit in visits)
    assert any(visit.meant for visit in visits)
    assert any(visit.copy_after for visit in visits)
    assert any(visit.over_http for visit in visits)


def test_phones_fit_the_hall_or_are_left_out() -> None:
    assert all(visit.phone is None for visit in visits_of(PLAN, "[0-9]{3}", 1, 50))
    assert any(visit.phone for visit in visits_of(PLAN, r"(\+48)?[0-9]{9}", 1, 50))


def test_a_day_without_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="hours"):
        visits_of(plan_of(always=True), PHONE, 1, 10)


def test_the_small_hall_of_these_tests_may_be_published() -> None:
    assert len(load(SMALL.read_text(encoding="utf-8")).windows) == 3


ITEMS = {letter: (f"{letter}01", f"{letter}02") for letter in "ABCDEFGHIJKLMNO"}


def test_people_say_what_they_came_for_and_some_come_for_two_things() -> None:
    visits = visits_of(PLAN, PHONE, 3, 2000, ITEMS)
    plain = visits_of(PLAN, PHONE, 3, 2000)
    assert [(v.at, v.category, v.phone) for v in visits] == [(v.at, v.category, v.phone) for v in plain]
    named = [visit for visit in visits if visit.errand.items]
    two = [visit for visit in named if visit.errand.also]
    assert 0.3 < len(named) / len(visits) < 0.5
    assert 0.05 < len(two) / len(visits) < 0.12
    for visit in two:
        assert {code[0] for code in visit.errand.items} == {visit.category, *visit.errand.also}
    floors = {queue.letter: queue.floors for queue in PLAN.queues}
    same = [visit for visit in two if visit.floor in floors[visit.errand.also[0]]]
    assert 0 < len(same) < len(two), "some can do both at one window, others go on to another floor"


def test_some_have_an_appointment_near_the_time_they_come() -> None:
    booked = [visit for visit in visits_of(PLAN, PHONE, 3, 2000) if visit.errand.slot is not None]
    assert 0.02 < len(booked) / 2000 < 0.06
    assert all(-6.1 * 60_000 <= (visit.errand.slot or 0) - visit.at <= 14.1 * 60_000 for visit in booked)


def test_on_a_crowded_day_matters_are_short_enough_for_the_windows_there_are() -> None:
    usual, crowded = visits_of(PLAN, PHONE, 3, 900), visits_of(PLAN, PHONE, 3, 4000)
    assert that_fit(usual, PLAN) == usual
    fitting = that_fit(crowded, PLAN)
    assert len(fitting) == 4000
    assert PLAN.opens is not None
    assert PLAN.closes is not None
    assert sum(visit.held for visit in fitting) < 58 * (PLAN.closes - PLAN.opens)
