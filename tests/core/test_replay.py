"""Whatever was done through a hub, its next start knows the same: state equals replay, and views fold to the same."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.orders import open_orders
from hub.core.submission import Command
from hub.domain.devices.commands import RecordOutboxLost, RecordPages, RecordPaper
from hub.domain.hall.commands import NEXT_DAY, NOW, PublishProfile
from hub.domain.hall.registry import Registry, scopes
from hub.domain.queue import commands as c
from hub.domain.queue.state import ACTIVE, QueueDay
from hub.log.chain import verify
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.port import Log
from hub.log.sqlite import SqliteLog
from hub.views.board import board
from hub.views.overview import overview
from tests.core.writers import DAY_MS, MONDAY_AT_TEN, hub_on
from tests.domain.hall.halls import DEFAULT

WINDOWS = ("101", "102", "103", "201", "999")
LETTERS = "ABEPZ"
SMALLER = replace(DEFAULT, windows=tuple(each for each in DEFAULT.windows if each.number != "102"), devices=())
LATER = replace(DEFAULT, policy=replace(DEFAULT.policy, home_credit_minutes=0))

ACTS = (c.RecallTicket, c.StartService, c.FinishService, c.MissTicket, c.ParkTicket, c.OpenWindow, c.PauseWindow)
window = st.sampled_from(WINDOWS)
picked = st.integers(0, 12)
step = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(LETTERS), st.sampled_from([None, "elderly"]), st.booleans()),
    st.tuples(st.just("call"), window),
    st.tuples(st.just("call"), window),
    st.tuples(st.just("act"), st.sampled_from(ACTS), window),
    st.tuples(st.just("act"), st.just(c.FinishService), window),
    st.tuples(st.just("transfer"), window, st.sampled_from(["B", "201", "Z"])),
    st.tuples(st.just("reinstate"), picked),
    st.tuples(st.just("print"), picked, st.sampled_from(["printed", "failed", "unknown"])),
    st.tuples(st.just("reprint"), picked),
    st.tuples(st.just("rate"), picked, st.integers(0, 6)),
    st.tuples(st.just("abandon"), picked),
    st.tuples(st.just("sign-in"), window, st.sampled_from(["li", "wang"])),
    st.tuples(st.just("paper"), st.sampled_from(["p1", "p2"]), st.sampled_from(["ok", "low", "out", "wet"])),
    st.tuples(st.just("lost"), st.integers(0, 3), st.integers(0, 5)),
    st.tuples(st.just("pages"), st.integers(0, 3)),
    st.tuples(st.just("publish"), st.sampled_from([DEFAULT, SMALLER, LATER]), st.sampled_from([NOW, NEXT_DAY])),
    st.tuples(st.just("pass"), st.sampled_from([1, 60_000, 3_600_000])),
    st.tuples(st.just("midnight")),
    st.tuples(st.just("clock"), st.sampled_from([DAY_MS, -DAY_MS])),
    st.tuples(st.just("confirm")),
)
scripts = st.lists(step, max_size=60)


def ticket_of(hub: Hub, index: int) -> str:
    tickets = list(hub.day().tickets)
    return tickets[index % len(tickets)] if tickets else "A001"


def command(hub: Hub, what: tuple[object, ...]) -> Command:
    day, at = hub.today, hub.now()
    match what:
        case ("take", category, priority, phone):
            number = hub.phone("13800001111") if phone else None
            return c.TakeTicket(day, at, hub.ticket_id(), category, 1, priority, number, ("x",), "kiosk-1", "printer-1")
        case ("call", number):
            return c.CallNext(day, at, number)
        case ("act", kind, number):
            return kind(day, at, number)
        case ("transfer", number, to):
            return c.TransferTicket(day, at, number, to, "因为")
        case ("reinstate", index):
            return c.ReinstateTicket(day, at, ticket_of(hub, index), "kiosk-1", "printer-1")
        case ("print", index, state):
            return c.RecordPrint(day, at, ticket_of(hub, index), 0, state)
        case ("reprint", index):
            return c.ReprintTicket(day, at, ticket_of(hub, index), "printer-1")
        case ("rate", index, score):
            return c.RateVisit(day, at, ticket_of(hub, index), score)
        case ("abandon", index):
            return c.AbandonTicket(day, at, ticket_of(hub, index))
        case ("sign-in", number, clerk):
            return c.SignInClerk(day, at, number, clerk)
        case ("paper", device, level):
            return RecordPaper(device, at, level)
        case ("lost", first, last):
            return RecordOutboxLost("p1", at, "e", first, last)
        case ("pages", scan):
            return RecordPages("p2", at, f"s{scan}", ())
        case ("publish", profile, effective):
            return PublishProfile(profile, effective, at)
        case _:
            raise AssertionError(what)


async def play(hub: Hub, clock: ManualClock, script: list[tuple[object, ...]]) -> None:
    waiting = []
    for what in script:
        match what:
            case ("pass", ms):
                clock.advance(ms)
            case ("midnight",):
                await asyncio.gather(*waiting)
                clock.advance(DAY_MS)
                await hub.keep()
            case ("clock", ms):
                clock.step(ms)
                await hub.keep()
            case ("confirm",):
                await hub.confirm_clock("wang")
            case _:
                waiting.append(hub.submit(command(hub, what), actor="test"))
    await asyncio.gather(*waiting)
    for _ in range(5):
        await asyncio.sleep(0)


def same(hub: Hub, log: Log, keys: Keys) -> None:
    """A fresh reading of the log gives every stream's state as the hub holds it."""
    fresh = Hub(log, hub.codec, hub.subjects, ManualClock(0), hub.paths)
    for stream in log.streams(""):
        assert fresh.writer.state(stream) == hub.writer.state(stream), stream
    assert verify(log.read(0, 100_000)).fault is None


def sound(day: QueueDay) -> None:
    """What holds of any day: numbers without a gap, and nobody at two windows."""
    by_letter: dict[str, list[str]] = {}
    for number in day.numbers:
        by_letter.setdefault(number[0], []).append(number)
    for letter, numbers in by_letter.items():
        assert numbers == [f"{letter}{n:03d}" for n in range(1, len(numbers) + 1)]
    active = [each.active for each in day.windows.values() if each.active is not None]
    assert len(active) == len(set(active))
    assert {t.id for t in day.tickets.values() if t.state in ACTIVE} == set(active)


async def judge(log: Log, script: list[tuple[object, ...]]) -> None:
    clock, keys = ManualClock(MONDAY_AT_TEN), Keys(None)
    hub = await hub_on(log, clock, always=True, keys=keys)
    await play(hub, clock, script)
    assert hub.writer.faults == 0
    same(hub, log, keys)
    sound(hub.day())
    again = await hub_on(log, clock, always=True, keys=keys)
    assert again.head() >= hub.head()
    if again.head() == hub.head():
        assert again.day() == hub.day()
        assert again.hall() == hub.hall()
        assert again.clock_state() == hub.clock_state()
        assert again.today == hub.today
    before, after = hub.day_named(again.today), again.day()
    sound(after)
    if again.head() == hub.head():
        assert shown(again, before) == shown(again, after)


def shown(hub: Hub, day: QueueDay) -> object:
    """What pages and devices make of a day."""
    profile, now = hub.profile(), hub.now()
    boards = [board(scope, day, now) for scope in scopes(profile)]
    return boards, overview(day, profile, (), now), open_orders(day, Registry(profile), now)


@given(scripts)
@settings(max_examples=60)
def test_after_any_script_a_fresh_reading_gives_the_same_state(script):
    asyncio.run(judge(MemoryLog(), script))


@given(scripts)
@settings(max_examples=12)
def test_after_any_script_the_log_on_disk_gives_the_same_state(script):
    with tempfile.TemporaryDirectory() as folder, closing(SqliteLog(Path(folder) / "hall.db")) as log:
        asyncio.run(judge(log, script))


@pytest.mark.soak
@given(scripts)
@settings(max_examples=3000)
def test_after_thousands_of_scripts_a_fresh_reading_gives_the_same_state(script):
    asyncio.run(judge(MemoryLog(), script))
