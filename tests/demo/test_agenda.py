"""Acts happen in the order of their time, in both ways of letting it pass."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import pytest

from hub.core.clock import FastClock, ManualClock
from hub.demo.agenda import Flowing, Stepped


async def test_stepped_acts_happen_at_their_time_one_after_another() -> None:
    clock = ManualClock(1000)
    agenda = Stepped(clock)
    seen: list[tuple[str, int]] = []

    async def act(name: str) -> None:
        seen.append((name, clock.now()))
        await asyncio.sleep(0)
        assert seen[-1][0] == name

    agenda.at(5000, partial(act, "later"))
    agenda.at(2000, partial(act, "first"))
    agenda.at(2000, partial(act, "second"))
    agenda.at(0, partial(act, "past"))
    await agenda.run()
    assert seen == [("past", 1000), ("first", 2000), ("second", 2000), ("later", 5000)]


async def test_devices_settle_before_the_clock_jumps() -> None:
    clock = ManualClock(0)
    settled: list[int] = []

    async def settle() -> None:
        settled.append(clock.now())

    agenda = Stepped(clock, settle)

    async def nothing() -> None:
        pass

    agenda.at(0, nothing)
    agenda.at(10, nothing)
    agenda.at(30, nothing)
    await agenda.run()
    assert settled == [0, 10]


async def test_the_hub_arrives_at_a_time_before_people_do_more() -> None:
    clock = ManualClock(0)
    seen: list[tuple[str, int]] = []

    async def arrived() -> None:
        seen.append(("hub", clock.now()))

    async def act() -> None:
        seen.append(("act", clock.now()))

    agenda = Stepped(clock, arrive=arrived)
    agenda.at(0, act)
    agenda.at(10, act)
    await agenda.run()
    assert seen == [("act", 0), ("hub", 10), ("act", 10)]


@pytest.mark.parametrize("stepped", [True, False])
async def test_an_act_that_fails_is_told_and_the_day_goes_on(stepped: bool, caplog: pytest.LogCaptureFixture) -> None:
    agenda = Stepped(ManualClock(0)) if stepped else Flowing(FastClock(0, 1000))
    seen: list[str] = []

    async def fail() -> None:
        raise RuntimeError("broken")

    async def go_on() -> None:
        seen.append("went on")

    agenda.at(10, fail)
    agenda.at(20, go_on)
    with caplog.at_level(logging.ERROR):
        await agenda.run()
    assert seen == ["went on"]
    assert agenda.failures == 1
    assert "an act of the demo failed" in caplog.text


async def test_flowing_acts_run_side_by_side_and_may_plan_more() -> None:
    agenda = Flowing(FastClock(0, 1000))
    both = asyncio.Barrier(2)
    seen: list[str] = []

    async def meet(name: str) -> None:
        async with asyncio.timeout(5):
            await both.wait()
        seen.append(name)
        if name == "a":
            agenda.at(agenda.now() + 1000, last)

    async def last() -> None:
        seen.append("last")

    agenda.at(100, partial(meet, "a"))
    agenda.at(100, partial(meet, "b"))
    await agenda.run()
    assert sorted(seen[:2]) == ["a", "b"]
    assert seen[2:] == ["last"]


@pytest.mark.parametrize("stepped", [True, False])
async def test_nothing_begins_after_a_stop(stepped: bool) -> None:
    agenda = Stepped(ManualClock(0)) if stepped else Flowing(FastClock(0, 1000))
    seen: list[str] = []

    async def stop() -> None:
        agenda.stop()

    async def never() -> None:
        seen.append("happened")

    agenda.at(10, stop)
    agenda.at(2000, never)
    await agenda.run()
    assert seen == []
