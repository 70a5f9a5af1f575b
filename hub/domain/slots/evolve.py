"""How a day's appointments follow their events. Total; reads no sealed value."""

from __future__ import annotations

from typing import assert_never

from hub.domain.personal import Personal
from hub.domain.slots import events as e
from hub.domain.slots.state import (
    CANCELLED,
    CHECKED_IN,
    FREE,
    MOVED,
    NO_SHOW,
    ONLINE,
    RETURNED,
    SOLD,
    SPENT,
    Booking,
    Lease,
    Slot,
    SlotDay,
    Unit,
)


def evolve(day: SlotDay, event: e.SlotsEvent) -> None:
    """Changes ``day`` in place."""
    day.version += 1
    match event:
        case e.SlotsPlanned():
            _plan(day, event)
        case e.SlotsLeased():
            slot = day.slots[event.slot]
            slot.leased += len(event.codes)
            slot.leases += 1
            day.leases[event.lease] = Lease(event.lease, event.slot, event.expires, list(event.codes))
            day.units.update((code, Unit(code, event.lease)) for code in event.codes)
        case e.LeaseExtended():
            day.leases[event.lease].expires = event.expires
        case e.LeaseReturned():
            lease = day.leases[event.lease]
            lease.returned = True
            for code in event.codes:
                day.units[code].state = RETURNED
            day.slots[lease.slot].leased -= len(event.codes)
        case e.UnitSold():
            _sold(day, event)
        case e.SlotBooked():
            day.slots[event.slot].booked += 1
            day.bookings[event.code] = _named(
                day, Booking(event.code, event.slot, event.category, event.channel, None, event.at), event
            )
        case e.BookingCancelled():
            booking = day.bookings[event.code]
            booking.state = CANCELLED
            _free(day, booking, event.fresh)
        case e.BookingMovedAway():
            booking = day.bookings[event.code]
            booking.state, booking.to_day = MOVED, event.to_day
            booking.to_slot, booking.to_code = event.to_slot, event.to_code
            _free(day, booking, event.fresh)
        case e.BookingArrived():
            _arrived(day, event)
        case e.BookingCheckedIn():
            _checked_in(day, event)
        case e.NoShowRecorded():
            day.bookings[event.code].state = NO_SHOW
        case _:
            assert_never(event)


def _plan(day: SlotDay, event: e.SlotsPlanned) -> None:
    plan = event.plan
    day.timezone, day.late_ms, day.lease_ms, day.planned = plan.timezone, plan.late_ms, plan.lease_ms, plan.slots
    laid = {each.id: each for each in plan.slots}
    for id, slot in list(day.slots.items()):
        slot.planned = id in laid
        if not slot.planned and not slot.held and not slot.leases and not any(_of(day, id)):
            del day.slots[id]
    for id, each in laid.items():
        known = day.slots.get(id)
        if known is None:
            day.slots[id] = Slot(each)
        else:
            known.plan = each
    day.slots = dict(sorted(day.slots.items(), key=lambda item: (item[1].plan.starts, item[1].plan.group)))


def _of(day: SlotDay, slot: str) -> list[Booking]:
    return [each for each in day.bookings.values() if each.slot == slot]


def _sold(day: SlotDay, event: e.UnitSold) -> None:
    day.units[event.code].state = SOLD
    known = day.bookings.get(event.code)
    if known is None:
        known = day.bookings[event.code] = Booking(
            event.code, event.slot, event.category, ONLINE, event.lease, event.sold_at
        )
    known.seen, known.booked_at = True, event.sold_at
    _named(day, known, event)


def _arrived(day: SlotDay, event: e.BookingArrived) -> None:
    if event.lease is None:
        day.slots[event.slot].booked += 1
    else:
        day.units[event.code].state = SOLD
    known = day.bookings.get(event.code)
    if known is None or known.seen:
        known = day.bookings[event.code] = Booking(
            event.code, event.slot, event.category, event.channel, event.lease, event.at
        )
    known.seen = True
    _named(day, known, event)


def _checked_in(day: SlotDay, event: e.BookingCheckedIn) -> None:
    if event.unseen:
        unit = day.units[event.code]
        unit.state = SOLD
        day.bookings[event.code] = Booking(
            event.code, event.slot, event.category, ONLINE, unit.lease, event.at, seen=False
        )
    booking = day.bookings[event.code]
    booking.state, booking.ticket, booking.came_at = CHECKED_IN, event.ticket, event.at


def _named(day: SlotDay, booking: Booking, event: e.UnitSold | e.SlotBooked | e.BookingArrived) -> Booking:
    booking.also, booking.items = event.also, event.items
    booking.phone, booking.identity = _subject(event.phone), _subject(event.identity)
    booking.told_in = day.version
    return booking


def _subject(value: Personal | None) -> str | None:
    return None if value is None else value.subject


def _free(day: SlotDay, booking: Booking, fresh: str | None) -> None:
    """The place that a booking held: its lease's again, or the hall's."""
    slot = day.slots[booking.slot]
    if booking.lease is None:
        slot.booked -= 1
        return
    lease = day.leases[booking.lease]
    day.units[booking.code].state = SPENT
    if fresh is None:
        slot.leased -= 1
    else:
        lease.codes.append(fresh)
        day.units[fresh] = Unit(fresh, lease.id, FREE)
