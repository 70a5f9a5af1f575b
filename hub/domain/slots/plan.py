"""What one business day's appointments need of the hall: a value the day's stream carries whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """``starts`` and ``ends`` in ms since 1970, UTC. ``online``: the most places that may be leased out.

    ``walk_in``: places kept for people without appointment. No lease lasts beyond ``leased_until`` (ms).
    """

    id: str
    group: str
    zh: str
    en: str
    categories: tuple[str, ...]
    starts: int
    ends: int
    capacity: int
    walk_in: int
    online: int
    leased_until: int


@dataclass(frozen=True, slots=True)
class SlotsPlan:
    """The slots of one business day. ``late_ms``: so long after its slot a check-in is still taken.

    ``lease_ms``: how long a lease runs before it has to be renewed.
    """

    timezone: str
    slots: tuple[SlotPlan, ...]
    late_ms: int
    lease_ms: int
