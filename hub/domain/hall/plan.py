"""What one business day needs of the hall: a value the day's stream carries whole, so a replay needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass


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

    ``insert_after``: behind that many waiting tickets (0: first). ``times``: reinstatements a ticket may have.
    ``within_minutes``: after being missed; None: until the day is closed.
    ``recalls_without_phone``: recalls before a ticket without a phone may be marked missed.
    """

    insert_after: int
    times: int
    within_minutes: int | None
    recalls_without_phone: int


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """Who is next, as versioned data. ``home_credit_minutes`` is a window's preference for its home category."""

    version: int
    classes: tuple[PriorityClass, ...]
    home_credit_minutes: int
    missed: MissedPolicy


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
class DayPlan:
    """The day's frame. Times are milliseconds since 1970 in UTC.

    Issuing runs from ``issuing_from`` until ``closes`` (both None: always). ``working`` is False on a day the
    calendar closes the hall: nothing is issued then. ``ends`` is the rollover to the next business day.
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
