"""``/api/v1/filings``: online filings that wait at the counter. Taking one is an act on its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import shown
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.online import Filing, filings_of
from hub.web.site import site

router = APIRouter(prefix="/api/v1", tags=["cases"])


@dataclass(frozen=True, slots=True)
class FilingShape:
    """``due``: the last day of the intake limit; ``left``: working days until it, negative past it. ``deemed``: it was
    accepted by the law, since nobody acted in time. ``coming``: of its files not here yet. ``clerk``: who took it."""

    case: str
    number: str
    item: str
    item_zh: str
    item_en: str
    state: str
    received_at: datetime
    due: str
    left: int
    deemed: bool
    materials: int
    missing: int
    files: int
    coming: int
    clerk: str | None
    window: str | None


@dataclass(frozen=True, slots=True)
class FilingsShape:
    """``open`` and ``late`` count all, each at most 1001; ``after``: give it for the next page."""

    open: int
    late: int
    filings: tuple[FilingShape, ...]
    after: str
    complete: bool


@router.get("/filings", openapi_extra=documented(FilingsShape))
async def see_filings(
    request: Request, _caller: Annotated[Caller, Depends(permission("case.accept"))], after: str = ""
) -> Response:
    """网上件 by the end of their intake limit, the earliest first; fifty a page."""
    found = await filings_of(site(request), after[:200])
    rows = tuple(_shape(each) for each in found.rows)
    return shown(FilingsShape(found.open, found.late, rows, found.after, found.complete))


def _shape(each: Filing) -> FilingShape:
    row = each.row
    return FilingShape(
        case=row.id,
        number=row.number,
        item=row.item,
        item_zh=row.item_zh,
        item_en=row.item_en,
        state=row.state,
        received_at=utc(row.received_at or row.opened_at),
        due=each.due,
        left=each.left,
        deemed=row.deemed,
        materials=each.materials,
        missing=each.missing,
        files=each.files,
        coming=each.coming,
        clerk=row.clerk,
        window=row.window,
    )
