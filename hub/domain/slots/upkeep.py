"""What the clock alone brings about among appointments: leases made and renewed, people who did not come.

Read from the day, each under a name that makes it once, so nothing is forgotten over a restart and nothing done twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.slots.arrival import over_at
from hub.domain.slots.commands import ExtendLease, RecordNoShow
from hub.domain.slots.state import BOOKED, FREE, SlotDay


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lease to be made as ``LeaseUnits``; whoever makes it adds as many codes as ``units``."""

    lease: str
    slot: str
    units: int
    expires: int


def no_shows(day: SlotDay, name: str, at: int) -> list[tuple[str, RecordNoShow]]:
    """The bookings of business day ``name`` whose check-in is over at ``at``."""
    return [
        (f"no-show:{name}:{each.code}:{each.told_in}", RecordNoShow(name, at, each.code))
        for each in day.bookings.values()
        if each.state == BOOKED and over_at(day, each) < at
    ]


def leases_wanted(day: SlotDay, at: int) -> list[Wanted]:
    """What is missing of each slot's share for the online hall. A slot's n-th lease has one id, so it is made once."""
    found: list[Wanted] = []
    for id, slot in day.slots.items():
        if slot.leasable and at < slot.plan.leased_until:
            expires = min(slot.plan.leased_until, at + day.lease_ms)
            found.append(Wanted(f"{id}.{slot.leases}", id, slot.leasable, expires))
    return found


def renewals(day: SlotDay, name: str, at: int) -> list[tuple[str, ExtendLease]]:
    """Leases with something left to sell of which half the time is gone, as far as their slots allow."""
    found: list[tuple[str, ExtendLease]] = []
    for lease in day.leases.values():
        until = min(day.slots[lease.slot].plan.leased_until, at + day.lease_ms)
        if lease.returned or lease.expires - at > day.lease_ms // 2 or until <= lease.expires:
            continue
        if any(day.units[code].state == FREE for code in lease.codes):
            found.append((f"extend:{name}:{lease.id}:{lease.expires}", ExtendLease(name, at, lease.id, until)))
    return found
