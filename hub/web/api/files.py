"""``/api/v1/files``: stored files and pictures of their pages, for whoever may see them.

A file that somebody sent is never opened as a page of ours: it is a download of the type that was read from its
content, in a sandbox should a browser show it all the same. Whoever may not see a file is told what is told of one that
does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from hub.domain.refusals import Refused
from hub.materials.pages import NARROWEST, WIDEST
from hub.materials.sniff import Kind, kind_of
from hub.web.access.dependencies import Caller, signed_in
from hub.web.api.acts import shown
from hub.web.api.documented import documented
from hub.web.materials import Materials
from hub.web.site import site

router = APIRouter(prefix="/api/v1", tags=["materials"])

SAFE = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, no-cache"}
"""Kept by the browser, asked for again each time, so that whoever may no longer see it does not."""


@dataclass(frozen=True, slots=True)
class PagesShape:
    """``pages`` 0: the type has no pictures of pages and can be downloaded only."""

    sha256: str
    size: int
    type: str
    pages: int


@router.get("/files/{sha256}", openapi_extra=documented())
async def download(request: Request, sha256: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """The file as it came, checked against its SHA-256 before a byte of it leaves."""
    return await sent(await visible(request, caller, sha256), sha256)


@router.get("/files/{sha256}/pages", openapi_extra=documented(PagesShape))
async def count_pages(request: Request, sha256: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """What there is to see."""
    return await counted(await visible(request, caller, sha256), sha256)


@router.get("/files/{sha256}/pages/{page}", openapi_extra=documented())
async def show_page(
    request: Request,
    sha256: str,
    page: int,
    caller: Annotated[Caller, Depends(signed_in)],
    width: Annotated[int, Query(ge=NARROWEST, le=WIDEST)] = 1200,
) -> Response:
    """A picture of one page, drawn anew: nothing of the file itself but what is seen."""
    return await drawn(request, await visible(request, caller, sha256), sha256, page, width)


async def sent(materials: Materials, sha256: str) -> Response:
    """A file that the caller may see, as a download."""
    await materials.aside(materials.store.verify, sha256)
    kind = await materials.aside(stored_kind, materials, sha256)
    headers = {**SAFE, "Content-Disposition": f'attachment; filename="{sha256[:12]}{kind.ending}"'}
    media = kind.media + ("; charset=utf-8" if kind.name == "text" else "")
    return FileResponse(materials.store.place(sha256), headers=headers, media_type=media)


async def counted(materials: Materials, sha256: str) -> Response:
    """Type, size and number of pages of a file that the caller may see."""
    kind = await materials.aside(stored_kind, materials, sha256)
    size = await materials.aside(lambda: materials.store.place(sha256).stat().st_size)
    pages = await pages_of(materials, sha256, kind) if kind.pages else 0
    return shown(PagesShape(sha256, size, kind.name, pages))


async def drawn(request: Request, materials: Materials, sha256: str, page: int, width: int) -> Response:
    """A picture of one page of a file that the caller may see."""
    headers = {**SAFE, "ETag": f'"{sha256[:32]}-{page}-{width}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    kind = await materials.aside(stored_kind, materials, sha256)
    if not kind.pages:
        raise Refused("no-preview", kind=kind.name.upper())
    await materials.aside(materials.store.verify, sha256)
    picture = await materials.pages.draw(sha256, kind.name, page, width, lambda: materials.store.read(sha256))
    headers["Content-Disposition"] = "inline"
    return Response(picture.content, media_type=picture.media, headers=headers)


async def visible(request: Request, caller: Caller, sha256: str) -> Materials:
    """The materials, when the file is there and the caller may see it; else ``Refused("unknown-file")``."""
    materials = site(request).materials
    if not await materials.aside(lambda: materials.store.has(sha256) and materials.may_see(caller, sha256)):
        raise Refused("unknown-file")
    return materials


async def pages_of(materials: Materials, sha256: str, kind: Kind) -> int:
    return await materials.pages.count(sha256, kind.name, lambda: materials.store.read(sha256))


def stored_kind(materials: Materials, sha256: str) -> Kind:
    with materials.store.read(sha256) as file:
        return kind_of(file)
