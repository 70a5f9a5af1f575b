"""``/api/v1/tickets/…``: what attendants do for people: a flag, a look, and hand tickets entered afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.planning import business_day
from hub.domain.queue.commands import ConfirmAbsence, EnterHandTicket, FlagTicket
from hub.domain.queue.replies import Done, TicketReply
from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, permission
from hub.web.access.store import good_name
from hub.web.api.acts import act, answer, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.api.tickets import Name, moment
from hub.web.site import site

router = APIRouter(prefix="/api/v1/tickets", tags=["tickets"])


class FlagBody(msgspec.Struct, frozen=True):
    """What is left out stays as it is."""

    escort: bool | None = None
    note: Annotated[str, Meta(max_length=60)] | None = None


class HandBody(msgspec.Struct, frozen=True):
    """A hand ticket with its times. ``window``, ``called_at`` and ``finished_at`` all, or none: then it waits."""

    number: Name
    category: Name
    taken_at: datetime
    floor: int = 1
    priority: Name | None = None
    window: Name | None = None
    clerk: Name | None = None
    called_at: datetime | None = None
    finished_at: datetime | None = None


_flag_body = msgspec.json.Decoder(FlagBody)
_hand_body = msgspec.json.Decoder(HandBody)


@router.post("/{ticket}/flag", openapi_extra=documented(Done, body=FlagBody, key=True))
async def flag_ticket(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("ticket.attend"))]
) -> Response:
    """Escort to the window, and a note such as the seat."""
    asked = await read_json(request, _flag_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    note = None if asked.note is None else plain(asked.note)
    return answer(await submit(request, FlagTicket(hub.today, hub.now(), ticket[:64], asked.escort, note), doing))


@router.post("/{ticket}/absent", openapi_extra=documented(Done, key=True))
async def confirm_absence(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("ticket.attend"))]
) -> Response:
    """Somebody looked for the holder of a called ticket and did not find them; then it may be marked missed."""
    doing = act(request, caller.actor, None, key_needed=True)
    hub = site(request).hub
    return answer(await submit(request, ConfirmAbsence(hub.today, hub.now(), ticket[:64]), doing))


@router.post("/hand", status_code=201, openapi_extra=documented(TicketReply, body=HandBody, status=201, key=True))
async def enter_hand_ticket(
    request: Request, caller: Annotated[Caller, Depends(permission("ticket.enter"))]
) -> Response:
    """手写号补录. A served one may belong to an earlier business day, a waiting one belongs to today."""
    asked = await read_json(request, _hand_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    taken_at = moment("taken_at", asked.taken_at)
    if asked.clerk is not None and not good_name(asked.clerk):
        raise Refused("bad-account", name=asked.clerk)
    command = EnterHandTicket(
        day=hub.today if asked.finished_at is None else business_day(hub.profile(), taken_at),
        at=hub.now(),
        ticket=hub.ticket_id(),
        number=asked.number,
        category=asked.category,
        taken_at=taken_at,
        floor=asked.floor,
        priority=asked.priority,
        window=asked.window,
        clerk=asked.clerk,
        called_at=None if asked.called_at is None else moment("called_at", asked.called_at),
        finished_at=None if asked.finished_at is None else moment("finished_at", asked.finished_at),
    )
    return answer(await submit(request, command, doing), 201)
