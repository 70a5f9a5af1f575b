"""From a profile and a calendar to one business day's plan. Local times become UTC here and nowhere else.

A local time that a clock change skips is taken an hour later; one that comes twice is the first.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.domain.hall.calendar import CalendarVersion, WorkingDays
from hub.domain.hall.clock_times import minutes_of
from hub.domain.hall.plan import ClerkPlan, DayPlan, QueuePlan, QueuePolicy, RosterPlan, WindowPlan
from hub.domain.hall.profile import WEEKDAYS, HallProfile, Policy, WeekdayHours, categories_of

_DAY = timedelta(days=1)


def plan_for(
    profile: HallProfile, profile_version: int, calendar: CalendarVersion, day: str, always: bool = False
) -> DayPlan:
    """The plan of one business day, for a profile that passed ``check``. The policy takes the profile's version.

    ``always``: issue on every day at every hour (benches and trials). Raises ``ValueError`` for what is no date.
    """
    on = date.fromisoformat(day)
    known = WorkingDays(calendar, profile.hall.calendar).day(day)
    row = None if known.makeup else _row(profile, on)
    closed = row is not None and row.closed
    hours = profile.hours
    opens, closes = (row.opens, row.closes) if row is not None and not row.closed else (hours.opens, hours.closes)
    opens_at = _local(profile, on, minutes_of(opens) or 0)
    return DayPlan(
        date=day,
        timezone=profile.hall.timezone,
        profile=profile_version,
        calendar=calendar.version,
        working=always or (known.working and not closed),
        issuing_from=None if always else opens_at - hours.issuing_before_minutes * 60_000,
        opens=None if always else opens_at,
        closes=None if always else _local(profile, on, minutes_of(closes) or 0),
        ends=_starts(profile, on + _DAY),
        queues=tuple(QueuePlan(c.letter, c.zh, c.en, c.minutes, c.floors, c.service) for c in profile.categories),
        windows=tuple(
            WindowPlan(w.number, w.floor, w.zone, w.home, categories_of(profile, w)) for w in profile.windows
        ),
        policy=policy_of(profile.policy, profile_version),
        clerks=tuple(ClerkPlan(c.name, c.categories) for c in profile.clerks if c.categories),
        rosters=()
        if always
        else tuple(
            RosterPlan(
                _local(profile, on, minutes_of(row.begins) or 0),
                _local(profile, on, minutes_of(row.ends) or 0),
                row.open_percent,
            )
            for row in hours.rosters
        ),
        capacity=hours.capacity,
    )


def policy_of(policy: Policy, version: int) -> QueuePolicy:
    """The policy as a day's plan carries it."""
    return QueuePolicy(
        version,
        policy.classes,
        policy.home_credit_minutes,
        policy.missed,
        policy.whole_credit_minutes,
        policy.long_wait_minutes,
        policy.rush_share,
        policy.transfers,
        policy.appointment,
    )


def business_day(profile: HallProfile, at: int) -> str:
    """The business day that holds the moment ``at`` (ms since 1970, UTC): from ``day_starts`` to the next one."""
    day = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(profile.hall.timezone)).date()
    while at < _starts(profile, day):
        day -= _DAY
    while at >= _starts(profile, day + _DAY):
        day += _DAY
    return day.isoformat()


def business_day_after(day: str) -> str:
    """The next business day, worked or not."""
    return (date.fromisoformat(day) + _DAY).isoformat()


def day_starts(profile: HallProfile, day: str) -> int:
    """When that business day begins, ms since 1970 in UTC."""
    return _starts(profile, date.fromisoformat(day))


def moment_of(profile: HallProfile, day: str, minutes: int) -> int:
    """A local time of that date, in minutes since its midnight, as ms since 1970 in UTC."""
    return _local(profile, date.fromisoformat(day), minutes)


def _starts(profile: HallProfile, day: date) -> int:
    return _local(profile, day, minutes_of(profile.hours.day_starts) or 0)


def _row(profile: HallProfile, day: date) -> WeekdayHours | None:
    name = WEEKDAYS[day.weekday()]
    return next((row for row in profile.hours.weekdays if name in row.weekdays), None)


def _local(profile: HallProfile, day: date, minutes: int) -> int:
    whole_days, minutes = divmod(minutes, 24 * 60)
    at = datetime.combine(day + whole_days * _DAY, datetime.min.time(), ZoneInfo(profile.hall.timezone))
    return int(at.replace(hour=minutes // 60, minute=minutes % 60).timestamp()) * 1000
