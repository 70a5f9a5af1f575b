"""预约 ``/appointments``: a day's slots, for whom their places are, and what staff do about a booking."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.views.appointments import slot_rows
from hub.views.times import clock
from hub.web.access.dependencies import Caller, permission
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)

Staff = Annotated[Caller, Depends(permission("appointment.see"))]
WEEKDAYS = "一二三四五六日"


@router.get("/appointments")
async def appointments(request: Request, caller: Staff, day: str = "", group: str = "") -> Response:
    """``day``: today when left out; ``group``: of the profile's slot groups, the first when left out."""
    shown = pages(request)
    hub = shown.here.hub
    profile = hub.profile()
    groups = profile.appointments.groups
    if not groups:
        return shown.refused(Refused("no-appointments"), caller)
    days = hub.appointments.days()
    chosen = day if day in days else hub.today
    named = next((each for each in groups if each.id == group), groups[0])
    free = {
        name: [
            (row.slot, clock(row.starts, profile.hall.timezone), row.left, "".join(row.categories))
            for row in slot_rows(hub.appointments.day(name), hub.now())
            if row.bookable
        ]
        for name in days
    }
    return shown.show(
        "appointments.html",
        caller,
        parts=shown.channels.appointment_parts(chosen, named.id),
        day=chosen,
        days=[
            (name, WEEKDAYS[date.fromisoformat(name).weekday()])
            for name in days
            if name == chosen or hub.appointments.day(name).slots
        ],
        group=named,
        groups=groups,
        letters=[each for each in profile.categories if each.letter in named.categories],
        free=msgspec.json.encode(free).decode(),
    )
