"""The outage page's facts, read every few seconds away from the loop: the line, what waits, the room on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from pathlib import Path

from hub.core.hub import Hub
from hub.log.entry import LogBroken
from hub.log.port import LogReader
from hub.ops.acknowledged import Acknowledged
from hub.ops.room import RoomSamples
from hub.sync.certificates import BadCertificate, certificate_of, days_left
from hub.sync.connector import Connector
from hub.sync.standing import FeedStanding, InboxStanding
from hub.sync.troubles import words
from hub.views.outage import BEHIND, NO_LINE, Outage, State, Way, outage_of
from hub.views.room import forecast
from hub.views.words import Words

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
SAMPLE_EVERY_LOOKS = 900
"""Walking the folders of materials takes a moment: every half an hour."""

_UP: dict[str, State] = {"off": "none", "dark": "dark", "forked": "stopped", "paused": "paused"}
_DOWN: dict[str, State] = {"off": "none", "dark": "dark", "stopped": "stopped", "paused": "paused"}


class LineDesk:
    """``outage`` is at most some seconds old. ``line`` None: the hall stands alone; its disk is watched all the same.

    ``certificate``: the pair that the line shows, None without one. ``reading`` belongs to this object's thread.
    """

    def __init__(
        self, hub: Hub, line: Connector | None, reading: LogReader, reserve: int, certificate: Path | None
    ) -> None:
        self.outage = NO_LINE
        self._hub = hub
        self._line = line
        self._reading = reading
        self._reserve = reserve
        self._certificate = certificate
        self._room = RoomSamples(hub.paths)
        self._began_with = 0
        self._acknowledged = Acknowledged(hub.paths)

    async def run(self) -> None:
        """Until cancelled."""
        looks = 0
        while True:
            if looks % SAMPLE_EVERY_LOOKS == 0 and self._hub.today:
                await asyncio.to_thread(self._room.take, self._hub.today)
            looks += 1
            with contextlib.suppress(LogBroken):  # the hub itself ends of that
                self.outage = await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def room_days(self) -> int:
        return self.outage.room.days

    def look(self) -> Outage:
        """As of now. Blocking: it counts what waits in the log."""
        room = forecast(self._room.samples, self._room.free() - self._reserve)
        if self._line is None:
            return outage_of(NO_LINE.up, NO_LINE.down, {}, room, url="", rate=0, began_with=0)
        standing = self._line.standing()
        known = self._acknowledged.now(standing.feed.epoch, standing.feed.committed)
        counts = self._reading.counts(known)
        waiting = sum(counts.values())
        # the share that is done is told of the most that waited since the line was last level
        self._began_with = 0 if waiting < BEHIND else max(self._began_with, waiting)
        return outage_of(
            _way(standing.feed, _UP),
            _way(standing.inbox, _DOWN),
            counts,
            room,
            url=standing.url,
            rate=standing.feed.rate,
            began_with=self._began_with,
            certificate_days=self._certificate_days(),
        )

    def _certificate_days(self) -> int | None:
        if self._certificate is None:
            return None
        try:
            return days_left(certificate_of(self._certificate.read_bytes()), datetime.now(UTC))
        except (OSError, BadCertificate):
            return None


def _way(standing: FeedStanding | InboxStanding, states: dict[str, State]) -> Way:
    said = words(standing.problem)
    told = None if said is None else Words(said.zh, said.en)
    return Way(states.get(standing.phase, "up"), standing.since, standing.heard_at, told, standing.detail)
