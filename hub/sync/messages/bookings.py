"""Appointments sold online, moved, cancelled, and what of a lease was not sold."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hub.core.appointments import Holder, typed
from hub.core.holders import holder
from hub.core.submission import Command
from hub.domain.refusals import Refused
from hub.domain.slots.commands import ReturnLease, SellUnit
from hub.sync.messages.applications import Code
from hub.sync.messages.context import Context

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Unit = Annotated[str, Meta(min_length=4, max_length=16)]
Lease = Annotated[str, Meta(min_length=1, max_length=64)]
Slot = Annotated[str, Meta(min_length=1, max_length=64)]
Letter = Annotated[str, Meta(pattern=r"^[A-Z]$")]


class UnitSold(msgspec.Struct, frozen=True):
    """``code``: the leased unit's own, which the citizen books under. ``category``: what they come for first."""

    day: Day
    lease: Lease
    code: Unit
    category: Letter
    also: Annotated[tuple[Letter, ...], Meta(max_length=10)] = ()
    items: Annotated[tuple[Code, ...], Meta(max_length=20)] = ()
    name: Annotated[str, Meta(max_length=60)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    identity: Annotated[str, Meta(max_length=32)] = ""


class BookingMoved(msgspec.Struct, frozen=True):
    """``code``: of the booking; ``unit``: the leased unit it moves to, whose code it then has."""

    day: Day
    code: Unit
    to_day: Day
    to_slot: Slot
    unit: Unit


class BookingCancelled(msgspec.Struct, frozen=True):
    """The unit goes back to its lease under a fresh code, which the hall tells."""

    day: Day
    code: Unit
    why: Annotated[str, Meta(max_length=200)] = ""


class LeaseReturned(msgspec.Struct, frozen=True):
    """After all its sales: the units of the lease that were not sold, and never will be."""

    day: Day
    lease: Lease
    codes: Annotated[tuple[Unit, ...], Meta(max_length=1000)] = ()


def sold(context: Context, data: UnitSold) -> Command:
    """Sold at the cloud's receipt, however late the hall hears of it."""
    who = _holder(context, data)
    return SellUnit(
        day=data.day,
        at=context.now,
        lease=data.lease,
        code=typed(data.code),
        category=data.category,
        sold_at=context.at,
        also=data.also,
        items=data.items,
        name=who.name,
        phone=who.phone,
        identity=who.identity,
    )


def moved(context: Context, data: BookingMoved) -> Command:
    unit = typed(data.unit)
    return context.hub.appointments.move(data.day, data.code, data.to_day, data.to_slot, unit=unit, asked_at=context.at)


def cancelled(context: Context, data: BookingCancelled) -> Command:
    return context.hub.appointments.cancel(data.day, data.code, data.why, asked_at=context.at)


def returned(context: Context, data: LeaseReturned) -> Command:
    return ReturnLease(data.day, context.now, data.lease, tuple(typed(code) for code in data.codes))


def _holder(context: Context, data: UnitSold) -> Holder:
    """A sale stands whatever was written of its buyer: a phone that is none is left out, not the place."""
    try:
        return holder(context.hub, data.name, data.phone, data.identity)
    except Refused:
        return Holder()
