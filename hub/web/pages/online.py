"""网上件: what came overnight, by legal deadline; one act takes a filing to the clerk's own window."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.views.cases.rows import said
from hub.views.cases.words import state_words
from hub.web.access.dependencies import Caller, permission
from hub.web.online import filings_of, window_of
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)


@router.get("/online")
async def online(
    request: Request, caller: Annotated[Caller, Depends(permission("case.accept"))], after: str = ""
) -> Response:
    """Those past their limit stand first."""
    shown = pages(request)
    hub = shown.here.hub
    return shown.show(
        "online.html",
        caller,
        found=await filings_of(shown.here, after[:200]),
        after=after,
        window=window_of(hub, caller.name),
        departments={each.code: each.zh for each in hub.profile().departments},
        state_words=state_words,
        counted=said,
    )
