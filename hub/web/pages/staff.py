"""Pages behind a sign-in: the window console, the hall's overview, devices."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.queue.serving import WRONG_NUMBER
from hub.domain.refusals import Refused
from hub.views.remedies import PAUSES
from hub.web.access.dependencies import Caller, caller_of, permission
from hub.web.access.sign_in import safe_next
from hub.web.pages.page import pages
from hub.web.problems import words

router = APIRouter(include_in_schema=False)

Clerk = Annotated[Caller, Depends(permission("window.act"))]
Viewer = Annotated[Caller, Depends(permission("overview.see"))]
Keeper = Annotated[Caller, Depends(permission("device.see"))]

TRANSFERS = {WRONG_NUMBER: "wrong number", "需其他部门办理": "other department", "需领导窗口处理": "senior window"}
"""Reasons offered for a transfer; the first counts against 取号准确率."""

_CODES = frozenset({"bad-password", "too-many-attempts", "wrong-origin", "weak-password", "same-password"})


@router.get("/sign-in")
async def sign_in(request: Request, next: str = "/", refused: str = "", seconds: int = 0) -> Response:
    """The sign-in form; its post is ``hub.web.access.sign_in``'s."""
    said = words(refused, {"seconds": seconds}) if refused in _CODES else None
    return pages(request).show("sign_in.html", next=safe_next(next), said=said)


@router.get("/account/password")
async def password(request: Request, refused: str = "", seconds: int = 0) -> Response:
    """Set one's own password; also where an account with a given password must go first."""
    caller = caller_of(request)
    if caller is None:
        return RedirectResponse("/sign-in?next=/account/password", status_code=303)
    facts = {"seconds": seconds, "shortest": 10, "longest": 128}
    said = words(refused, facts) if refused in _CODES else None
    return pages(request).show("password.html", caller, said=said)


@router.get("/console")
async def choose_window(request: Request, caller: Clerk) -> Response:
    """Which window to sit down at; the choice signs the clerk in there."""
    shown = pages(request)
    day = shown.here.hub.day()
    floors: dict[int, list[object]] = {}
    for window in sorted(day.windows.values(), key=lambda known: known.number):
        floors.setdefault(window.floor, []).append(window)
    profile = shown.here.hub.profile()
    named = [(floor, floors[floor.number]) for floor in profile.floors if floor.number in floors]
    return shown.show("choose_window.html", caller, floors=named, mine=day.clerks.get(caller.name), queues=day.queues)


@router.get("/console/{window}")
async def console(request: Request, window: str, caller: Clerk) -> Response:
    """The window console at 1366×768."""
    shown = pages(request)
    parts = shown.channels.window_parts(window)
    if not parts:
        return shown.refused(Refused("unknown-window", window=window[:16]), caller)
    day = shown.here.hub.day()
    targets = sorted(number for number in day.windows if number != window)
    queues = () if day.plan is None else day.plan.queues
    return shown.show(
        "console.html", caller, window=window, parts=parts, targets=targets, queues=queues, transfers=TRANSFERS
    )


@router.get("/overview")
async def overview(request: Request, caller: Viewer) -> Response:
    """The hall manager's page, 1920×1080: is anything wrong, and what would mend it."""
    shown = pages(request)
    curve = msgspec.json.encode(shown.channels.curve()).decode()
    plan = shown.here.hub.day().plan
    return shown.show(
        "overview.html",
        caller,
        parts=shown.channels.overview_parts(),
        curve=curve,
        pauses=PAUSES,
        queues=() if plan is None else plan.queues,
    )


@router.get("/devices")
async def devices(request: Request, caller: Keeper) -> Response:
    """Every device, its state in plain words."""
    shown = pages(request)
    return shown.show("devices.html", caller, parts=shown.channels.device_parts())
