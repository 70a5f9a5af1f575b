"""Finding what a command names among a day's appointments, or refusing it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.refusals import Refused
from hub.domain.slots.replies import BookingReply
from hub.domain.slots.state import FREE, Booking, Lease, Slot, SlotDay


def clock_time(day: SlotDay, at: int) -> str:
    """As people of the hall read it, ``09:30``."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(day.timezone)).strftime("%H:%M")


def slot_of(day: SlotDay, id: str) -> Slot:
    """Raises ``Refused("unknown-slot")``, also for one that the profile has no more."""
    slot = day.slots.get(id)
    if slot is None or not slot.planned:
        raise Refused("unknown-slot", slot=id[:80])
    return slot


def lease_of(day: SlotDay, id: str) -> Lease:
    """Raises ``Refused("unknown-lease")``."""
    lease = day.leases.get(id)
    if lease is None:
        raise Refused("unknown-lease", lease=id[:80])
    return lease


def booking_of(day: SlotDay, code: str) -> Booking:
    """Raises ``Refused``: unseen-booking for a unit whose sale was not heard, else unknown-booking."""
    booking = day.bookings.get(code)
    if booking is None:
        unit = day.units.get(code)
        if unit is not None and unit.state == FREE:
            raise Refused("unseen-booking", booking=code)
        raise Refused("unknown-booking", booking=code[:16])
    return booking


def check_category(slot: Slot, *letters: str) -> None:
    """Raises ``Refused("unknown-category")`` for one that has no appointments in that slot."""
    for letter in letters:
        if letter not in slot.plan.categories:
            raise Refused("unknown-category", category=letter[:40])


def check_standing(day: SlotDay, booking: Booking) -> None:
    """Raises ``Refused`` unless the booking is to come: cancelled, moved, checked in and missed ones say so."""
    slot = day.slots[booking.slot].plan
    match booking.state:
        case "booked":
            return
        case "cancelled":
            raise Refused("booking-cancelled", booking=booking.code)
        case "moved":
            raise Refused("booking-moved", booking=booking.code, day=booking.to_day, to=booking.to_code)
        case "no-show":
            raise Refused("booking-missed", booking=booking.code, time=clock_time(day, slot.starts))
        case _:
            raise Refused("booking-checked-in", booking=booking.code)


def booking_reply(day: SlotDay, name: str, slot: Slot, code: str, category: str, state: str) -> BookingReply:
    """``name``: the business day."""
    plan = slot.plan
    starts, ends = clock_time(day, plan.starts), clock_time(day, plan.ends)
    return BookingReply(code, name, plan.id, starts, ends, plan.zh, plan.en, category, state)
