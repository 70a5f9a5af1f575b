"""Places given and given up: what the online hall sold of its units, what the hall books, and what is cancelled."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.refusals import Refused
from hub.domain.slots.commands import BookSlot, CancelBooking, SellUnit
from hub.domain.slots.decided import Placed, SlotsDecided
from hub.domain.slots.events import BookingCancelled, NoShowRecorded, SlotBooked, UnitSold
from hub.domain.slots.finding import booking_of, booking_reply, check_category, check_standing, clock_time, slot_of
from hub.domain.slots.state import BOOKED, CANCELLED, FREE, HALL_CHANNELS, NO_SHOW, RETURNED, Booking, SlotDay


def sell_unit(day: SlotDay, command: SellUnit) -> SlotsDecided:
    """However late it is heard: its buyer may be here already, or the slot be over; then nobody came for it.

    Raises ``Refused``: unknown-unit, unit-returned, unit-sold, unknown-category.
    """
    unit = day.units.get(command.code)
    if unit is None or unit.lease != command.lease:
        raise Refused("unknown-unit", unit=command.code[:16])
    known = day.bookings.get(command.code)
    if unit.state == RETURNED:
        raise Refused("unit-returned", unit=unit.code)
    if unit.state != FREE and (known is None or known.seen):
        raise Refused("unit-sold", unit=unit.code)
    slot = day.slots[day.leases[unit.lease].slot]
    check_category(slot, command.category)
    category, state = (command.category, BOOKED) if known is None else (known.category, known.state)
    missed = state == BOOKED and command.at > slot.plan.starts + day.late_ms
    sold = UnitSold(
        code=unit.code,
        lease=unit.lease,
        slot=slot.plan.id,
        category=category,
        also=command.also,
        items=command.items,
        sold_at=command.sold_at,
        at=command.at,
        name=command.name,
        phone=command.phone,
        identity=command.identity,
    )
    events: tuple[Placed, ...] = ((0, sold),)
    if missed:
        events, state = (*events, (0, NoShowRecorded(unit.code, slot.plan.id, command.at))), NO_SHOW
    return Decided(events, booking_reply(day, command.day, slot, unit.code, category, state))


def book_slot(day: SlotDay, command: BookSlot) -> SlotsDecided:
    """Raises ``Refused``: unknown-slot, unknown-category, slot-over, slot-full, booked-already, code-taken."""
    assert command.channel in HALL_CHANNELS
    slot = slot_of(day, command.slot)
    check_category(slot, command.category)
    if command.at >= slot.plan.starts:
        raise Refused("slot-over", time=clock_time(day, slot.plan.starts))
    person = [each.subject for each in (command.phone, command.identity) if each is not None]
    for each in day.bookings.values():
        if each.slot == slot.plan.id and each.state == BOOKED and (each.phone in person or each.identity in person):
            raise Refused("booked-already", time=clock_time(day, slot.plan.starts))
    if slot.left <= 0:
        raise Refused("slot-full", time=clock_time(day, slot.plan.starts))
    if day.knows(command.code):
        raise Refused("code-taken")
    booked = SlotBooked(
        code=command.code,
        slot=slot.plan.id,
        category=command.category,
        also=command.also,
        items=command.items,
        channel=command.channel,
        at=command.at,
        name=command.name,
        phone=command.phone,
        identity=command.identity,
    )
    return Decided(((0, booked),), booking_reply(day, command.day, slot, command.code, command.category, BOOKED))


def cancel_booking(day: SlotDay, command: CancelBooking) -> SlotsDecided:
    """One that was cancelled in time counts so, though the clock took it for a no-show before this was heard.

    Raises ``Refused``: unknown-booking, unseen-booking, booking-moved, booking-checked-in, booking-missed, code-taken.
    """
    booking = booking_of(day, command.code)
    slot = day.slots[booking.slot]
    reply = booking_reply(day, command.day, slot, booking.code, booking.category, CANCELLED)
    if booking.state == CANCELLED:
        return Decided((), reply)
    if not (booking.state == NO_SHOW and in_time(command.asked_at, slot.plan.starts)):
        check_standing(day, booking)
    fresh = fresh_code(day, booking, command.fresh)
    return Decided(
        ((0, BookingCancelled(booking.code, booking.slot, command.why, fresh, command.at)),),
        reply,
    )


def in_time(asked_at: int | None, starts: int) -> bool:
    """Whether something asked for elsewhere was asked before the slot began."""
    return asked_at is not None and asked_at < starts


def fresh_code(day: SlotDay, booking: Booking, fresh: str) -> str | None:
    """The code under which the booking's unit goes back to its lease; None when the place is the hall's.

    Raises ``Refused("code-taken")``.
    """
    if booking.lease is None or day.leases[booking.lease].returned:
        return None
    if day.knows(fresh):
        raise Refused("code-taken")
    return fresh
