"""The hall in memory, stream ``hall``. Only the writer changes it, through ``evolve``."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.profile import HallProfile


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """``from_day``: the first business day it rules."""

    version: int
    profile: HallProfile
    from_day: str


@dataclass(slots=True)
class HallState:
    """``profiles``: by rising version and ``from_day``, at most two: one in force, one that takes over later."""

    profiles: list[ProfileVersion] = field(default_factory=list[ProfileVersion])
    calendar: CalendarVersion = field(default_factory=lambda: CalendarVersion(0))

    @property
    def latest(self) -> ProfileVersion | None:
        """The last profile published, in force or not yet; None in an empty log."""
        return self.profiles[-1] if self.profiles else None

    def ruling(self, day: str) -> ProfileVersion | None:
        """The profile that rules that business day (today or later); the oldest kept for an earlier day."""
        ruling = [each for each in self.profiles if each.from_day <= day]
        return ruling[-1] if ruling else next(iter(self.profiles), None)
