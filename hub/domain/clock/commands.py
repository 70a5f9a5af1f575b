"""What may be asked about the server's clock, stream ``hub``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportClockStep:
    """The wall clock moved ``by_ms`` against the monotonic one (negative: backwards); ``at`` is the new wall time."""

    at: int
    by_ms: int


@dataclass(frozen=True, slots=True)
class ConfirmClock:
    """``by``: the user who looked at the time and found it right."""

    at: int
    by: str


ClockCommand = ReportClockStep | ConfirmClock
