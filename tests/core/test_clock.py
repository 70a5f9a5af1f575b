"""Clocks: what a step of the wall clock changes, and what it does not."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.clock import FastClock, ManualClock, SystemClock, TrustedClock

NOON = 1_800_000_000_000
LIMIT = 300_000
DAY = 86_400_000


def clocks() -> tuple[ManualClock, TrustedClock]:
    clock = ManualClock(NOON)
    return clock, TrustedClock(clock)


@pytest.mark.parametrize("step", [LIMIT, -LIMIT, 1000, -1])
def test_a_small_step_is_time_synchronisation_and_is_followed(step):
    clock, trusted = clocks()
    clock.step(step)
    assert trusted.now() == NOON + step
    assert trusted.stepped == 0


@pytest.mark.parametrize("step", [LIMIT + 1, -LIMIT - 1, DAY, -DAY])
def test_a_large_step_is_not_followed_and_time_goes_on(step):
    clock, trusted = clocks()
    clock.step(step)
    clock.advance(5000)
    assert trusted.now() == NOON + 5000
    assert trusted.stepped == step
    clock.advance(DAY)
    assert trusted.now() == NOON + 5000 + DAY


def test_a_step_undone_is_over():
    clock, trusted = clocks()
    clock.step(DAY)
    assert trusted.now() == NOON
    clock.step(-DAY)
    assert trusted.now() == NOON
    assert trusted.stepped == 0


def test_a_confirmed_clock_is_followed_from_then_on():
    clock, trusted = clocks()
    clock.step(-DAY)
    trusted.now()
    trusted.confirm()
    assert trusted.now() == NOON - DAY
    assert trusted.stepped == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(-DAY, DAY)), max_size=30))
def test_trusted_time_never_moves_by_more_than_the_limit_beyond_what_passed(moves):
    clock, trusted = clocks()
    for passes, ms in moves:
        before = trusted.now()
        if passes:
            clock.advance(abs(ms))
        else:
            clock.step(ms)
        passed = abs(ms) if passes else 0
        assert abs(trusted.now() - before - passed) <= LIMIT


@given(st.lists(st.integers(-LIMIT, LIMIT), max_size=20))
def test_a_slowly_corrected_clock_is_always_followed(steps):
    clock, trusted = clocks()
    for step in steps:
        clock.advance(1000)
        clock.step(step)
        assert trusted.now() == clock.now()


# -- over a restart -------------------------------------------------------------------------------------------------


def test_after_a_restart_a_later_clock_is_believed():
    _, trusted = clocks()
    trusted.not_before(NOON - 3 * DAY)
    assert trusted.now() == NOON
    assert not trusted.stepped


def test_a_clock_set_back_over_a_restart_is_a_step():
    _, trusted = clocks()
    trusted.not_before(NOON + DAY)
    assert trusted.now() == NOON + DAY
    assert trusted.stepped == -DAY


def test_a_clock_known_to_stand_ahead_still_does_after_a_restart():
    clock, trusted = clocks()
    trusted.not_before(NOON - DAY - 1000, DAY)
    assert trusted.now() == NOON - DAY
    assert trusted.stepped == DAY
    clock.step(-DAY)
    assert trusted.now() == NOON - DAY
    assert trusted.stepped == 0


def test_a_clock_set_right_while_the_hub_was_off_is_believed():
    _, trusted = clocks()
    trusted.not_before(NOON - 1000, DAY)
    assert trusted.now() == NOON
    assert not trusted.stepped


def test_a_clock_known_to_stand_behind_still_does_after_a_restart():
    _, trusted = clocks()
    trusted.not_before(NOON + DAY - 60_000, -DAY)
    assert trusted.now() == NOON + DAY
    assert trusted.stepped == -DAY


# -- the clocks themselves ---------------------------------------------------------------------------------------


async def test_a_manual_clock_wakes_who_sleeps_when_the_time_has_passed_not_when_it_is_stepped():
    clock = ManualClock(NOON)
    sleeper = asyncio.create_task(clock.sleep(1000))
    await asyncio.sleep(0)
    clock.step(DAY)
    clock.advance(999)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(1)
    await sleeper


async def test_a_fast_clock_runs_at_its_speed():
    clock = FastClock(NOON, 1000)
    await clock.sleep(20_000)
    assert NOON + 20_000 <= clock.now() < NOON + 20_000_000
    assert clock.monotonic() >= 20_000


async def test_the_system_clock_is_that_of_the_system():
    clock = SystemClock()
    before, mono = clock.now(), clock.monotonic()
    await clock.sleep(-5)
    await clock.sleep(2)
    assert before <= clock.now() < before + 60_000
    assert clock.monotonic() - mono >= 1


async def test_a_fast_clock_that_is_advanced_wakes_who_sleeps_over_it_and_is_no_step() -> None:
    clock = FastClock(NOON, 1.0)
    trusted = TrustedClock(clock)
    sleeping = asyncio.create_task(clock.sleep(3 * DAY))
    await asyncio.sleep(0)
    clock.advance(2 * DAY)
    await asyncio.sleep(0)
    assert not sleeping.done()
    clock.advance(DAY)
    async with asyncio.timeout(2):
        await sleeping
    assert trusted.now() >= NOON + 3 * DAY
    assert trusted.stepped == 0
