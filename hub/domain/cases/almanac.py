"""The hall's calendar as deadlines need it: days of moments, working days, and when a business day ends.

A value made of a profile and a calendar version; what it was asked is kept, since thousands of cases ask the same.
"""

from __future__ import annotations

from hub.domain.hall.calendar import CalendarVersion, Deadline, WorkingDays
from hub.domain.hall.clock_times import minutes_of
from hub.domain.hall.planning import business_day, business_day_after, day_starts
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.state import HallState


class Almanac:
    """``version``: of the calendar it counts with."""

    def __init__(self, profile: HallProfile, calendar: CalendarVersion) -> None:
        self.version = calendar.version
        self._profile = profile
        self._days = WorkingDays(calendar, profile.hall.calendar)
        self._added: dict[tuple[str, int], Deadline] = {}
        self._ends: dict[str, int] = {}
        self._between: dict[tuple[str, str], int] = {}

    def day_of(self, at: int) -> str:
        """The business day that holds that moment."""
        return business_day(self._profile, at)

    def add(self, day: str, working_days: int) -> Deadline:
        """As ``WorkingDays.add``: ``day`` is day 0."""
        asked = (day, working_days)
        known = self._added.get(asked)
        if known is None:
            known = self._added[asked] = self._days.add(day, working_days)
        return known

    def between(self, first: str, last: str) -> int:
        """Working days after ``first`` up to and including ``last``."""
        asked = (first, last)
        known = self._between.get(asked)
        if known is None:
            known = self._between[asked] = self._days.between(first, last)
        return known

    def ends(self, day: str) -> int:
        """The moment at which that business day is over, ms since 1970 in UTC."""
        known = self._ends.get(day)
        if known is None:
            known = self._ends[day] = day_starts(self._profile, business_day_after(day))
        return known

    def opens(self, day: str) -> int:
        """When the hall's ordinary hours begin on that day."""
        hours = self._profile.hours
        early = (minutes_of(hours.opens) or 0) - (minutes_of(hours.day_starts) or 0)
        return day_starts(self._profile, day) + early * 60_000


def almanac_of(hall: HallState, day: str) -> Almanac:
    """With the profile that rules business day ``day`` and the calendar in force."""
    ruling = hall.ruling(day)
    assert ruling is not None, "no case is opened before the first profile"
    profile, calendar = ruling.profile, hall.calendar
    for known_profile, known_calendar, almanac in _kept:
        if known_profile is profile and known_calendar is calendar:
            return almanac
    almanac = Almanac(profile, calendar)
    _kept[:] = [(profile, calendar, almanac), *_kept[:1]]
    return almanac


_kept: list[tuple[HallProfile, CalendarVersion, Almanac]] = []
"""The last two, by identity: making one costs more than a whole command."""
