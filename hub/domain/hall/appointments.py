"""预约: which slots a day has, how many places each holds, and for whom they are kept, as the profile says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """Categories that share their slots: one every ``every_minutes`` from ``opens`` to ``closes`` (empty: the hall's).

    Of the ``capacity`` places of a slot ``walk_in_percent`` are kept for people without appointment; at most
    ``online_percent`` are leased to the online hall.
    """

    id: str
    zh: str
    en: str
    categories: tuple[str, ...]
    capacity: int
    every_minutes: int = 30
    walk_in_percent: int = 50
    online_percent: int = 0
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Appointments:
    """No ``groups``: the hall takes no appointments. ``days_ahead``: the last day that can be booked, from today.

    ``late_minutes``: so long after its slot a check-in is still taken. How early one may come, and until when it keeps
    its place in the line, is the queue's policy. A lease runs for ``lease_hours`` and is renewed while the hub works;
    it ends at the latest ``lease_ends_minutes`` before its slot.
    """

    groups: tuple[SlotGroup, ...] = ()
    days_ahead: int = 7
    late_minutes: int = 30
    lease_hours: int = 72
    lease_ends_minutes: int = 60
