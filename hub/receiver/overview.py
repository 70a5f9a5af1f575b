"""How every hall stands, as the page and the figures tell it."""

from __future__ import annotations

import asyncio

import msgspec

from hub.receiver.city import as_of
from hub.receiver.desk import Desk
from hub.receiver.projecting import PARKED, ParkedRow
from hub.receiver.store import HallStanding

_PARKED_SHOWN = 20
_OLD_MS = 2000


class ParkedEntry(msgspec.Struct, frozen=True):
    hall: str
    position: int
    type: str
    why: str


class HallLine(msgspec.Struct, frozen=True):
    """``position``: the last entry here, ``viewed`` the last that is counted in. ``age_ms``: of the last entry, by its
    time in the hall; ``arrived_ms`` since it came; ``silent_ms`` since the hall was heard at all. ``stale``: too long
    ago. ``forked``: its hub holds another history, a person has to look. ``restores``: epochs after the first, ``left``
    entries of left ones. ``waiting``: messages that the hall has not answered. ``snapshot``: entries up to there are
    known as a snapshot alone. Negative: never.
    """

    hall: str
    epoch: str
    position: int
    viewed: int
    age_ms: int
    arrived_ms: int
    silent_ms: int
    stale: bool
    backlog: int
    forked: bool
    restores: int
    left: int
    parked: int
    waiting: int
    snapshot: int


class Overview(msgspec.Struct, frozen=True):
    at: int
    halls: list[HallLine]
    parked: list[ParkedEntry]
    largest_backlog: int


class Overviews:
    """Looks at most every two seconds, however many pages and monitors ask."""

    def __init__(self, at_desk: Desk) -> None:
        self._desk = at_desk
        self._turn = asyncio.Lock()
        self._last: Overview | None = None

    async def now(self) -> Overview:
        async with self._turn:
            if self._last is None or not 0 <= self._desk.now() - self._last.at < _OLD_MS:
                self._last = await overview(self._desk)
            return self._last


async def overview(at_desk: Desk) -> Overview:
    halls = await at_desk.calls(at_desk.store.halls)
    lines: list[HallLine] = []
    parked: list[ParkedEntry] = []
    for hall in halls:
        count = await at_desk.calls(at_desk.store.count, hall.hall, PARKED)
        lines.append(await _line(at_desk, hall, count))
        if count and len(parked) < _PARKED_SHOWN:
            for row in await at_desk.calls(at_desk.store.find, hall.hall, PARKED, None, "", _PARKED_SHOWN):
                read = msgspec.json.decode(row.data, type=ParkedRow)
                parked.append(ParkedEntry(hall.hall, int(row.key), read.type, read.why))
    lines.sort(key=lambda line: (not line.forked, not line.stale, -line.backlog, line.hall))
    return Overview(at_desk.now(), lines, parked[:_PARKED_SHOWN], max((line.backlog for line in lines), default=0))


async def _line(at_desk: Desk, hall: HallStanding, parked: int) -> HallLine:
    now, of = at_desk.now(), as_of(at_desk, hall)
    return HallLine(
        hall.hall,
        hall.epoch,
        hall.committed,
        hall.viewed,
        now - hall.recorded_at if hall.recorded_at else -1,
        now - hall.arrived_at if hall.arrived_at else -1,
        of.silent_ms if at_desk.last_heard(hall) else -1,
        of.stale,
        of.backlog,
        hall.hall in at_desk.forked,
        hall.epochs - 1,
        hall.left,
        parked,
        await at_desk.calls(at_desk.store.unanswered, hall.hall),
        hall.base,
    )
