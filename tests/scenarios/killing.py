"""Rounds of life and death: a hub at work is killed at a commit point, its log is judged, it starts again."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from hub.log.sqlite_file import open_reader

from .book import Book
from .fleet import Fleet, token_for
from .hub_child import POINTS
from .processes import HubProcess, broker_of, environment, free_port
from .waiting import until

ROUNDS_A_LOG = 50
CALLS = {"keys": 10, "keys-after": 10, "answer": 10, "checkpoint": 1, "checkpoint-after": 1}
WEIGHTS = [1 if point.startswith("checkpoint") else 4 for point in POINTS]


@dataclass
class Tally:
    kills: Counter[str] = field(default_factory=Counter[str])
    while_starting: int = 0
    tickets: int = 0
    printed: int = 0
    calls: int = 0
    replayed: int = 0
    entries: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    start_seconds: list[float] = field(default_factory=list[float])


async def rounds(folder: Path, broker: str, count: int, seed: int) -> Tally:
    """``count`` kills; a new log every fifty. Raises ``AssertionError`` with what was lost, doubled or skipped."""
    tally, chance = Tally(), random.Random(seed)
    async with HubProcess.open(folder) as hub:
        for first in range(0, count, ROUNDS_A_LOG):
            place = folder / f"log-{first}"
            place.mkdir()
            async with broker_of(broker, place) as port:
                await _one_log(place, broker, port, hub, min(ROUNDS_A_LOG, count - first), chance, tally)
    return tally


async def _one_log(
    place: Path, broker: str, port: int, hub: HubProcess, count: int, chance: random.Random, tally: Tally
) -> None:
    log, web = place / "hall.db", free_port()
    settings = environment(log, broker, port, web)
    fleet, book = Fleet(place, port, web, token_for(log), chance), Book(log)
    async with fleet.at_work():
        for _ in range(count):
            point = chance.choices(POINTS, WEIGHTS)[0]
            call = chance.randint(1, CALLS.get(point, 40))
            began = time.perf_counter()
            up = await hub.start(settings, point, call)
            if up:
                tally.start_seconds.append(time.perf_counter() - began)
            else:
                tally.while_starting += 1
            if await hub.ended(1.5) is None:
                point = "any"
                hub.kill()
            assert await hub.ended(10) == 9, hub.said()
            tally.kills[point] += 1
            book.check(fleet)
        assert await hub.start(settings)
        await fleet.rest()
        await all_printed(fleet, log)
        await hub.stop()
        book.check_settled(fleet)
    assert not fleet.unanswered
    tally.refused.update(fleet.refused)
    tally.tickets += len(book.issued)
    tally.printed += sum(book.prints.values())
    tally.calls += sum(book.called.values())
    tally.replayed += fleet.replayed
    assert book._head is not None
    tally.entries += book._head.position


async def all_printed(fleet: Fleet, log: Path) -> None:
    """Until every ticket of the kiosks is printed, and the log says so."""
    wanted = sum(len(tickets) for actor, tickets in fleet.tickets.items() if actor != "web")
    with closing(open_reader(log)) as db:
        count = "SELECT count(*) FROM entry WHERE type = 'ticket-printed'"
        await until(lambda: db.execute(count).fetchone()[0] >= wanted, 60, 0.05)
