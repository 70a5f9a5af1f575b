"""What happened to the server's clock, the entries of stream ``hub``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """Rollover, expiry and deadline events are frozen from here until ``ClockConfirmed``."""

    at: int
    by_ms: int


@dataclass(frozen=True, slots=True)
class ClockConfirmed:
    at: int
    by: str


ClockEvent = ClockStepped | ClockConfirmed
