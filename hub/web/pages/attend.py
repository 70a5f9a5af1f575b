"""The attendant's tablet ``/attend``: one page for all that an attendant does, on one floor or in the whole hall."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.registry import Registry
from hub.domain.queue.tickets import LONGEST_NOTE
from hub.views.attendant import SEATS
from hub.web.access.dependencies import Caller, permission
from hub.web.pages.channels import floors_of
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)

Attending = Annotated[Caller, Depends(permission("attend.see"))]

FLOOR_COOKIE = "attend-floor"
"""The floor chosen on this device; nothing personal, so it outlives the session."""
_YEAR = 365 * 86_400
_DAYS_BACK = 7
"""So long ago may a served hand ticket have been taken."""


@router.get("/attend")
async def attend(request: Request, caller: Attending, floor: str | None = None) -> Response:
    """At 1024×768. ``floor``: a number, or ``all``; left out: what was chosen on this device last."""
    shown = pages(request)
    hub = shown.here.hub
    floors = floors_of(hub.profile())
    wanted = request.cookies.get(FLOOR_COOKIE, "") if floor is None else floor
    chosen = next((each for each in floors if str(each.number) == wanted), None)
    registry = Registry(hub.profile())
    standing = None if chosen is None else chosen.number
    kiosks = sorted(registry.of_kind("kiosk"), key=lambda each: each.floor != standing)
    day = hub.day()
    answer = shown.show(
        "attend.html",
        caller,
        parts=shown.channels.attend_parts(standing),
        floor=standing,
        floors=floors,
        kiosks=[(each, printer) for each in kiosks if (printer := registry.printer_of(each.id)) is not None],
        classes=hub.profile().policy.classes,
        queues=() if day.plan is None else day.plan.queues,
        windows=sorted(day.windows),
        seats=SEATS,
        longest_note=LONGEST_NOTE,
        dates=[(date.fromisoformat(hub.today) - timedelta(days=back)).isoformat() for back in range(_DAYS_BACK + 1)],
        day_starts=hub.profile().hours.day_starts,
        early=hub.profile().policy.appointment.early_minutes,
    )
    if floor is not None:
        answer.set_cookie(
            FLOOR_COOKIE,
            str(standing or "all"),
            max_age=_YEAR,
            path="/attend",
            secure=shown.here.options.secure,
            httponly=True,
            samesite="lax",
        )
    return answer
