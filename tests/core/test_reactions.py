"""Reactions react once to everything that is committed, whatever is killed in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.core.clock import ManualClock
from hub.core.hub import Hub, command_id
from hub.core.reactions import Reactions
from hub.domain.devices.commands import RecordPaper
from hub.domain.queue.commands import TakeTicket
from hub.log.cursors import Cursors
from hub.log.entry import NoRoom
from hub.log.memory import MemoryLog
from hub.log.open import open_log
from hub.log.port import Log
from tests.core.writers import MONDAY_AT_TEN, hub_on, types

NOTES = "device/notes"


class Killed(Exception):
    """The process is gone."""


class Dying(Cursors):
    """Cursors whose process is killed at the ``at``-th time it says how far it came."""

    def __init__(self, path: Path | None, at: int) -> None:
        super().__init__(path)
        self.left = at

    def seen(self, follower, entry) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed
        super().seen(follower, entry)


class Notes:
    """Notes down every ticket as another device's paper, which is recorded whenever the level differs."""

    name = "notes"
    version = 1
    types = frozenset({"ticket-issued"})

    def __init__(self, hub: Hub, poison: frozenset[int] = frozenset(), level: str | None = None) -> None:
        self.hub = hub
        self.poison = poison
        self.level = level
        self.asked = 0

    async def react(self, entry):
        if entry.position in self.poison:
            raise ValueError("poison")
        self.asked += 1
        level = self.level or ("low" if entry.version % 2 else "ok")
        return {"": RecordPaper("notes", self.hub.now(), level)}


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    made = MemoryLog() if request.param == "memory" else open_log(f"sqlite:///{tmp_path}/hall.db")
    yield made
    made.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MONDAY_AT_TEN)


async def with_tickets(log: Log, clock: ManualClock, count: int) -> Hub:
    hub = await hub_on(log, clock, always=True)
    for _ in range(count):
        await take(hub)
    return hub


async def take(hub: Hub) -> None:
    assert (await hub.submit(TakeTicket(hub.today, hub.now(), hub.ticket_id(), "A"), actor="test")).ok


def issued(log: Log) -> list[int]:
    return [entry.position for entry in log.read(0, 1000) if entry.type == "ticket-issued"]


async def test_each_entry_makes_its_command_once_with_an_id_of_its_position(log, clock):
    hub = await with_tickets(log, clock, 3)
    reactions = Reactions(hub, log, Cursors(None), [Notes(hub)])
    await reactions.catch_up()
    await reactions.catch_up()
    assert types(log, NOTES) == ["paper-changed"] * 3
    assert [entry.cause for entry in log.read_stream(NOTES)] == [command_id(f"notes:{p}") for p in issued(log)]


async def test_what_came_before_a_restart_is_reacted_to_after_it(log, clock, tmp_path):
    hub = await with_tickets(log, clock, 2)
    cursors = Cursors(tmp_path / "views.db")
    await Reactions(hub, log, cursors, [Notes(hub)]).catch_up()
    await take(hub)
    cursors.close()
    again = await hub_on(log, clock, always=True)
    notes = Notes(again)
    await Reactions(again, log, Cursors(tmp_path / "views.db"), [notes]).catch_up()
    assert notes.asked == 1
    assert types(log, NOTES) == ["paper-changed"] * 3


@pytest.mark.parametrize("at", range(1, 6))
async def test_a_kill_between_the_commit_and_the_cursor_repeats_no_command(log, clock, tmp_path, at):
    hub = await with_tickets(log, clock, 4)
    with pytest.raises(Killed):
        await Reactions(hub, log, Dying(tmp_path / "views.db", at), [Notes(hub)]).catch_up()
    clock.advance(60_000)
    again = await hub_on(log, clock, always=True)
    await Reactions(again, log, Cursors(tmp_path / "views.db"), [Notes(again)]).catch_up()
    assert types(log, NOTES) == ["paper-changed"] * 4
    assert len({entry.cause for entry in log.read_stream(NOTES)}) == 4


async def test_a_lost_file_of_cursors_repeats_no_command(log, clock):
    hub = await with_tickets(log, clock, 4)
    for _ in range(2):
        await Reactions(hub, log, Cursors(None), [Notes(hub)]).catch_up()
    assert types(log, NOTES) == ["paper-changed"] * 4


async def test_a_poison_entry_is_parked_and_the_reaction_goes_on(log, clock):
    hub = await with_tickets(log, clock, 4)
    bad, cursors = issued(log)[1], Cursors(None, now=lambda: 7)
    notes = Notes(hub, frozenset({bad}))
    reactions = Reactions(hub, log, cursors, [notes])
    await reactions.catch_up()
    assert [(each.reader, each.position, each.error) for each in cursors.parked()] == [
        ("notes", bad, "ValueError: poison")
    ]
    assert cursors.position("notes") == log.head().position
    assert notes.asked == 3
    assert await reactions.retry() == 0
    notes.poison = frozenset()
    assert await reactions.retry() == 1
    assert cursors.parked() == []


async def test_a_refused_command_is_parked_with_what_was_refused(log, clock):
    hub = await with_tickets(log, clock, 1)
    cursors = Cursors(None)
    await Reactions(hub, log, cursors, [Notes(hub, level="wet")]).catch_up()
    assert [each.error.partition(":")[0] for each in cursors.parked("notes")] == ["refused"]
    assert "bad-value" in cursors.parked("notes")[0].error


async def test_a_full_disk_is_waited_out(clock):
    log = MemoryLog()
    hub = await with_tickets(log, clock, 2)
    reactions = Reactions(hub, log, Cursors(None), [Notes(hub)])
    log.room = log.head().position + 1
    with pytest.raises(NoRoom):
        await reactions.catch_up()
    log.room = None
    await reactions.catch_up()
    assert types(log, NOTES) == ["paper-changed"] * 2


async def test_a_running_reaction_hears_of_a_new_entry_at_once(log, clock):
    hub = await with_tickets(log, clock, 0)
    reactions = Reactions(hub, log, Cursors(None), [Notes(hub)])
    noted = asyncio.Event()
    hub.listen(lambda batch: noted.set() if batch[-1].entry.stream == NOTES else None)
    running = asyncio.create_task(reactions.run())
    await asyncio.sleep(0)
    await take(hub)
    async with asyncio.timeout(4):
        await noted.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_broken_file_of_cursors_is_told_and_the_hall_goes_on(clock, tmp_path):
    hub = await with_tickets(MemoryLog(), clock, 1)
    cursors = Cursors(tmp_path / "views.db")
    cursors._db.close()
    reactions = Reactions(hub, hub.log, cursors, [Notes(hub)])
    await asyncio.wait_for(reactions.run(), 2)
    assert reactions.problem
    await take(hub)


class Both(Notes):
    """Asks for two commands an entry, in an order that differs."""

    async def react(self, entry):
        self.asked += 1
        pair = {name: RecordPaper(name, self.hub.now(), "low") for name in ("left", "right")}
        return pair if self.asked % 2 else dict(reversed(pair.items()))


async def test_several_commands_of_one_entry_are_each_taken_once_whatever_their_order(log, clock, tmp_path):
    hub = await with_tickets(log, clock, 1)
    for at in (1, 0):
        cursors = Dying(tmp_path / "views.db", at)
        reactions = Reactions(hub, log, cursors, [both := Both(hub)])
        if at:
            cursors.left = 2  # past the entries before the ticket
            with pytest.raises(Killed):
                await reactions.catch_up()
        else:
            both.asked = 1
            await reactions.catch_up()
        cursors.close()
    assert types(log, "device/left") == types(log, "device/right") == ["paper-changed"]
    causes = [entry.cause for name in ("left", "right") for entry in log.read_stream(f"device/{name}")]
    assert causes == [command_id(f"notes:{issued(log)[0]}:{name}") for name in ("left", "right")]
