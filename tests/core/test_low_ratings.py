"""A low rating opens exactly one rectification."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hub.core.calendar_source import from_package
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.low_ratings import LowRatings
from hub.core.reactions import Reactions
from hub.domain.queue import commands as c
from hub.domain.ratings.events import RectificationOpened
from hub.log.cursors import Cursors
from hub.log.entry import Batch, Draft
from hub.log.memory import MemoryLog
from hub.log.open import open_log
from tests.core.test_reactions import Dying, Killed
from tests.core.writers import DAY_MS, MONDAY_AT_TEN, hub_on
from tests.domain.hall.halls import DEFAULT

SCORES = (1, 5, 2, 3, 1)


async def do(hub: Hub, command) -> None:
    outcome = await hub.submit(command, actor="test")
    assert outcome.ok, outcome.reply


async def rated(hub: Hub, score: int, window: str = "101", *, phone: bool = False) -> str:
    """A visit from number to rating; its ticket."""
    day, ticket = hub.today, hub.ticket_id()
    await do(hub, c.TakeTicket(day, hub.now(), ticket, "A", phone=hub.phone("13800001111") if phone else None))
    await do(hub, c.CallNext(day, hub.now(), window))
    await do(hub, c.StartService(day, hub.now(), window))
    await do(hub, c.FinishService(day, hub.now(), window))
    await do(hub, c.RateVisit(day, hub.now(), ticket, score))
    return ticket


async def hall(log, clock) -> Hub:
    return await hub_on(log, clock, DEFAULT, from_package(), always=True)


async def staffed(log, clock) -> Hub:
    hub = await hall(log, clock)
    await do(hub, c.OpenWindow(hub.today, hub.now(), "101"))
    await do(hub, c.SignInClerk(hub.today, hub.now(), "101", "li"))
    return hub


def opened(hub: Hub) -> list[RectificationOpened]:
    streams = hub.log.streams("rectification/")
    events = [hub.codec.decode(entry) for stream in streams for entry in hub.log.read_stream(stream)]
    return [event for event in events if isinstance(event, RectificationOpened)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MONDAY_AT_TEN)


async def test_scores_of_one_and_two_open_a_rectification_each_and_no_other_does(clock):
    hub = await staffed(MemoryLog(), clock)
    tickets = [await rated(hub, score) for score in SCORES]
    await Reactions(hub, hub.log, Cursors(None), [LowRatings(hub)]).catch_up()
    assert [event.ticket for event in opened(hub)] == sorted(tickets[n] for n in (0, 2, 4))
    first = opened(hub)[0]
    assert (first.number, first.window, first.clerk, first.score) == ("A001", "101", "li", 1)
    assert (first.due, first.provisional, first.calendar) == ("2026-12-02", False, 1)
    assert (first.day, first.has_phone, first.tries) == ("2026-11-23", False, 1)


async def test_whoever_left_a_phone_can_be_called_back(clock):
    hub = await staffed(MemoryLog(), clock)
    await rated(hub, 1, phone=True)
    await Reactions(hub, hub.log, Cursors(None), [LowRatings(hub)]).catch_up()
    assert [(event.has_phone, event.tries) for event in opened(hub)] == [(True, 3)]


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_kill_between_commit_and_cursor_opens_nothing_twice(kind, at, clock, tmp_path: Path):
    log = MemoryLog() if kind == "memory" else open_log(f"sqlite:///{tmp_path}/hall.db")
    hub = await staffed(log, clock)
    for score in SCORES:
        await rated(hub, score)
    with pytest.raises(Killed):
        await Reactions(hub, log, Dying(tmp_path / "views.db", at), [LowRatings(hub)]).catch_up()
    if kind == "sqlite":
        log.close()
        log = open_log(f"sqlite:///{tmp_path}/hall.db")
    again = await hall(log, clock)
    await Reactions(again, log, Cursors(tmp_path / "views.db"), [LowRatings(again)]).catch_up()
    assert len(opened(again)) == 3
    assert len(again.log.streams("rectification/")) == 3
    log.close()


async def test_a_lost_file_of_cursors_opens_nothing_twice_even_when_outcomes_are_forgotten(clock):
    hub = await staffed(MemoryLog(), clock)
    for score in SCORES:
        await rated(hub, score)
    await Reactions(hub, hub.log, Cursors(None), [LowRatings(hub)]).catch_up()
    hub.log.prune(hub.now() + DAY_MS)
    reactions = Reactions(hub, hub.log, Cursors(None), [LowRatings(hub)])
    await reactions.catch_up()
    assert len(opened(hub)) == 3


async def test_a_rating_of_yesterday_is_opened_today_and_its_day_is_let_go_again(clock):
    hub = await staffed(MemoryLog(), clock)
    await rated(hub, 1)
    clock.advance(DAY_MS)
    await hub.keep()
    assert hub.today == "2026-11-24"
    await Reactions(hub, hub.log, Cursors(None), [LowRatings(hub)]).catch_up()
    assert [event.due for event in opened(hub)] == ["2026-12-02"]
    assert "queue/2026-11-23" not in hub.writer._streams


async def test_a_rating_that_cannot_be_read_is_parked_and_the_next_is_opened(clock):
    log = MemoryLog()
    hub = await staffed(log, clock)
    log.append(
        Batch([Draft("queue/2026-11-20", 1, "visit-rated", 0, "test", b"c" * 16, b'{"no":"ticket"}')], [], [], 0)
    )
    await rated(hub, 1)
    cursors = Cursors(None)
    await Reactions(hub, log, cursors, [LowRatings(hub)]).catch_up()
    assert len(opened(hub)) == 1
    assert len(cursors.parked("low-ratings")) == 1


def test_processes_killed_before_their_cursor_moves_open_one_rectification_a_rating(tmp_path: Path):
    for at in (1, 2, 3, 0):
        child = [sys.executable, "-m", "tests.core.reacting_child", str(tmp_path), "2" if at else "0", str(at)]
        done = subprocess.run(child, cwd=Path(__file__).parents[2], check=False, timeout=60)
        assert done.returncode == (-signal.SIGKILL if at else 0)
    with closing(open_log(f"sqlite:///{tmp_path}/hall.db")) as log:
        entries = log.read(0, 1000)
    rated_low = [entry for entry in entries if entry.type == "visit-rated"]
    openings = [entry.stream for entry in entries if entry.type == "rectification-opened"]
    assert len(rated_low) == 6
    assert len(openings) == len(set(openings)) == 6
