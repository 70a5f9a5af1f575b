"""Pages of supervisors and administrators: accounts, tokens, the profile in force, closing the hall."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.web.access.dependencies import Caller, permission
from hub.web.access.roles import ROLES
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Caller, Depends(permission("profile.see"))]


@router.get("/admin")
async def administration(request: Request, caller: Supervisor) -> Response:
    """What the caller may manage; the acts go to the API."""
    shown = pages(request)
    hub, store = shown.here.hub, shown.here.access
    day = hub.day()
    return shown.show(
        "admin.html",
        caller,
        profile=hub.profile(),
        version=hub.profile_version(),
        day=day,
        waiting=sum(len(line) for line in day.lines.values()),
        active=sum(window.active is not None for window in day.windows.values()),
        roles=ROLES,
        departments={each.code: each.zh for each in hub.profile().departments},
        accounts=store.accounts() if caller.may("account.manage") else None,
        tokens=store.tokens() if caller.may("token.manage") else None,
    )
