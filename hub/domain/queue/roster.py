"""午间值守: a share of each floor's windows in use stays open."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.finding import clock_time
from hub.domain.queue.state import CLOSED, OPEN, QueueDay, Window
from hub.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Watch:
    """One floor under a roster now. ``needed`` of its ``in_use`` windows stay open until ``ends`` (ms)."""

    floor: int
    opened: int
    in_use: int
    needed: int
    ends: int

    @property
    def may_pause(self) -> int:
        return max(0, self.opened - self.needed)


def watch(day: QueueDay, floor: int, at: int) -> Watch | None:
    """The roster that holds on a floor now; None when none does. A window in use is one that is not closed."""
    for roster in () if day.plan is None else day.plan.rosters:
        if roster.begins <= at < roster.ends:
            in_use = [each for each in day.windows.values() if each.floor == floor and each.state != CLOSED]
            opened = sum(each.state == OPEN for each in in_use)
            return Watch(floor, opened, len(in_use), -(-len(in_use) * roster.open_percent // 100), roster.ends)
    return None


def check_roster(day: QueueDay, window: Window, at: int) -> None:
    """Raises ``Refused("roster-floor")`` when one window less would be too few."""
    held = watch(day, window.floor, at)
    if held is not None and held.opened - 1 < held.needed:
        timezone = "UTC" if day.plan is None else day.plan.timezone
        raise Refused("roster-floor", window=window.number, needed=held.needed, until=clock_time(held.ends, timezone))
