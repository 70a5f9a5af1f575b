"""签到: a booking becomes a ticket, once; and what the clock says of those who did not come."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.queue.commands import TakeTicket
from hub.domain.queue.decide import decide as decide_queue
from hub.domain.queue.state import ENDED, MISSED, QueueDay
from hub.domain.refusals import Refused
from hub.domain.slots.commands import CheckIn, RecordNoShow
from hub.domain.slots.decided import DONE, SlotsDecided
from hub.domain.slots.events import BookingCheckedIn, NoShowRecorded
from hub.domain.slots.finding import check_standing, clock_time
from hub.domain.slots.state import BOOKED, CHECKED_IN, FREE, Booking, SlotDay


def check_in(day: SlotDay, queue: QueueDay, command: CheckIn) -> SlotsDecided:
    """The reply is its ticket's place; for one that checked in already, that of its ticket now.

    Raises ``Refused``: unknown-booking, booking-other-day, booking-cancelled, booking-moved, booking-missed,
    category-needed, unknown-category, booking-ticket-missed, wrong-state (its ticket has ended), and what taking a
    ticket does (too-early-to-check-in, hall-frozen, day-closed).
    """
    booking, unseen = _booked(day, command)
    if booking.state != CHECKED_IN:
        check_standing(day, booking)
        slot = day.slots[booking.slot].plan
        if command.at > slot.starts + day.late_ms:
            raise Refused("booking-missed", booking=booking.code, time=clock_time(day, slot.starts))
    elif booking.ticket is not None and (ticket := queue.tickets.get(booking.ticket)) is not None:
        if ticket.state == MISSED:
            raise Refused("booking-ticket-missed", number=ticket.number)
        if ticket.state in ENDED:
            raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    taken = decide_queue(queue, _ticket(day, booking, command))
    came = BookingCheckedIn(
        booking.code, booking.slot, command.ticket, booking.category, unseen, command.kiosk, command.at
    )
    events = () if booking.state == CHECKED_IN else ((0, came), *((1, event) for event in taken.events))
    return Decided(events, taken.reply)


def record_no_show(day: SlotDay, command: RecordNoShow) -> SlotsDecided:
    """Nothing for a booking that came, went or moved meanwhile."""
    booking = day.bookings.get(command.code)
    if booking is None or booking.state != BOOKED or command.at <= over_at(day, booking):
        return Decided((), DONE)
    return Decided(((0, NoShowRecorded(booking.code, booking.slot, command.at)),), DONE)


def over_at(day: SlotDay, booking: Booking) -> int:
    """The last moment at which the booking may check in, ms."""
    return day.slots[booking.slot].plan.starts + day.late_ms


def _booked(day: SlotDay, command: CheckIn) -> tuple[Booking, bool]:
    """The booking, and whether its sale was not heard: then it is made up of the unit that its code names."""
    if not command.code:
        return _of_person(day, command), False
    booking = day.bookings.get(command.code)
    if booking is not None:
        return booking, False
    unit = day.units.get(command.code)
    if unit is None or unit.state != FREE:
        if command.elsewhere is not None:
            raise Refused("booking-other-day", booking=command.code[:16], day=command.elsewhere)
        raise Refused("unknown-booking", booking=command.code[:16])
    slot = day.slots[day.leases[unit.lease].slot].plan
    category = command.category or (slot.categories[0] if len(slot.categories) == 1 else None)
    if category is None:
        raise Refused("category-needed", categories=",".join(slot.categories))
    if category not in slot.categories:
        raise Refused("unknown-category", category=category[:40])
    return Booking(unit.code, slot.id, category, "online", unit.lease, command.at), True


def _of_person(day: SlotDay, command: CheckIn) -> Booking:
    """The earliest that is to come, else one that came already."""
    found = [
        each
        for each in day.bookings.values()
        if command.subject is not None and command.subject in (each.phone, each.identity)
    ]
    found.sort(key=lambda each: day.slots[each.slot].plan.starts)
    for state in (BOOKED, CHECKED_IN):
        to_come = [each for each in found if each.state == state and command.at <= over_at(day, each)]
        if to_come:
            return to_come[0]
    if found:
        return found[-1]
    if command.elsewhere is not None:
        raise Refused("booking-other-day", booking="", day=command.elsewhere)
    raise Refused("unknown-booking", booking="")


def _ticket(day: SlotDay, booking: Booking, command: CheckIn) -> TakeTicket:
    return TakeTicket(
        day=command.day,
        at=command.at,
        ticket=booking.ticket or command.ticket,
        category=booking.category,
        floor=command.floor,
        priority=command.priority,
        phone=command.phone,
        items=booking.items,
        kiosk=command.kiosk,
        printer=command.printer,
        also=booking.also,
        slot=day.slots[booking.slot].plan.starts,
        booking=booking.code,
        escort=command.escort,
        note=command.note,
    )
