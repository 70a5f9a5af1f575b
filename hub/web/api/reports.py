"""``/api/v1/reports``: what days came to."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.views.report.day_report import DayReport
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import shown
from hub.web.api.documented import documented
from hub.web.site import site

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])

Reader = Annotated[Caller, Depends(permission("report.see"))]


@router.get("/days/{day}", openapi_extra=documented(DayReport))
async def see_day_report(request: Request, day: str, _caller: Reader) -> Response:
    """A business day's figures, each equal to the log to the ticket; today's as of now.

    Durations are ms, shares 0 to 1; docs/reports.md defines them.
    """
    return shown(await report_of_day(request, day))


async def report_of_day(request: Request, day: str) -> DayReport:
    """Raises ``Refused``: bad-value for what is no date, unknown-day for one that the log does not hold."""
    checked_day(day)
    found = await asyncio.to_thread(site(request).reports.day, day)
    if found is None:
        raise Refused("unknown-day", day=day)
    return found


def checked_day(text: str, field: str = "day") -> date:
    """An ISO date. Raises ``Refused("bad-value")``."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-value", field=field, problem="2026-11-23") from None
    if found.isoformat() != text:
        raise Refused("bad-value", field=field, problem="2026-11-23")
    return found
