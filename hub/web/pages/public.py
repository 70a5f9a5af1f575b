"""Pages that need no sign-in: the start page, boards, the take-a-number page, a ticket on a phone, a demo's papers."""

from __future__ import annotations

import base64

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.profile import Category, HallProfile
from hub.domain.hall.registry import Registry, scopes
from hub.domain.refusals import Refused
from hub.views.board import board as board_of
from hub.views.board import scope_named
from hub.views.kiosk import kiosk as kiosk_of
from hub.views.ticket import ticket_page
from hub.web.api.kiosk import admit_kiosk, kiosk_token
from hub.web.pages.channels import NAMED_QUEUES
from hub.web.pages.page import pages, visitor

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(request: Request) -> Response:
    """What to open where."""
    shown = pages(request)
    profile = shown.here.hub.profile()
    registry = Registry(profile)
    return shown.show(
        "index.html",
        visitor(request),
        scopes=scopes(profile),
        kiosks=registry.of_kind("kiosk"),
        printers=registry.of_kind("ticket_printer") if shown.papers is not None else (),
    )


@router.get("/board/{name:path}")
async def board(request: Request, name: str) -> Response:
    """A hall board at 1920×1080: scope ``hall``, ``floor/<number>`` or ``zone/<id>``."""
    shown = pages(request)
    hub = shown.here.hub
    profile = hub.profile()
    scope = scope_named(profile, name)
    if scope is None:
        return shown.refused(Refused("not-found"))
    title = profile.hall.zh if scope.name == "hall" else f"{profile.hall.zh} · {scope.zh}"
    drawn = board_of(scope, hub.day(), hub.now())
    return shown.show("board.html", title_zh=title, board=drawn, names=len(drawn.waiting) <= NAMED_QUEUES)


@router.get("/kiosk/{device}")
async def kiosk(request: Request, device: str) -> Response:
    """The take-a-number page for a touch screen of 1080×1920."""
    shown = pages(request)
    try:
        registry = admit_kiosk(request, device)
    except Refused as refused:
        return shown.refused(refused)
    hub = shown.here.hub
    floor = registry.standing_floor(device)
    listed = shown.here.bindings.items().letters
    if listed:
        # somebody stands there: the index is ready before the first key
        shown.here.catalogue.warm()
    return shown.show(
        "kiosk.html",
        device=device,
        csrf=kiosk_token(shown.here, device),
        kiosk=kiosk_of(hub.day(), floor, hub.now()),
        listed=listed,
        priorities=hub.profile().policy.classes,
        printer=registry.printer_of(device),
        bookable=_bookable(hub.profile()),
    )


def _bookable(profile: HallProfile) -> list[Category]:
    """The categories that take appointments."""
    letters = {letter for group in profile.appointments.groups for letter in group.categories}
    return [each for each in profile.categories if each.letter in letters]


@router.get("/ticket/{ticket}")
async def ticket(request: Request, ticket: str) -> Response:
    """A ticket on its holder's phone; the id is known to nobody else."""
    shown = pages(request)
    hub = shown.here.hub
    drawn = ticket_page(hub.day(), ticket, hub.now())
    if drawn is None:
        return shown.refused(Refused("unknown-ticket", number=""))
    return shown.show("ticket.html", id=ticket, ticket=drawn)


@router.get("/printers/{device}/papers")
async def papers(request: Request, device: str) -> Response:
    """What a simulated printer put out, as pictures. Only a demo has any, and they name no person."""
    shown, caller = pages(request), visitor(request)
    found = None if shown.papers is None else shown.papers(device)
    if found is None:
        return shown.refused(Refused("unknown-device", device=device[:64]), caller)
    pictures = ["data:image/png;base64," + base64.b64encode(paper).decode() for paper in found]
    return shown.show("papers.html", caller, device=device, pictures=pictures)
