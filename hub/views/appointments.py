"""A day's appointments as people read them: each slot's places by whom they are for, and what is left to book."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.state import QueueDay
from hub.domain.slots.state import BOOKED, CANCELLED, CHECKED_IN, FREE, MOVED, NO_SHOW, Booking, Slot, SlotDay
from hub.views.words import Words

STATES = {
    BOOKED: Words("已预约", "booked"),
    CHECKED_IN: Words("已签到", "checked in"),
    CANCELLED: Words("已取消", "cancelled"),
    MOVED: Words("已改约", "moved"),
    NO_SHOW: Words("爽约", "no-show"),
}
CHANNELS = {
    "online": Words("网上", "online"),
    "counter": Words("窗口", "counter"),
    "kiosk": Words("自助机", "kiosk"),
    "phone": Words("电话", "phone"),
}


@dataclass(frozen=True, slots=True)
class SlotRow:
    """``capacity`` = ``leased`` + ``booked`` + ``walk_in`` + ``left``; ``sold`` of ``leased`` are known to be sold.

    ``to_come``, ``checked_in`` and ``no_shows``: bookings by what became of them. ``starts`` and ``ends`` in ms, UTC.
    ``bookable``: a place in the hall can be had now.
    """

    slot: str
    group: str
    zh: str
    en: str
    categories: tuple[str, ...]
    starts: int
    ends: int
    capacity: int
    leased: int
    sold: int
    booked: int
    walk_in: int
    left: int
    to_come: int
    checked_in: int
    no_shows: int
    over: bool
    bookable: bool


@dataclass(frozen=True, slots=True)
class BookingRow:
    """``number``: of its ticket. ``seen``: False when it came before its sale was heard."""

    code: str
    slot: str
    zh: str
    starts: int
    category: str
    channel: str
    state: str
    number: str | None
    seen: bool


def slot_rows(day: SlotDay, now: int) -> tuple[SlotRow, ...]:
    """In the order of the day."""
    counted: dict[tuple[str, str], int] = {}
    for each in day.bookings.values():
        counted[each.slot, each.state] = counted.get((each.slot, each.state), 0) + 1
    unsold: dict[str, int] = {}
    for unit in day.units.values():
        if unit.state == FREE:
            slot = day.leases[unit.lease].slot
            unsold[slot] = unsold.get(slot, 0) + 1
    return tuple(_row(slot, unsold.get(id, 0), counted, now) for id, slot in day.slots.items())


def _row(slot: Slot, unsold: int, counted: dict[tuple[str, str], int], now: int) -> SlotRow:
    plan = slot.plan
    left, over = max(slot.left, 0), now >= plan.starts
    return SlotRow(
        slot=plan.id,
        group=plan.group,
        zh=plan.zh,
        en=plan.en,
        categories=plan.categories,
        starts=plan.starts,
        ends=plan.ends,
        capacity=slot.capacity,
        leased=slot.leased,
        sold=slot.leased - unsold,
        booked=slot.booked,
        walk_in=slot.walk_in,
        left=left,
        to_come=counted.get((plan.id, BOOKED), 0),
        checked_in=counted.get((plan.id, CHECKED_IN), 0),
        no_shows=counted.get((plan.id, NO_SHOW), 0),
        over=over,
        bookable=left > 0 and not over,
    )


def booking_rows(day: SlotDay, queue: QueueDay | None) -> tuple[BookingRow, ...]:
    """By slot, then as they were booked. ``queue``: of the same day, for the numbers; None: not kept any more."""
    found = sorted(day.bookings.values(), key=lambda each: (day.slots[each.slot].plan.starts, each.slot))
    return tuple(booking_row(day, each, queue) for each in found)


def booking_row(day: SlotDay, each: Booking, queue: QueueDay | None) -> BookingRow:
    ticket = None if queue is None or each.ticket is None else queue.tickets.get(each.ticket)
    plan = day.slots[each.slot].plan
    return BookingRow(
        code=each.code,
        slot=each.slot,
        zh=plan.zh,
        starts=plan.starts,
        category=each.category,
        channel=each.channel,
        state=each.state,
        number=None if ticket is None else ticket.number,
        seen=each.seen,
    )
