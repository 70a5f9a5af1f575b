"""What happened to the hall itself, the entries of stream ``hall``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.profile import HallProfile


@dataclass(frozen=True, slots=True)
class ProfilePublished:
    """The whole profile; it rules every business day from ``from_day`` (``YYYY-MM-DD``) on, until a later version."""

    version: int
    profile: HallProfile
    effective: str
    from_day: str
    at: int


@dataclass(frozen=True, slots=True)
class CalendarPublished:
    """The whole calendar, in force at once for days that are not open yet."""

    calendar: CalendarVersion
    at: int


HallEvent = ProfilePublished | CalendarPublished
