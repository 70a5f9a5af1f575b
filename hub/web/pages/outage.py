"""线路: the line to the online hall. Since when it is away, what waits, how long the disk lasts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, permission
from hub.web.form import read_form
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)
switching = APIRouter(include_in_schema=False)
"""Where there is a switch: a hall at work has none, nor this route."""

Keeper = Annotated[Caller, Depends(permission("device.see"))]


@router.get("/outage")
async def outage(request: Request, caller: Keeper) -> Response:
    """For the manager and IT, 1920×1080; it keeps itself up to date."""
    shown = pages(request)
    return shown.show("outage.html", caller, parts=shown.channels.outage_parts(), switch=shown.here.switch)


@switching.post("/outage/line")
async def switch(request: Request, caller: Keeper) -> Response:
    """``act``: ``cut`` or ``mend``. Twice is once."""
    del caller
    line = pages(request).here.switch
    assert line is not None, "the route stands where a switch does"
    match (await read_form(request)).get("act"):
        case "cut":
            line.cut()
        case "mend":
            line.mend()
        case other:
            raise Refused("bad-value", field="act", problem=(other or "")[:16])
    return RedirectResponse("/outage", status_code=303)
