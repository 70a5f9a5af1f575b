"""线路: the line to the online hall. Since when it is away, what waits, how long the disk lasts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.web.access.dependencies import Caller, permission
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)

Keeper = Annotated[Caller, Depends(permission("device.see"))]


@router.get("/outage")
async def outage(request: Request, caller: Keeper) -> Response:
    """For the manager and IT, 1920×1080; it keeps itself up to date."""
    shown = pages(request)
    return shown.show("outage.html", caller, parts=shown.channels.outage_parts())
