"""Keeps the readers of the log up to date in the hub's quiet moments, away from the loop.

A reader may lag: it reads what is committed, its own file tells how far it came, and nothing waits for it but the page
that shows it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence

from hub.log.cursors import Cursors, Parked, Reader
from hub.log.entry import LogBroken, NoRoom
from hub.log.port import LogReader

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
BUSY_ENTRIES = 200
"""More new entries than that since the last look: the hall is busy, readers wait."""
ROUNDS_A_LOOK = 20
PATIENCE_ENTRIES = 50_000
"""A lag above that is worked off in busy times too."""


class Readers:
    """``head`` tells the log's last position. ``cursors`` and ``log`` belong to this object's worker thread."""

    def __init__(
        self, log_reader: LogReader, cursors: Cursors, readers: Sequence[Reader], head: Callable[[], int]
    ) -> None:
        self._log = log_reader
        self._cursors = cursors
        self._readers = tuple(readers)
        self._head = head
        self.problem = ""

    async def run(self) -> None:
        """Until cancelled. A full disk is waited out; a broken file of views is told and left alone."""
        seen = self._head()
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            head, seen = self._head(), self._head() - seen
            busy, seen = seen > BUSY_ENTRIES, head
            try:
                if not busy or self.lag() >= PATIENCE_ENTRIES:
                    await asyncio.to_thread(self.catch_up, ROUNDS_A_LOOK)
                self.problem = ""
            except NoRoom:
                self.problem = "no-room"
            except (LogBroken, sqlite3.Error) as error:
                log.exception("the views' file cannot be used")
                self.problem = str(error)
                return

    def lag(self) -> int:
        """Entries that the slowest reader has not seen."""
        return self._head() - min((self._cursors.position(reader.name) for reader in self._readers), default=0)

    def parked(self) -> list[Parked]:
        """Entries that readers could not take, for whoever mends them."""
        return self._cursors.parked()

    def retry(self) -> int:
        """Try parked entries again; how many went."""
        return sum(self._cursors.retry(self._log, reader) for reader in self._readers)

    def catch_up(self, rounds: int | None = None) -> None:
        """In this thread: ``rounds`` batches of each reader, or everything."""
        while self._one_round() and (rounds is None or rounds > 1):
            rounds = None if rounds is None else rounds - 1

    def _one_round(self) -> int:
        return sum(self._cursors.catch_up(self._log, reader) for reader in self._readers)
