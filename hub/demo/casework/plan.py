"""Which day a demo shows, and when its clock starts: a new log begins some days earlier, for cases take days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.core.default_catalogue import catalogue_for
from hub.demo.casework.days import Days, days_around
from hub.demo.casework.ledger import Ledger, kept
from hub.demo.casework.stories import DAYS_BEFORE
from hub.demo.left_off import BEFORE_OPENING_MS, LeftOff, starts_at
from hub.domain.hall.calendar import CalendarYear
from hub.domain.hall.planning import business_day
from hub.domain.hall.profile import HallProfile


@dataclass(frozen=True, slots=True)
class CasePlan:
    """``starts``: when the clock starts, ms; before the shown day, the days before are played first."""

    starts: int
    days: Days
    ledger: Ledger

    @property
    def begins_before(self) -> bool:
        return self.starts < self.days.from_shown(0).opens - BEFORE_OPENING_MS


def case_plan(
    state: Path, profile: HallProfile, years: tuple[CalendarYear, ...], left: LeftOff | None, wish: date
) -> CasePlan | None:
    """None for a hall that the shipped catalogue does not fit: it has no items to open cases of.

    Arguments as of ``starts_at``; ``state`` holds the ledger. Raises ``ValueError`` as it does.
    """
    if catalogue_for(profile) is None:
        return None
    known = kept(state)
    if left is not None and known is not None and left.day < known.shown:
        return CasePlan(left.at, days_around(profile, years, known.shown, DAYS_BEFORE), known)
    starts = starts_at(profile, years, left, wish)
    shown = business_day(profile, starts)
    days = days_around(profile, years, shown, DAYS_BEFORE)
    if left is None:
        return CasePlan(days.from_shown(-DAYS_BEFORE).opens - BEFORE_OPENING_MS, days, Ledger(shown))
    return CasePlan(starts, days, known if known is not None and known.shown == shown else Ledger(shown))
