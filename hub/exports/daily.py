"""The daily files of every business day that is over, each handed over once, as far as the cursor tells.

Theory. A day is the entries from the cursor up to the first one recorded after it has ended, so positions divide the
log into days without a gap or an overlap, whatever a clock does. The cursor moves behind a day when its files are in
the drop; a kill in between makes the same files under the same names again. A lost cursor drops all days anew, which
says nothing new to whoever replaces by name.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import suppress
from typing import cast

from hub.core.hub import Hub
from hub.domain.cases.events import CaseEvent
from hub.domain.cases.evolve import evolve
from hub.domain.cases.state import Case
from hub.domain.hall.planning import business_day, business_day_after, day_starts
from hub.domain.hall.profile import HallProfile
from hub.exports.day_files import Day, day_files
from hub.exports.port import Drop
from hub.exports.rows import CASE_EVENTS, RATING_EVENTS, CaseRow, RatingRow, case_row, rating_row
from hub.log.codec import Codec, UnknownEvent, UnreadableEvent
from hub.log.cursors import Cursors
from hub.log.entry import Entry, LogBroken, NoRoom
from hub.log.port import LogReader

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 30.0
BATCH = 500


class DailyExports:
    """A ``Follower``. ``reading`` reads the log in a worker thread. ``problem``: why it waits, or empty.

    ``dropped``: the last day whose files were handed over since the start.
    """

    name = "daily-exports"
    version = 1

    def __init__(self, hub: Hub, reading: LogReader, cursors: Cursors, drop: Drop) -> None:
        self._hub = hub
        self._reading = reading
        self._cursors = cursors
        self._drop = drop
        self.problem = self.dropped = ""

    async def run(self) -> None:
        """Until cancelled. A full disk or a folder that cannot be written is waited out and told."""
        while True:
            try:
                while await self.look():
                    pass
                self.problem = ""
            except (NoRoom, OSError) as error:
                self.problem = str(error) or "no-room"
                log.error("daily files cannot be handed over", extra={"facts": {"why": self.problem}})
            except (LogBroken, sqlite3.Error) as error:
                log.exception("daily files cannot use the views' file")
                self.problem = str(error)
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> bool:
        """Hand over the next day that is over; whether there was one. Raises ``NoRoom``, ``LogBroken``, ``OSError``."""
        profile, today = self._hub.profile(), self._hub.today
        return await asyncio.to_thread(self._one_day, profile, today)

    def _one_day(self, profile: HallProfile, today: str) -> bool:
        first = self._cursors.unseen(self._reading, self, 1)
        if not first:
            return False
        day = business_day(profile, first[0].recorded_at)
        if day >= today:
            return False
        made = _Making(self._reading, self._hub.codec)
        last = made.read(first[0], day_starts(profile, business_day_after(day)))
        if made.cases or made.ratings:
            files = day_files(Day(profile.hall.id, day, first[0].position, last.position, made.cases, made.ratings))
            for name, content in files.items():
                self._drop.put(name, content)
            self.dropped = day
        self._cursors.seen(self, last)
        return True


class _Making:
    """One day's rows as its entries are read."""

    def __init__(self, reading: LogReader, codec: Codec) -> None:
        self._reading = reading
        self._codec = codec
        self._known: dict[str, Case] = {}
        self.cases: list[CaseRow] = []
        self.ratings: list[RatingRow] = []

    def read(self, first: Entry, ends: int) -> Entry:
        """Rows of all entries from ``first`` on, up to the one before the first that was recorded at ``ends`` or
        later; that last entry."""
        last = first
        while entries := self._reading.read(last.position if last is not first else first.position - 1, BATCH):
            for entry in entries:
                if entry.position > first.position and entry.recorded_at >= ends:
                    return last
                self._take(entry)
                last = entry
            if last is first:
                break
        return last

    def _take(self, entry: Entry) -> None:
        name = entry.type.partition("/")[0]
        # what this version cannot read is another's to export; a day must not wait for it
        with suppress(UnknownEvent, UnreadableEvent):
            if name in CASE_EVENTS:
                self.cases.append(case_row(entry, cast(CaseEvent, self._codec.decode(entry)), self._case_of))
            elif name in RATING_EVENTS:
                row = rating_row(entry, self._codec.decode(entry))
                if row is not None:
                    self.ratings.append(row)

    def _case_of(self, stream: str) -> Case:
        """As it stands after its receipt: number, item and channel never change."""
        found = self._known.get(stream)
        if found is None:
            found = self._known[stream] = Case()
            for entry in self._reading.read_stream(stream):
                evolve(found, cast(CaseEvent, self._codec.decode(entry)))
                if found.number:
                    break
        return found
