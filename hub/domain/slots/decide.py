"""Every command about appointments, the streams it needs and the rule that decides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never, cast

from hub.domain.queue.state import QueueDay
from hub.domain.slots import commands as c
from hub.domain.slots.arrival import check_in, record_no_show
from hub.domain.slots.booking import book_slot, cancel_booking, sell_unit
from hub.domain.slots.decided import SlotsDecided
from hub.domain.slots.leasing import extend_lease, lease_units, plan_slots, return_lease
from hub.domain.slots.moving import move_booking
from hub.domain.slots.state import SlotDay


def streams_of(command: c.SlotsCommand) -> tuple[str, ...]:
    """The day's appointments first; then those of the day it is moved to, or the queue it joins."""
    day = "slots/" + command.day
    match command:
        case c.MoveBooking() if command.to_day != command.day:
            return (day, "slots/" + command.to_day)
        case c.CheckIn():
            return (day, "queue/" + command.day)
        case _:
            return (day,)


def decide(states: Sequence[object], command: c.SlotsCommand) -> SlotsDecided:
    """The events of ``command``, each with the index of its state in ``states``, and its reply. Changes nothing.

    Raises ``Refused``: what the command's own rule says.
    """
    day = cast(SlotDay, states[0])
    match command:
        case c.CheckIn():
            return check_in(day, cast(QueueDay, states[1]), command)
        case c.BookSlot():
            return book_slot(day, command)
        case c.SellUnit():
            return sell_unit(day, command)
        case c.MoveBooking():
            return move_booking(day, cast(SlotDay, states[-1]), command)
        case c.CancelBooking():
            return cancel_booking(day, command)
        case c.LeaseUnits():
            return lease_units(day, command)
        case c.ExtendLease():
            return extend_lease(day, command)
        case c.ReturnLease():
            return return_lease(day, command)
        case c.RecordNoShow():
            return record_no_show(day, command)
        case c.PlanSlots():
            return plan_slots(day, command)
        case _:
            assert_never(command)
