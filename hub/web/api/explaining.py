"""``GET /api/v1/queue/explain``: why one number was called before another."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.core.day_log import DayLog
from hub.domain.queue.explain import why_before
from hub.domain.refusals import Refused, Sentence
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import shown
from hub.web.api.documented import documented
from hub.web.site import site

router = APIRouter(prefix="/api/v1", tags=["queue"])

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = Query(min_length=1, max_length=64)


@router.get("/queue/explain", openapi_extra=documented(Sentence))
async def explain(
    request: Request,
    first: Annotated[str, _NUMBER],
    second: Annotated[str, _NUMBER],
    _caller: Annotated[Caller, Depends(permission("queue.see"))],
    day: str | None = None,
) -> Response:
    """One sentence, from the log of that business day (today's, left out)."""
    here = site(request)
    if day is not None and not _DAY.fullmatch(day):
        raise Refused("bad-value", field="day", problem="2026-11-25")
    named = day or here.hub.today
    return shown(await asyncio.to_thread(_told, here.day_log, named, first, second))


def _told(days: DayLog, day: str, first: str, second: str) -> Sentence:
    events = days.events(day)
    if not events:
        raise Refused("unknown-day", day=day)
    return why_before((event for _, event in events), first, second)
