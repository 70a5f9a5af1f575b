"""Pages of supervisors and administrators: accounts, tokens, the profile in force, closing the hall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.cases.numbers import NumbersYear
from hub.domain.cases.state import Case
from hub.views.cases.number_hint import NumberBlocks, number_blocks
from hub.web.access.dependencies import Caller, permission
from hub.web.access.roles import ROLES
from hub.web.pages.page import pages

if TYPE_CHECKING:
    from hub.core.hub import Hub

MOST_STUCK = 20
"""Cases with a deadline that changed nothing: more of them have one cause."""

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Caller, Depends(permission("profile.see"))]


@router.get("/admin")
async def administration(request: Request, caller: Supervisor) -> Response:
    """What the caller may manage; the acts go to the API."""
    shown = pages(request)
    hub, store = shown.here.hub, shown.here.access
    day, trouble = hub.day(), shown.here.case_trouble()
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
        numbers=_numbers(hub),
        trouble=trouble,
        stuck=[(id, cast("Case", hub.writer.state(f"case/{id}")).number) for id in trouble.cases[:MOST_STUCK]],
    )


def _numbers(hub: Hub) -> NumberBlocks:
    year = int(hub.today[:4])
    this, following = (cast("NumbersYear", hub.writer.state(f"numbers/{each}")) for each in (year, year + 1))
    return number_blocks(this, following, hub.today)
