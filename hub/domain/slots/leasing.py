"""Leases: places that the online hall may sell without asking, and how they come back.

A unit that was leased is the online hall's until it says that it did not sell it. Nobody here can know what was sold
while the line was cut, so an expired lease gives nothing back by itself.
"""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.refusals import Refused
from hub.domain.slots.commands import ExtendLease, LeaseUnits, PlanSlots, ReturnLease
from hub.domain.slots.decided import DONE, SlotsDecided
from hub.domain.slots.events import LeaseExtended, LeaseReturned, SlotsLeased, SlotsPlanned
from hub.domain.slots.finding import lease_of, slot_of
from hub.domain.slots.replies import LeaseReply
from hub.domain.slots.state import FREE, Lease, SlotDay


def plan_slots(day: SlotDay, command: PlanSlots) -> SlotsDecided:
    plan = command.plan
    if (day.timezone, day.planned, day.late_ms, day.lease_ms) == (
        plan.timezone,
        plan.slots,
        plan.late_ms,
        plan.lease_ms,
    ):
        return Decided((), DONE)
    return Decided(((0, SlotsPlanned(plan, command.at)),), DONE)


def lease_units(day: SlotDay, command: LeaseUnits) -> SlotsDecided:
    """As many as the slot has to lease; none: no event. Raises ``Refused("unknown-slot")``."""
    lease = day.leases.get(command.lease)
    if lease is not None:
        return Decided((), lease_reply(day, lease))
    slot = slot_of(day, command.slot)
    fresh = [code for code in dict.fromkeys(command.codes) if not day.knows(code)]
    codes = tuple(fresh[: slot.leasable])
    expires = min(command.expires, slot.plan.leased_until)
    reply = LeaseReply(command.lease, len(codes), expires)
    if not codes or expires <= command.at:
        return Decided((), LeaseReply(command.lease, 0, expires))
    return Decided(((0, SlotsLeased(command.lease, command.slot, codes, expires, command.at)),), reply)


def extend_lease(day: SlotDay, command: ExtendLease) -> SlotsDecided:
    """Never beyond what its slot allows; a returned lease stays returned. Raises ``Refused("unknown-lease")``."""
    lease = lease_of(day, command.lease)
    expires = min(command.expires, day.slots[lease.slot].plan.leased_until)
    if lease.returned or expires <= lease.expires:
        return Decided((), lease_reply(day, lease))
    reply = LeaseReply(lease.id, lease_reply(day, lease).units, expires)
    return Decided(((0, LeaseExtended(lease.id, expires, command.at)),), reply)


def return_lease(day: SlotDay, command: ReturnLease) -> SlotsDecided:
    """What was sold or taken by a check-in meanwhile stays so. Raises ``Refused``: unknown-lease, unknown-unit."""
    lease = lease_of(day, command.lease)
    for code in command.codes:
        unit = day.units.get(code)
        if unit is None or unit.lease != lease.id:
            raise Refused("unknown-unit", unit=code[:16])
    codes = tuple(code for code in dict.fromkeys(command.codes) if day.units[code].state == FREE)
    reply = LeaseReply(lease.id, lease_reply(day, lease).units - len(codes), lease.expires)
    if lease.returned and not codes:
        return Decided((), reply)
    return Decided(((0, LeaseReturned(lease.id, codes, command.at)),), reply)


def lease_reply(day: SlotDay, lease: Lease) -> LeaseReply:
    """How the lease stands."""
    return LeaseReply(lease.id, sum(day.units[code].state == FREE for code in lease.codes), lease.expires)
