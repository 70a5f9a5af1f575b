"""mosquitto killed again and again under a hall at work: its store is gone each time, no promise is."""

from __future__ import annotations

import asyncio
import random
from contextlib import closing

import pytest

from hub.log.sqlite_file import open_reader

from .book import Book
from .fleet import Fleet, token_for
from .killing import all_printed
from .processes import HubProcess, Mosquitto, environment, free_port, needs_mosquitto
from .waiting import until


@pytest.mark.mosquitto
@needs_mosquitto
async def test_a_broker_that_dies_under_load_takes_no_ticket_with_it(tmp_path):
    chance = random.Random(13)
    log, web = tmp_path / "hall.db", free_port()
    broker = Mosquitto(tmp_path)
    await broker.start()
    fleet, book = Fleet(tmp_path, broker.port, web, token_for(log), chance), Book(log)
    try:
        async with HubProcess.open(tmp_path) as hub:
            assert await hub.start(environment(log, "mosquitto", broker.port, web))
            async with fleet.at_work():
                with closing(open_reader(log)) as db:

                    def from_kiosks() -> int:
                        row = db.execute("SELECT count(*) FROM step WHERE ok").fetchone()
                        return int(row[0])

                    for _ in range(4):
                        seen = from_kiosks()
                        await until(lambda seen=seen: from_kiosks() > seen + 20, 30)
                        await asyncio.sleep(chance.uniform(0, 0.05))
                        await broker.kill()
                        await asyncio.sleep(chance.uniform(0, 0.1))
                        await broker.start()
                await fleet.rest()
                await all_printed(fleet, log)
                await hub.stop()
                book.check_settled(fleet)
    finally:
        await broker.kill()
    assert not fleet.unanswered
    assert set(fleet.refused) <= {"stale"}
