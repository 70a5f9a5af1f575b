"""The outage page's facts, read every few seconds away from the loop: the line, what waits, the room on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from hub.core.hub import Hub
from hub.log.entry import LogBroken
from hub.log.port import LogReader
from hub.ops.acknowledged import Acknowledged
from hub.ops.room import RoomSamples
from hub.sync.certificates import BadCertificate, certificate_of, certificate_said, days_left
from hub.sync.clocks import clock_said
from hub.sync.connector import Connector
from hub.sync.standing import FeedStanding, InboxStanding
from hub.sync.troubles import words
from hub.views.outage import BEHIND, NO_LINE, Outage, State, Way, outage_of
from hub.views.room import Room, forecast
from hub.views.words import Words

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
UNHEARD = Words(
    "启动后还没有连上过网上大厅，这里按全部记录计数；其中一部分可能早已传到。",
    "The online hall was not heard since the start: every entry is counted, though some may have arrived long ago.",
)
SAMPLE_EVERY_LOOKS = 900
"""Walking the folders of materials takes a moment: every half an hour."""

_UP: dict[str, State] = {"off": "none", "dark": "dark", "forked": "stopped", "paused": "paused"}
_DOWN: dict[str, State] = {"off": "none", "dark": "dark", "stopped": "stopped", "paused": "paused"}


class LineDesk:
    """``outage`` is at most some seconds old. ``line`` None: the hall stands alone; its disk is watched all the same.

    ``reading`` belongs to this object's thread. What somebody should see to stands in the operating log once a day too.
    """

    def __init__(self, hub: Hub, line: Connector | None, reading: LogReader, reserve: int) -> None:
        self.outage = NO_LINE
        self._hub = hub
        self._line = line
        self._reading = reading
        self._reserve = reserve
        self._room = RoomSamples(hub.paths)
        self._began_with = 0
        self._told: dict[str, str] = {}
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
            self._tell({}, room)
            return outage_of(NO_LINE.up, NO_LINE.down, {}, room, url="", rate=0, began_with=0)
        standing = self._line.standing()
        known = self._acknowledged.now(standing.feed.epoch, standing.feed.committed)
        counts = self._reading.counts(known)
        waiting = sum(counts.values())
        # the share that is done is told of the most that waited since the line was last level
        self._began_with = 0 if waiting < BEHIND else max(self._began_with, waiting)
        at = datetime.now(UTC)
        certificate = self._certificate(self._line.certificate())
        notes: dict[str, Words] = {}
        if certificate is not None and (said := certificate_said(certificate, at)) is not None:
            notes["certificate"] = Words(*said)
        if (said := clock_said(self._line.clock_off_ms, int(at.timestamp() * 1000))) is not None:
            notes["clock"] = Words(*said)
        self._tell(notes, room)
        if standing.feed.committed is None and counts:
            notes["unheard"] = UNHEARD
        return outage_of(
            _way(standing.feed, _UP),
            _way(standing.inbox, _DOWN),
            counts,
            room,
            url=standing.url,
            rate=standing.feed.rate,
            began_with=self._began_with,
            certificate_days=None if certificate is None else days_left(certificate, at),
            notes=tuple(notes.values()),
        )

    def _tell(self, notes: Mapping[str, Words], room: Room) -> None:
        """To the operating log: what is new, and every day what still is."""
        said = {kind: words.en for kind, words in notes.items()}
        if room.level != "ordinary":
            said["room"] = f"The disk lasts {room.days} days as it fills of late, and {room.free} bytes are free."
        today = self._hub.today or ""
        for kind, text in said.items():
            if self._told.get(kind) != today:
                log.warning("%s", text)
        self._told = dict.fromkeys(said, today)

    def _certificate(self, path: Path | None) -> x509.Certificate | None:
        try:
            return None if path is None else certificate_of(path.read_bytes())
        except (OSError, BadCertificate):
            return None


def _way(standing: FeedStanding | InboxStanding, states: dict[str, State]) -> Way:
    said = words(standing.problem)
    told = None if said is None else Words(said.zh, said.en)
    return Way(states.get(standing.phase, "up"), standing.since, standing.heard_at, told, standing.detail)
