"""The working days around the day that a demo shows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.domain.hall.calendar import CalendarVersion, CalendarYear
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for
from hub.domain.hall.profile import HallProfile

AFTER = 12
_MOST = 60


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """``opens`` in ms."""

    date: str
    opens: int


class Days:
    """``days`` in their order, ``shown`` one of them."""

    def __init__(self, days: Sequence[WorkingDay], shown: str) -> None:
        self._days = tuple(days)
        self._opens = [day.opens for day in days]
        self._shown = next(n for n, day in enumerate(days) if day.date == shown)

    def from_shown(self, days: int) -> WorkingDay:
        """So many working days after the one that is shown, or before it."""
        return self._days[self._shown + days]

    def after(self, at: int, days: int) -> WorkingDay:
        """So many working days after the one that holds the moment."""
        return self._days[max(bisect_right(self._opens, at) - 1, 0) + days]


def days_around(profile: HallProfile, years: tuple[CalendarYear, ...], shown: str, before: int) -> Days:
    """From ``before`` working days before ``shown``. Raises ``ValueError`` where the hall hardly ever opens."""
    calendar = CalendarVersion(1, years)
    on = date.fromisoformat(shown)

    def worked(step: int, count: int) -> list[WorkingDay]:
        found: list[WorkingDay] = []
        for n in range(1, _MOST):
            if len(found) == count:
                return found
            plan = plan_for(profile, 1, calendar, (on + timedelta(days=n * step)).isoformat())
            if plan.working and plan.opens is not None:
                found.append(WorkingDay(plan.date, plan.opens))
        raise ValueError("大厅几乎不开放 the hall hardly ever opens")

    today: DayPlan = plan_for(profile, 1, calendar, shown)
    assert today.opens is not None
    return Days([*reversed(worked(-1, before)), WorkingDay(shown, today.opens), *worked(1, AFTER)], shown)
