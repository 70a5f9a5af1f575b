"""How the clock's events change its state. Total: every event of the stream is taken."""

from __future__ import annotations

from typing import assert_never

from hub.domain.clock.events import ClockConfirmed, ClockEvent, ClockStepped
from hub.domain.clock.state import ClockState


def evolve(state: ClockState, event: ClockEvent) -> None:
    """Changes ``state`` in place."""
    match event:
        case ClockStepped():
            if not state.frozen:
                state.since = event.at
            state.frozen = True
            state.by_ms += event.by_ms
            state.steps += 1
        case ClockConfirmed():
            state.frozen, state.since, state.by_ms = False, event.at, 0
        case _:
            assert_never(event)
