"""What one business day needs of the hall: a value the day's stream carries whole, so a replay needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """A class of visitors; its tickets count as having waited ``credit_minutes`` longer than they did."""

    name: str
    zh: str
    en: str
    credit_minutes: int


@dataclass(frozen=True, slots=True)
class MissedPolicy:
    """过时补号: where a missed ticket re-enters its line, how often, and until when.

    ``insert_after``: behind that many waiting tickets of its line (0: its own place). ``times``: reinstatements a
    ticket may have. ``within_minutes``: after being missed; None: until the day is closed.
    ``recalls_without_phone``: recalls before a ticket without a phone may be marked missed;
    ``look_without_phone``: an attendant must have looked for its holder too.
    ``after_minutes``: a called ticket with a phone is missed by the clock after so long; None: never by the clock.
    """

    insert_after: int
    times: int
    within_minutes: int | None
    recalls_without_phone: int
    look_without_phone: bool = False
    after_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class AppointmentPolicy:
    """预约签到: a visitor who checks in counts as waiting since the slot, and ``credit_minutes`` longer.

    ``early_minutes``: check-in is taken from so long before the slot. ``grace_minutes``: who comes later than so long
    after it stands as if without appointment.
    """

    credit_minutes: int = 10
    early_minutes: int = 30
    grace_minutes: int = 10


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """Who is next, as versioned data; what it promises is proved in ``hub.domain.queue.bounds``.

    ``home_credit_minutes``: a window's preference for its home category. ``whole_credit_minutes``: for visitors all of
    whose items it can do. ``long_wait_minutes``: who has waited so long is *due* and goes before everybody who is not
    (None: nobody is ever due). ``rush_share``: while somebody is due, at least one of so many calls of a window goes to
    those with priority who are not due yet (0: none). ``transfers``: how often a ticket may be transferred (0: any
    number).
    """

    version: int
    classes: tuple[PriorityClass, ...]
    home_credit_minutes: int
    missed: MissedPolicy
    whole_credit_minutes: int = 0
    long_wait_minutes: int | None = None
    rush_share: int = 0
    transfers: int = 0
    appointment: AppointmentPolicy = field(default_factory=AppointmentPolicy)


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """One category of the day. ``minutes`` is the estimate of a service before today's pace is known."""

    letter: str
    zh: str
    en: str
    minutes: float
    floors: tuple[int, ...]
    service: bool = False


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """One window of the day: ``categories`` are the letters it may serve, ``home`` the one it prefers."""

    number: str
    floor: int
    zone: str
    home: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClerkPlan:
    """What a clerk may serve, wherever signed in; a clerk without a row may serve all that the window does."""

    name: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """From ``begins`` to ``ends`` (ms) at least ``open_percent`` of a floor's windows in use stay open."""

    begins: int
    ends: int
    open_percent: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The day's frame. Times are milliseconds since 1970 in UTC.

    Issuing runs from ``issuing_from`` until ``closes`` (both None: always). ``working`` is False on a day the
    calendar closes the hall: nothing is issued then. ``ends`` is the rollover to the next business day.
    ``capacity``: what happens to newcomers who cannot be served before ``closes``: ignore, warn or stop.
    """

    date: str
    timezone: str
    profile: int
    calendar: int
    working: bool
    issuing_from: int | None
    opens: int | None
    closes: int | None
    ends: int
    queues: tuple[QueuePlan, ...]
    windows: tuple[WindowPlan, ...]
    policy: QueuePolicy
    clerks: tuple[ClerkPlan, ...] = ()
    rosters: tuple[RosterPlan, ...] = ()
    capacity: str = "ignore"
