"""What the clock brings about in cases: limits that pass, reminders, deemed acceptance.

Theory. Nothing waits in memory: a view knows when the clock has next something to do in each case, also in those that
nobody loaded for weeks. What is due then is read from the case by its own rules, each command under a name that holds
case, clock and due moment, so that it happens once however often it is asked for; its event is dated by the clock, so
what fell due while the hub was off is written at the start with the moment it fell due. A clock that stepped asks for
nothing until a person confirmed the time.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import cast

from hub.core.hub import HUB, Hub, command_id
from hub.domain.cases.state import Case
from hub.domain.cases.timers import due
from hub.log.entry import LogBroken, NoRoom

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
CASES_A_LOOK = 500
AT_ONCE = 50
"""Cases loaded and asked in one turn of the loop."""

Timed = Callable[[int, int], Sequence[str]]
"""Moment and limit to the ids of cases in which something is due by then, the earliest first, as of the log's end; it
blocks. Raises ``NoRoom`` and ``LogBroken``."""


class CaseClock:
    """``problem``: why it waits, or empty. ``stuck``: commands that were asked for and changed nothing, by name."""

    def __init__(self, hub: Hub, timed: Timed) -> None:
        self._hub = hub
        self._timed = timed
        self.problem = ""
        self.stuck: dict[str, str] = {}

    async def run(self) -> None:
        """Until cancelled. A full disk is waited out; a broken file of views is told and left alone."""
        while True:
            try:
                while await self.look() >= CASES_A_LOOK:
                    pass
                self.problem = ""
            except NoRoom:
                self.problem = "no-room"
            except (LogBroken, sqlite3.Error) as error:
                log.exception("the clock of cases cannot use the views' file")
                self.problem = str(error)
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> int:
        """Submit what is due now; in how many cases it was. What that makes due at once goes with it."""
        hub = self._hub
        if hub.clock_state().frozen or hub.clock.stepped:
            return 0
        held = set(self.stuck.values())
        ids = await asyncio.to_thread(self._timed, hub.now(), CASES_A_LOOK + len(held))
        fresh = [id for id in ids if id not in held][:CASES_A_LOOK]
        for first in range(0, len(fresh), AT_ONCE):
            await asyncio.gather(*(self._ask(id) for id in fresh[first : first + AT_ONCE]))
        return len(fresh)

    async def _ask(self, id: str) -> None:
        hub = self._hub
        case = cast(Case, hub.writer.state(f"case/{id}"))
        asked: set[str] = set()
        while commands := [each for each in due(case, id, hub.today, hub.now()) if each[0] not in asked]:
            for name, command in commands:
                outcome = await hub.submit(command, actor=HUB, key=command_id(name))
                if not outcome.ok and b'"no-room"' in outcome.reply:
                    raise NoRoom(outcome.reply.decode())
                asked.add(name)
            case = cast(Case, hub.writer.state(f"case/{id}"))
        for name, _ in due(case, id, hub.today, hub.now()):
            # it would be due at every look for ever: somebody has to see why its rule does nothing
            if name not in self.stuck:
                log.error("a deadline of a case changes nothing", extra={"facts": {"case": id, "name": name}})
            self.stuck[name] = id
