"""改约: a booking goes to another slot in one step, so that it never holds two places and is never without one."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from hub.domain.slots.booking import fresh_code, in_time
from hub.domain.slots.commands import MoveBooking
from hub.domain.slots.decided import Placed, SlotsDecided
from hub.domain.slots.events import BookingArrived, BookingMovedAway, NoShowRecorded
from hub.domain.slots.finding import booking_of, booking_reply, check_category, check_standing, clock_time, slot_of
from hub.domain.slots.state import BOOKED, FREE, MOVED, NO_SHOW, Slot, SlotDay


def move_booking(day: SlotDay, to: SlotDay, command: MoveBooking) -> SlotsDecided:
    """``to`` is ``day`` itself when the day stays the same.

    Raises ``Refused``: what ``cancel_booking`` does, and unknown-slot, unknown-category, slot-over, slot-full,
    unknown-unit, unit-sold, same-slot.
    """
    booking = booking_of(day, command.code)
    starts = day.slots[booking.slot].plan.starts
    if not (booking.state == NO_SHOW and in_time(command.asked_at, starts)):
        check_standing(day, booking)
    same_day = to is day
    if same_day and command.to_slot == booking.slot:
        raise Refused("same-slot", time=clock_time(day, starts))
    code, slot, lease = _place(to, command)
    category = booking.category
    check_category(slot, category)
    if lease is None and not same_day and to.knows(code):
        earlier = to.bookings.get(code)
        if earlier is None or earlier.state != MOVED:  # moved to and fro, it finds its own code there
            raise Refused("code-taken")
    fresh = fresh_code(day, booking, command.fresh)
    away = BookingMovedAway(booking.code, booking.slot, command.to_day, slot.plan.id, code, fresh, command.at)
    arrived = BookingArrived(
        code=code,
        slot=slot.plan.id,
        lease=lease,
        from_day=command.day,
        from_code=booking.code,
        category=category,
        also=booking.also,
        items=booking.items,
        channel=booking.channel,
        at=command.at,
        name=command.name,
        phone=_kept(command.phone, booking.phone),
        identity=_kept(command.identity, booking.identity),
    )
    known = to.bookings.get(code) if lease is not None else None
    state = BOOKED if known is None else known.state
    where = 0 if same_day else 1
    events: tuple[Placed, ...] = ((0, away), (where, arrived))
    if state == BOOKED and command.at > slot.plan.starts + to.late_ms:  # heard after it was over
        events, state = (*events, (where, NoShowRecorded(code, slot.plan.id, command.at))), NO_SHOW
    return Decided(events, booking_reply(to, command.to_day, slot, code, category, state))


def _kept(value: Personal | None, subject: str | None) -> Personal | None:
    """The booking's own value; of a person who was forgotten meanwhile only the mark by which it is found."""
    if subject is None or (value is not None and value.subject == subject):
        return value if subject is not None else None
    return Personal(subject, None)


def _place(to: SlotDay, command: MoveBooking) -> tuple[str, Slot, str | None]:
    """The code, slot and lease it gets."""
    if command.unit is None:
        slot = slot_of(to, command.to_slot)
        if command.at >= slot.plan.starts:
            raise Refused("slot-over", time=clock_time(to, slot.plan.starts))
        if slot.left <= 0:
            raise Refused("slot-full", time=clock_time(to, slot.plan.starts))
        return command.code, slot, None
    unit = to.units.get(command.unit)
    if unit is None or to.leases[unit.lease].slot != command.to_slot:
        raise Refused("unknown-unit", unit=command.unit[:16])
    known = to.bookings.get(unit.code)
    if unit.state != FREE and (known is None or known.seen):
        raise Refused("unit-sold", unit=unit.code)
    return unit.code, to.slots[command.to_slot], unit.lease
