"""What the take-a-number page ``/kiosk/{device}`` posts: no sign-in, but a token of its own, and a pace.

The page puts ``kiosk_token(site, device)`` into ``X-CSRF-Token`` of its posts; the token is bound to the device.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.core.appointments import Holder
from hub.domain.hall.registry import Registry
from hub.domain.queue.commands import ReinstateTicket
from hub.domain.refusals import Refused
from hub.views.appointments import slot_rows
from hub.views.times import clock
from hub.web.access.dependencies import CSRF_HEADER
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import read_json
from hub.web.api.tickets import Name, TicketRequest, issue, take_command
from hub.web.security import check_origin, is_loopback
from hub.web.site import Site, site

router = APIRouter(prefix="/kiosk", include_in_schema=False)


class NumberBody(msgspec.Struct, frozen=True):
    number: Name


class CodeBody(msgspec.Struct, frozen=True):
    """``category``: when it was asked for (category-needed)."""

    code: Name
    category: Name | None = None


class SlotBody(msgspec.Struct, frozen=True):
    day: Name
    slot: Name
    category: Name
    phone: Annotated[str, Meta(max_length=40)] | None = None


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """``starts``: the local time of that day, ``09:30``."""

    slot: str
    starts: str
    left: int


@dataclass(frozen=True, slots=True)
class FreeDay:
    day: str
    slots: tuple[FreeSlot, ...]


_ticket_request = msgspec.json.Decoder(TicketRequest)
_number_body = msgspec.json.Decoder(NumberBody)
_code_body = msgspec.json.Decoder(CodeBody)
_slot_body = msgspec.json.Decoder(SlotBody)


def kiosk_token(here: Site, device: str) -> str:
    """The synchroniser token of one kiosk's page; it outlives a restart of the hub."""
    return hmac.new(here.kiosk_key, device.encode(), hashlib.sha256).hexdigest()


def admit_kiosk(request: Request, device: str) -> Registry:
    """The registry, when this device may be a kiosk page: one registered as a kiosk, or any on this machine while
    admission is open. Raises ``Refused("unknown-device")``. For the page and its posts alike."""
    here = site(request)
    registry = here.bindings.registry()
    known = registry.knows("kiosk", device)
    local = request.client is not None and is_loopback(request.client.host)
    if not known and not (here.options.admission == "open" and local and registry.device(device) is None):
        raise Refused("unknown-device", device=device[:64])
    return registry


def _admit_post(request: Request, device: str) -> Registry:
    check_origin(request)
    registry = admit_kiosk(request, device)
    here = site(request)
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), kiosk_token(here, device).encode()):
        raise Refused("bad-csrf")
    if not here.kiosk_pace.allows(device):
        raise Refused("too-many-tickets", device=device)
    return registry


@router.post("/{device}/tickets", status_code=201)
async def take_ticket(request: Request, device: str) -> Response:
    """As ``POST /api/v1/tickets``, for this kiosk and its floor."""
    registry = _admit_post(request, device)
    asked = await read_json(request, _ticket_request)
    bound = registry.floor_of(device)
    asked = msgspec.structs.replace(asked, kiosk=device, floor=asked.floor if bound is None else bound)
    command = take_command(site(request), asked, registry)
    return await issue(request, command, act(request, f"kiosk/{device}", asked, key_needed=True))


@router.post("/{device}/reinstate")
async def reinstate_ticket(request: Request, device: str) -> Response:
    """过时补号 by the visitor: ``{"number": "A012"}``."""
    registry = _admit_post(request, device)
    asked = await read_json(request, _number_body)
    hub = site(request).hub
    command = ReinstateTicket(hub.today, hub.now(), asked.number, device, registry.printer_of(device))
    return answer(await submit(request, command, act(request, f"kiosk/{device}", asked, key_needed=True)))


@router.post("/{device}/check-in", status_code=201)
async def check_in(request: Request, device: str) -> Response:
    """预约签到 by the visitor: ``{"code": "ABCD2345"}``. Wrong codes are counted."""
    registry = _admit_post(request, device)
    asked = await read_json(request, _code_body)
    doing = act(request, f"kiosk/{device}", asked, key_needed=True)
    command = site(request).hub.appointments.check_in(
        asked.code,
        category=asked.category,
        floor=registry.standing_floor(device),
        kiosk=device,
        printer=registry.printer_of(device),
        guarded=device,
    )
    return answer(await submit(request, command, doing), 201)


@router.post("/{device}/appointments", status_code=201)
async def book(request: Request, device: str) -> Response:
    """预约 by the visitor: ``{"day", "slot", "category", "phone"?}``."""
    _admit_post(request, device)
    asked = await read_json(request, _slot_body)
    doing = act(request, f"kiosk/{device}", asked, key_needed=True)
    hub = site(request).hub
    who = Holder(phone=hub.phone(asked.phone)) if asked.phone else None
    command = hub.appointments.book(asked.day, asked.slot, asked.category, "kiosk", who=who)
    return answer(await submit(request, command, doing), 201)


@router.get("/{device}/slots")
async def free_slots(request: Request, device: str, category: str) -> Response:
    """The slots of a category in which a place can be had, of each day that has any."""
    admit_kiosk(request, device)
    hub = site(request).hub
    days = [
        FreeDay(
            day,
            tuple(
                FreeSlot(row.slot, clock(row.starts, hub.profile().hall.timezone), row.left)
                for row in slot_rows(hub.appointments.day(day), hub.now())
                if row.bookable and category in row.categories
            ),
        )
        for day in hub.appointments.days()
    ]
    return shown([each for each in days if each.slots])
