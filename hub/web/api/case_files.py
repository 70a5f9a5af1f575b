"""``/api/v1/cases/{case}/files``: the files that a case holds, for whoever may see the case.

Whoever brought a file sees it under ``/api/v1/files``; a clerk at another window or a reviewer sees it here, as long as
the case holds it. A file that the case does not hold is told of as one that does not exist.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.materials.pages import NARROWEST, WIDEST
from hub.web.access.dependencies import Caller, permission
from hub.web.api.documented import documented
from hub.web.api.files import PagesShape, counted, drawn, sent
from hub.web.cases import read_case
from hub.web.materials import Materials
from hub.web.site import site

router = APIRouter(prefix="/api/v1/cases/{case}/files", tags=["cases"])

See = Annotated[Caller, Depends(permission("case.see"))]


@router.get("/{sha256}", openapi_extra=documented())
async def download_held(request: Request, case: str, sha256: str, _caller: See) -> Response:
    """The file as it came."""
    return await sent(await held(request, case, sha256), sha256)


@router.get("/{sha256}/pages", openapi_extra=documented(PagesShape))
async def count_held(request: Request, case: str, sha256: str, _caller: See) -> Response:
    """What there is to see."""
    return await counted(await held(request, case, sha256), sha256)


@router.get("/{sha256}/pages/{page}", openapi_extra=documented())
async def show_held(
    request: Request,
    case: str,
    sha256: str,
    page: int,
    _caller: See,
    width: Annotated[int, Query(ge=NARROWEST, le=WIDEST)] = 1200,
) -> Response:
    """A picture of one page."""
    return await drawn(request, await held(request, case, sha256), sha256, page, width)


async def held(request: Request, case: str, sha256: str) -> Materials:
    """The materials, when the case holds the file and it is there; else ``Refused("unknown-file")``."""
    materials = site(request).materials
    record = await read_case(site(request), case)
    supplied = {supply.sha256 for supply in record.case.materials.values()}
    here = {*supplied, *record.case.frozen.values(), *record.papers}
    if sha256 not in here or not await materials.aside(materials.store.has, sha256):
        raise Refused("unknown-file")
    return materials
