"""How every hall stands, as the page and the figures tell it."""

from __future__ import annotations

import msgspec

from hub.receiver.city import as_of
from hub.receiver.desk import Desk
from hub.receiver.projecting import PARKED, ParkedRow
from hub.receiver.store import HallStanding

_PARKED_SHOWN = 20


class ParkedEntry(msgspec.Struct, frozen=True):
    hall: str
    position: int
    type: str
    why: str


class HallLine(msgspec.Struct, frozen=True):
    """``position``: the last entry here, ``viewed`` the last that is counted in. ``age_ms``: of the last entry, by its
    time in the hall; ``arrived_ms`` since it came; ``silent_ms`` since the hall was heard at all. ``stale``: too long
    ago. ``restores``: epochs after the first, ``left`` entries of left ones. ``waiting``: messages that the hall has
    not answered. Negative: never.
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
    lines.sort(key=lambda line: (not line.stale, -line.backlog, line.hall))
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
        hall.epochs - 1,
        hall.left,
        parked,
        await at_desk.calls(at_desk.store.unanswered, hall.hall),
        hall.base,
    )
