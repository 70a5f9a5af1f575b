"""``/api/v1/appointments``: a day's slots and bookings; booking, moving, cancelling and checking in for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.core.applicants import subject_of
from hub.core.holders import holder
from hub.core.hub import Hub
from hub.domain.queue.replies import TicketReply
from hub.domain.refusals import Refused
from hub.domain.slots.replies import BookingReply
from hub.views.appointments import booking_row, booking_rows, slot_rows
from hub.views.masks import masked_name, masked_phone
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.api.tickets import DeviceId, Name, registry_of
from hub.web.site import site

router = APIRouter(prefix="/api/v1/appointments", tags=["appointments"])

Code = Annotated[str, Meta(max_length=20)]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
Phone = Annotated[str, Meta(max_length=40)]
Identity = Annotated[str, Meta(max_length=40)]

Seeing = Annotated[Caller, Depends(permission("appointment.see"))]
Booking = Annotated[Caller, Depends(permission("appointment.book"))]


class BookBody(msgspec.Struct, frozen=True):
    """``category`` may be left out when ``items`` are named. A ``name`` needs a phone or an identity beside it.

    ``channel``: counter, or phone when staff book for somebody who called.
    """

    day: Day
    slot: Name
    category: Name | None = None
    items: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    name: Annotated[str, Meta(max_length=120)] | None = None
    phone: Phone | None = None
    identity: Identity | None = None
    channel: Literal["counter", "phone"] = "counter"


class MoveBody(msgspec.Struct, frozen=True):
    day: Day
    slot: Name


class CancelBody(msgspec.Struct, frozen=True):
    why: Annotated[str, Meta(max_length=200)] = ""


class CheckInBody(msgspec.Struct, frozen=True):
    """One of ``code``, ``phone`` and ``identity``. ``category``: when it was asked for (category-needed)."""

    code: Code | None = None
    phone: Phone | None = None
    identity: Identity | None = None
    category: Name | None = None
    priority: Name | None = None
    floor: int | None = None
    kiosk: DeviceId | None = None


class FindBody(msgspec.Struct, frozen=True):
    """One of them; in a body, since addresses are written down on their way."""

    code: Code | None = None
    phone: Phone | None = None
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class SlotShape:
    """``capacity`` = ``leased`` + ``booked`` + ``walk_in`` + ``left``; of ``leased`` units ``sold`` are known sold.

    ``bookable``: a place in the hall can be had now.
    """

    slot: str
    group: str
    zh: str
    en: str
    categories: tuple[str, ...]
    starts: datetime
    ends: datetime
    capacity: int
    leased: int
    sold: int
    booked: int
    walk_in: int
    left: int
    to_come: int
    checked_in: int
    no_shows: int
    bookable: bool


@dataclass(frozen=True, slots=True)
class BookingShape:
    """``state``: booked, checked-in, cancelled, moved or no-show. ``number``: of its ticket."""

    code: str
    slot: str
    starts: datetime
    category: str
    channel: str
    state: str
    number: str | None


@dataclass(frozen=True, slots=True)
class AppointmentsShape:
    day: str
    slots: tuple[SlotShape, ...]
    bookings: tuple[BookingShape, ...]


@dataclass(frozen=True, slots=True)
class FoundShape:
    """``name`` and ``phone`` masked, empty when not given."""

    day: str
    booking: BookingShape
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class FoundsShape:
    found: tuple[FoundShape, ...]


_book_body = msgspec.json.Decoder(BookBody)
_move_body = msgspec.json.Decoder(MoveBody)
_cancel_body = msgspec.json.Decoder(CancelBody)
_check_in_body = msgspec.json.Decoder(CheckInBody)
_find_body = msgspec.json.Decoder(FindBody)


@router.get("/{day}", openapi_extra=documented(AppointmentsShape))
async def see_day(request: Request, day: str, _caller: Seeing) -> Response:
    """One business day: today, one that can be booked, or a past one with appointments."""
    hub = site(request).hub
    return shown(appointments_shape(hub, hub.appointments.known_day(day)))


@router.post("", status_code=201, openapi_extra=documented(BookingReply, body=BookBody, status=201, key=True))
async def book(request: Request, caller: Booking) -> Response:
    """预约: a place of the hall; the code is told to the person who will come."""
    asked = await read_json(request, _book_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    category, also = here.bindings.items().visit(asked.category, asked.items)
    who = holder(here.hub, asked.name, asked.phone, asked.identity)
    command = here.hub.appointments.book(
        asked.day, asked.slot, category, asked.channel, also=also, items=asked.items, who=who
    )
    return answer(await submit(request, command, doing), 201)


@router.post(
    "/check-in", status_code=201, openapi_extra=documented(TicketReply, body=CheckInBody, status=201, key=True)
)
async def check_in(request: Request, caller: Annotated[Caller, Depends(permission("ticket.issue"))]) -> Response:
    """预约签到: a ticket for today's booking; again for one that has it, the same ticket."""
    asked = await read_json(request, _check_in_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    registry = registry_of(here, asked.kiosk)
    printer, floor = None, asked.floor
    if asked.kiosk is not None and registry is not None:
        printer = registry.printer_of(asked.kiosk)
        floor = registry.floor_of(asked.kiosk) if floor is None else floor
    code, subject = _named(here.hub, asked.code, asked.phone, asked.identity)
    command = here.hub.appointments.check_in(
        code,
        subject=subject,
        category=asked.category,
        floor=1 if floor is None else floor,
        priority=asked.priority,
        kiosk=asked.kiosk,
        printer=printer,
    )
    return answer(await submit(request, command, doing), 201)


@router.post("/find", openapi_extra=documented(FoundsShape, body=FindBody))
async def find(request: Request, _caller: Seeing) -> Response:
    """The bookings of a code or of a person, of today and later."""
    asked = await read_json(request, _find_body)
    hub = site(request).hub
    code, subject = _named(hub, asked.code, asked.phone, asked.identity)
    rows: list[FoundShape] = []
    for day, booking in hub.appointments.found(code=code, subject=subject):
        held = hub.appointments.holder(day, booking.code)
        row = booking_row(hub.appointments.day(day), booking, hub.day() if day == hub.today else None)
        name = "" if held.name is None else masked_name(held.name.value)
        phone = "" if held.phone is None else masked_phone(held.phone.value)
        shape = BookingShape(row.code, row.slot, utc(row.starts), row.category, row.channel, row.state, row.number)
        rows.append(FoundShape(day, shape, name, phone))
    return shown(FoundsShape(tuple(rows)))


@router.post("/{day}/{code}/move", openapi_extra=documented(BookingReply, body=MoveBody, key=True))
async def move(request: Request, day: str, code: str, caller: Booking) -> Response:
    """改约: to another slot, also of another day."""
    asked = await read_json(request, _move_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    command = site(request).hub.appointments.move(day, code, asked.day, asked.slot)
    return answer(await submit(request, command, doing))


@router.post("/{day}/{code}/cancel", openapi_extra=documented(BookingReply, body=CancelBody, key=True))
async def cancel(request: Request, day: str, code: str, caller: Booking) -> Response:
    """取消预约."""
    asked = await read_json(request, _cancel_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    return answer(await submit(request, site(request).hub.appointments.cancel(day, code, plain(asked.why)), doing))


def appointments_shape(hub: Hub, day: str) -> AppointmentsShape:
    """A day that is known."""
    held = hub.appointments.day(day)
    return AppointmentsShape(
        day,
        tuple(
            SlotShape(
                slot=row.slot,
                group=row.group,
                zh=row.zh,
                en=row.en,
                categories=row.categories,
                starts=utc(row.starts),
                ends=utc(row.ends),
                capacity=row.capacity,
                leased=row.leased,
                sold=row.sold,
                booked=row.booked,
                walk_in=row.walk_in,
                left=row.left,
                to_come=row.to_come,
                checked_in=row.checked_in,
                no_shows=row.no_shows,
                bookable=row.bookable,
            )
            for row in slot_rows(held, hub.now())
        ),
        tuple(
            BookingShape(row.code, row.slot, utc(row.starts), row.category, row.channel, row.state, row.number)
            for row in booking_rows(held, hub.day_named(day))
        ),
    )


def _named(hub: Hub, code: str | None, phone: str | None, identity: str | None) -> tuple[str, str | None]:
    """The code, or the subject. Raises ``Refused``: bad-phone, bad-identity, bad-value when nothing is named."""
    if code and code.strip():
        return code, None
    if phone and phone.strip():
        return "", hub.phone(phone).subject
    if identity and identity.strip():
        return "", subject_of(hub, identity)
    raise Refused("bad-value", field="code", problem="要预约码、手机号或证件号 / a code, a phone or an ID")
