"""A step of the wall clock freezes what depends on dates until a person confirms the time."""

from __future__ import annotations

from typing import assert_never

from hub.domain.clock.commands import ClockCommand, ConfirmClock, ReportClockStep
from hub.domain.clock.events import ClockConfirmed, ClockEvent, ClockStepped
from hub.domain.clock.replies import Clock, ClockReply
from hub.domain.clock.state import ClockState
from hub.domain.decided import Decided

TOLERATED_MS = 5 * 60_000
"""A step of up to five minutes is time synchronisation at work, no event."""


def decide(state: ClockState, command: ClockCommand) -> Decided[ClockEvent, ClockReply]:
    """Refuses nothing: a small step, or confirming a clock that is not frozen, is no event."""
    match command:
        case ReportClockStep():
            if abs(command.by_ms) <= TOLERATED_MS:
                return Decided((), Clock(state.frozen))
            return Decided((ClockStepped(command.at, command.by_ms),), Clock(frozen=True))
        case ConfirmClock():
            if not state.frozen:
                return Decided((), Clock(frozen=False))
            return Decided((ClockConfirmed(command.at, command.by),), Clock(frozen=False))
        case _:
            assert_never(command)
