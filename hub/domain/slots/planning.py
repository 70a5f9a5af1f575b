"""From a profile and a calendar to one business day's slots."""

from __future__ import annotations

from collections.abc import Iterator

from hub.domain.hall.appointments import Appointments, SlotGroup
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.clock_times import minutes_of
from hub.domain.hall.planning import moment_of, plan_for
from hub.domain.hall.profile import HallProfile
from hub.domain.slots.plan import SlotPlan, SlotsPlan

MINUTE = 60_000
HOUR = 60 * MINUTE


def slots_for(profile: HallProfile, calendar: CalendarVersion, day: str, always: bool = False) -> SlotsPlan:
    """The slots of one business day, for a profile that passed ``check``; none on a day that the calendar closes.

    ``always``: the hall works every day (benches and trials). Raises ``ValueError`` for what is no date.
    """
    booked = profile.appointments
    slots: tuple[SlotPlan, ...] = ()
    if booked.groups:
        frame = plan_for(profile, 0, calendar, day)
        if (frame.working or always) and frame.opens is not None and frame.closes is not None:
            opens, closes = frame.opens, frame.closes
            slots = tuple(
                slot for group in booked.groups for slot in _slots(profile, booked, group, day, opens, closes)
            )
    return SlotsPlan(profile.hall.timezone, slots, booked.late_minutes * MINUTE, booked.lease_hours * HOUR)


def _slots(
    profile: HallProfile, booked: Appointments, group: SlotGroup, day: str, opens: int, closes: int
) -> Iterator[SlotPlan]:
    """Only whole slots, within the hall's hours of that day."""
    first, last = minutes_of(group.opens), minutes_of(group.closes)
    begins = opens if first is None else max(opens, moment_of(profile, day, first))
    ends = closes if last is None else min(closes, moment_of(profile, day, last))
    length = group.every_minutes * MINUTE
    walk_in = -(-group.capacity * group.walk_in_percent // 100)
    online = min(group.capacity * group.online_percent // 100, group.capacity - walk_in)
    midnight = moment_of(profile, day, 0)
    for starts in range(begins, ends - length + 1, length):
        hours, minutes = divmod((starts - midnight) // MINUTE, 60)
        yield SlotPlan(
            id=f"{group.id}-{hours:02d}{minutes:02d}",
            group=group.id,
            zh=group.zh,
            en=group.en,
            categories=group.categories,
            starts=starts,
            ends=starts + length,
            capacity=group.capacity,
            walk_in=walk_in,
            online=online,
            leased_until=starts - booked.lease_ends_minutes * MINUTE,
        )
