"""The rows beside the log: folded behind the appends, one hall after the other, in the store with how far they are.

An entry whose data cannot be taken is parked: counted, shown, left out, and the next one is folded. Nothing here holds
up an append. When a fork made entries void, the store has dropped their rows and this begins again from the snapshot
or from nothing.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec

from hub.log.entry import NoRoom
from hub.receiver.desk import Desk
from hub.receiver.store import HallStanding, Store, Unavailable
from hub.sync.protocol import UNREADABLE
from hub.sync.standing_fold import ahead, fold
from hub.sync.standing_rows import Row, Rows, numbered

PARKED: Final = "parked"
"""A kind of row of the receiver's own: key is the entry's position."""
_BATCH: Final = 1000
_AGAIN_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


class ParkedRow(msgspec.Struct, frozen=True):
    """``why``: what was wrong with the entry, never its content."""

    type: str
    stream: str
    why: str
    at: int


def project(store: Store, hall: HallStanding, now: int, limit: int = _BATCH) -> int:
    """Fold the next entries of one hall, ``limit`` at most; how many were. 0: none was due, or the epoch changed."""
    events = store.read(hall.hall, hall.viewed, limit)
    if not events:
        return 0
    rows = Rows(lambda kind, keys: store.rows(hall.hall, kind, keys))
    ahead(rows, events)
    parked: list[Row] = []
    for event in events:
        try:
            fold(rows, event)
            rows.settle()
        except (*UNREADABLE, ValueError, ArithmeticError, LookupError, TypeError) as error:
            rows.undo()
            told = ParkedRow(event.type, event.subject[:200], f"{type(error).__name__}: {error}"[:200], now)
            parked.append(Row(PARKED, numbered(int(event.id)), msgspec.Raw(msgspec.json.encode(told))))
    kept = store.keep(hall, int(events[-1].id), [*rows.changed(), *parked], rows.gone())
    return len(events) if kept else 0


async def projecting(desk: Desk) -> None:
    """Until it is cancelled."""
    while True:
        await desk.appended.wait()
        desk.appended.clear()
        try:
            await _round(desk)
        except (Unavailable, NoRoom) as error:
            _log.warning("rows cannot be kept now", extra={"facts": {"error": str(error)}})
            desk.count("projection-waits")
            await asyncio.sleep(_AGAIN_SECONDS)
            desk.appended.set()


async def _round(desk: Desk) -> None:
    """Every hall in turn, a batch each, until none is behind."""
    behind = True
    while behind:
        behind = False
        for hall in await desk.calls(desk.store.halls):
            if hall.viewed < hall.committed:
                done = await _of_one(desk, hall)
                behind = behind or done > 0


async def _of_one(desk: Desk, hall: HallStanding) -> int:
    """How many were folded; a hall whose entries this program fails at holds up no other."""
    try:
        done = await desk.calls(project, desk.store, hall, desk.now())
    except (Unavailable, NoRoom):
        raise
    except Exception:
        _log.exception("a hall's rows cannot be kept", extra={"facts": {"hall": hall.hall, "after": hall.viewed}})
        desk.count("projection-failed")
        return 0
    desk.count("projected", done)
    return done
