"""What the take-a-number page ``/kiosk/{device}`` posts: no sign-in, but a token of its own, and a pace.

The page puts ``kiosk_token(site, device)`` into ``X-CSRF-Token`` of its posts; the token is bound to the device.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.registry import Registry
from hub.domain.queue.commands import ReinstateTicket
from hub.domain.refusals import Refused
from hub.web.access.dependencies import CSRF_HEADER
from hub.web.api.acts import act, answer, submit
from hub.web.api.body import read_json
from hub.web.api.tickets import Name, TicketRequest, issue, take_command
from hub.web.security import check_origin, is_loopback
from hub.web.site import Site, site

router = APIRouter(prefix="/kiosk", include_in_schema=False)


class NumberBody(msgspec.Struct, frozen=True):
    number: Name


_ticket_request = msgspec.json.Decoder(TicketRequest)
_number_body = msgspec.json.Decoder(NumberBody)


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
