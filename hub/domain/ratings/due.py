"""When a low rating has to be closed: a pure function of the moment of rating, the hall's profile and its calendar."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.calendar import CalendarVersion, WorkingDays
from hub.domain.hall.planning import business_day, business_day_after, day_starts
from hub.domain.hall.profile import HallProfile


@dataclass(frozen=True, slots=True)
class Due:
    """``date``: the last working day. ``at``: the end of that business day, ms since 1970 in UTC."""

    date: str
    at: int
    calendar: int
    provisional: bool


def due_for(profile: HallProfile, calendar: CalendarVersion, rated_at: int, within: int) -> Due:
    """``within`` working days after the business day of the rating, which is day 0 (Beijing: 7)."""
    days = WorkingDays(calendar, profile.hall.calendar)
    last = days.add(business_day(profile, rated_at), within)
    return Due(last.date, day_starts(profile, business_day_after(last.date)), calendar.version, last.provisional)
