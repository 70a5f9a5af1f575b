"""What the clock brings about in consultations: a limit that passed unanswered is put on record, once, dated right."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence

from hub.core.hub import HUB, Hub, command_id
from hub.domain.consultations.commands import MarkConsultationOverdue
from hub.log.entry import LogBroken, NoRoom

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 5.0
A_LOOK = 200

Timed = Callable[[int, int], Sequence[tuple[str, int]]]
"""Moment and limit to ids and due moments of what is overdue and not on record; it blocks."""


class ConsultationClock:
    """A clock that stepped asks for nothing until a person confirmed the time. ``problem``: why it waits, or empty."""

    def __init__(self, hub: Hub, timed: Timed) -> None:
        self._hub = hub
        self._timed = timed
        self.problem = ""

    async def run(self) -> None:
        """Until cancelled. A full disk is waited out; a broken file of views is told and left alone."""
        while True:
            try:
                await self.look()
                self.problem = ""
            except NoRoom:
                self.problem = "no-room"
            except (LogBroken, sqlite3.Error) as error:
                log.exception("the clock of consultations cannot use the views' file")
                self.problem = str(error)
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> int:
        """Mark what is due now; how many it was. Raises ``NoRoom``, ``LogBroken``."""
        hub = self._hub
        if hub.clock_state().frozen or hub.clock.stepped:
            return 0
        found = await asyncio.to_thread(self._timed, hub.now(), A_LOOK)
        for id, due_at in found:
            overdue = MarkConsultationOverdue(id, hub.now(), due_at)
            outcome = await hub.submit(overdue, actor=HUB, key=command_id(f"consultation:{id}:{due_at}"))
            if not outcome.ok and b'"no-room"' in outcome.reply:
                raise NoRoom(outcome.reply.decode())
        return len(found)
