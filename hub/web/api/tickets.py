"""``/api/v1/tickets``: take a number, look at it, and what happens to it away from a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.registry import Registry
from hub.domain.queue.commands import AbandonTicket, ReinstateTicket, ReprintTicket, TakeTicket, VoidTicket
from hub.domain.queue.finding import ticket_of
from hub.domain.queue.replies import Done, TicketReply
from hub.domain.refusals import Refused
from hub.log.entry import Outcome
from hub.web.access.dependencies import Caller, allow, permission
from hub.web.api.acts import Act, act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import TicketShape, ticket_shape
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1", tags=["tickets"])

Name = Annotated[str, Meta(min_length=1, max_length=64)]
DeviceId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class TicketRequest(msgspec.Struct, frozen=True):
    """The data of the event ``ticket-requested``; ``floor`` and ``kiosk`` for callers that are no kiosk themselves.

    ``category`` may be left out when ``items`` are named: then it is the first item's. ``floor`` is where the visitor
    stands (else the kiosk's, else 1); ``kiosk`` chooses the printer bound to it.
    """

    category: Name | None = None
    phone: Annotated[str, Meta(max_length=40)] | None = None
    priority: Name | None = None
    items: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    floor: int | None = None
    kiosk: DeviceId | None = None


class StaffTicketRequest(TicketRequest, frozen=True):
    """Issued by staff for others, or by an API client.

    ``slot`` checks an appointment in, under ``booking``; ``escort`` and a seat ``note``: with ``ticket.attend`` only.
    """

    slot: datetime | None = None
    booking: Annotated[str, Meta(max_length=64)] | None = None
    escort: bool = False
    note: Annotated[str, Meta(max_length=60)] = ""


class KioskBody(msgspec.Struct, frozen=True):
    """``kiosk``: where the visitor stands, its printer prints."""

    kiosk: DeviceId | None = None


class WhyBody(msgspec.Struct, frozen=True):
    why: Annotated[str, Meta(max_length=200)] = ""


class PrinterBody(msgspec.Struct, frozen=True):
    """``printer`` None: the one that printed the ticket."""

    printer: DeviceId | None = None


_ticket_request = msgspec.json.Decoder(StaffTicketRequest)
_kiosk_body = msgspec.json.Decoder(KioskBody)
_why_body = msgspec.json.Decoder(WhyBody)
_printer_body = msgspec.json.Decoder(PrinterBody)
_ticket_id = msgspec.json.Decoder(TicketReply)


@router.post(
    "/tickets", status_code=201, openapi_extra=documented(TicketReply, body=StaffTicketRequest, status=201, key=True)
)
async def take_ticket(request: Request) -> Response:
    """Take a number. 201 also for a repeat, then with the header ``Idempotency-Replayed: true``."""
    # no FastAPI dependency: this route carries the rush
    caller = await allow(request, "ticket.issue")
    asked = await read_json(request, _ticket_request)
    doing = act(request, caller.actor, asked, key_needed=True)
    command = take_command(site(request), asked, registry_of(site(request), asked.kiosk))
    if asked.slot is not None or asked.escort or asked.note:
        if not caller.may("ticket.attend"):
            raise Refused("not-allowed", permission="ticket.attend", role=caller.role)
        slot = None if asked.slot is None else moment("slot", asked.slot)
        note = plain(asked.note)
        command = replace(command, slot=slot, booking=asked.booking, escort=asked.escort, note=note)
    return await issue(request, command, doing)


async def issue(request: Request, command: TakeTicket, doing: Act) -> Response:
    """Issue a ticket; 201 also for a repeat."""
    outcome = await submit(request, command, doing)
    reply = answer(outcome, 201)
    if _is_replay(outcome, command.ticket):
        reply.headers["Idempotency-Replayed"] = "true"
    return reply


def take_command(here: Site, asked: TicketRequest, registry: Registry | None) -> TakeTicket:
    """The command behind a request. Raises ``Refused("bad-phone" | "unknown-item" | "bad-value")``."""
    hub = here.hub
    category, also = here.bindings.items().visit(asked.category, asked.items)
    kiosk, floor, printer = asked.kiosk, asked.floor, None
    if kiosk is not None and registry is not None:
        printer = registry.printer_of(kiosk)
        floor = registry.floor_of(kiosk) if floor is None else floor
    return TakeTicket(
        day=hub.today,
        at=hub.now(),
        ticket=hub.ticket_id(),
        category=category,
        floor=1 if floor is None else floor,
        priority=asked.priority,
        phone=hub.phone(asked.phone) if asked.phone else None,
        items=asked.items,
        kiosk=kiosk,
        printer=printer,
        also=also,
    )


def moment(field: str, value: datetime) -> int:
    """In ms. Raises ``Refused("bad-value")`` for a time without its zone, or so far off that no calendar holds it."""
    if value.tzinfo is None or not MINYEAR + 1 < value.year < MAXYEAR:
        raise Refused("bad-value", field=field, problem="RFC 3339, 2026-11-25T09:30:00+08:00")
    return int(value.timestamp() * 1000)


def registry_of(here: Site, kiosk: str | None) -> Registry | None:
    """The registry when a kiosk is named. Raises ``Refused("unknown-device")`` for one that is not admitted."""
    if kiosk is None:
        return None
    registry = here.bindings.registry()
    if here.options.admission == "approved" and not registry.knows("kiosk", kiosk):
        raise Refused("unknown-device", device=kiosk)
    return registry


def _is_replay(outcome: Outcome, made: str) -> bool:
    return outcome.ok and _ticket_id.decode(outcome.reply).ticket != made


@router.get("/tickets/{ticket}", openapi_extra=documented(TicketShape))
async def see_ticket(
    request: Request, ticket: str, _caller: Annotated[Caller, Depends(permission("queue.see"))]
) -> Response:
    """A ticket of today by its id or number."""
    hub = site(request).hub
    day = hub.day()
    return shown(ticket_shape(day, ticket_of(day, ticket), hub.now()))


@router.post("/tickets/{ticket}/reinstate", openapi_extra=documented(TicketReply, body=KioskBody, key=True))
async def reinstate_ticket(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("ticket.reinstate"))]
) -> Response:
    """补号: a missed number goes back into its line; the kiosk's printer prints it again."""
    asked = await read_json(request, _kiosk_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub, registry = site(request).hub, registry_of(site(request), asked.kiosk)
    printer = registry.printer_of(asked.kiosk) if registry is not None and asked.kiosk is not None else None
    command = ReinstateTicket(hub.today, hub.now(), ticket[:64], asked.kiosk, printer)
    return answer(await submit(request, command, doing))


@router.post("/tickets/{ticket}/abandon", openapi_extra=documented(Done, body=WhyBody, key=True))
async def abandon_ticket(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("ticket.abandon"))]
) -> Response:
    """弃号: the visitor gives the number up."""
    asked = await read_json(request, _why_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    return answer(await submit(request, AbandonTicket(hub.today, hub.now(), ticket[:64], plain(asked.why)), doing))


@router.post("/tickets/{ticket}/void", openapi_extra=documented(Done, body=WhyBody, key=True))
async def void_ticket(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("ticket.void"))]
) -> Response:
    """作废: a ticket issued in error; ``why`` is needed."""
    asked = await read_json(request, _why_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    return answer(await submit(request, VoidTicket(hub.today, hub.now(), ticket[:64], plain(asked.why)), doing))


@router.post("/tickets/{ticket}/reprint", openapi_extra=documented(Done, body=PrinterBody, key=True))
async def reprint_ticket(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("ticket.reprint"))]
) -> Response:
    """补打: print the same number again, marked as a copy."""
    asked = await read_json(request, _printer_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    printer = asked.printer or ticket_of(hub.day(), ticket).printer
    if printer is None:
        raise Refused("bad-value", field="printer", problem="缺少 / missing")
    if site(request).options.admission == "approved" and not site(request).bindings.registry().knows(
        "ticket_printer", printer
    ):
        raise Refused("unknown-device", device=printer)
    return answer(await submit(request, ReprintTicket(hub.today, hub.now(), ticket[:64], printer), doing))
