"""How a device's events change its state. Total: every event of the stream is taken."""

from __future__ import annotations

from typing import assert_never

from hub.domain.devices.events import DeviceEvent, OutboxLost, PagesScanned, PaperChanged
from hub.domain.devices.state import DeviceState, LostRange

KEPT = 100
"""Lost ranges and scans kept in memory; the log has them all."""


def evolve(state: DeviceState, event: DeviceEvent) -> None:
    """Changes ``state`` in place."""
    match event:
        case PaperChanged():
            state.paper, state.paper_since = event.level, event.at
        case OutboxLost():
            state.lost.append(LostRange(event.epoch, event.first, event.last, event.at))
            state.lost_events += event.last - event.first + 1
            del state.lost[:-KEPT]
        case PagesScanned():
            state.scans[event.scan] = len(event.pages)
            while len(state.scans) > KEPT:
                del state.scans[next(iter(state.scans))]
        case _:
            assert_never(event)
