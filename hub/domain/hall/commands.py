"""What may be asked of stream ``hall``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.calendar import CalendarYear
from hub.domain.hall.profile import HallProfile

NOW, NEXT_DAY = "now", "next-day"


@dataclass(frozen=True, slots=True)
class PublishProfile:
    """``effective``: ``now``, or ``next-day`` (from the next business day). A first profile always rules now."""

    profile: HallProfile
    effective: str
    at: int


@dataclass(frozen=True, slots=True)
class PublishCalendar:
    """The years replace those published before, all of them."""

    years: tuple[CalendarYear, ...]
    at: int


HallCommand = PublishProfile | PublishCalendar
