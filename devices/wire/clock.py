"""Time as a device has it: a wall clock, a monotonic clock, and the hub's clock once the hub has told it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a device takes its time from; a demo or a test gives its own."""

    def now(self) -> datetime:
        """The wall clock, in UTC. It may be wrong, and may step."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back: they measure ages, and the hub's time between two tellings."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class HubClock:
    """The hub's clock as last told, carried on by the device's monotonic clock, so that a stepping wall clock
    neither expires a command nor keeps one alive."""

    __slots__ = ("_at", "_clock", "_heard")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: datetime | None = None
        self._heard = 0.0

    @property
    def is_set(self) -> bool:
        return self._at is not None

    def tell(self, at: datetime) -> None:
        """The hub says that it is `at` now."""
        self._at, self._heard = at, self._clock.monotonic()

    def now(self) -> datetime:
        """The hub's time; the device's own wall clock until the hub was heard."""
        if self._at is None:
            return self._clock.now()
        return self._at + timedelta(seconds=self._clock.monotonic() - self._heard)
