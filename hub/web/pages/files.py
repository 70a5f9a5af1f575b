"""One stored file in the browser: its pages as pictures, or its text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused, Sentence
from hub.materials.sniff import Kind
from hub.web.access.dependencies import Caller, signed_in
from hub.web.api.files import pages_of, stored_kind, visible
from hub.web.materials import Materials
from hub.web.pages.page import pages
from hub.web.problems import words

router = APIRouter(include_in_schema=False)

TEXT_BYTES = 256 * 1024


@router.get("/files/{sha256}")
async def file(request: Request, sha256: str, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """A viewer; ``viewer.html`` is the part of it that other pages show too."""
    return await viewed(request, caller, await visible(request, caller, sha256), sha256, f"/api/v1/files/{sha256}")


async def viewed(request: Request, caller: Caller, materials: Materials, sha256: str, base: str) -> Response:
    """The viewer of a file that the caller may see; ``base``: the address of the file in the API."""
    kind = await materials.aside(stored_kind, materials, sha256)
    size = await materials.aside(lambda: materials.store.place(sha256).stat().st_size)
    count, said = await _count(materials, sha256, kind)
    text = await materials.aside(_text, materials, sha256) if kind.name == "text" else None
    return pages(request).show(
        "file.html", caller, sha256=sha256, base=base, kind=kind, size=size, count=count, said=said, text=text
    )


async def _count(materials: Materials, sha256: str, kind: Kind) -> tuple[int, Sentence | None]:
    """How many pages, or why none is shown."""
    if kind.name == "text":
        return 0, None
    try:
        if not kind.pages:
            raise Refused("no-preview", kind=kind.name.upper())
        return await pages_of(materials, sha256, kind), None
    except Refused as refused:
        return 0, words(refused.code, refused.facts)


def _text(materials: Materials, sha256: str) -> str:
    """The beginning of a text, in whichever of the two encodings reads it."""
    with materials.store.read(sha256) as stored:
        content = stored.read(TEXT_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) == TEXT_BYTES and error.start > TEXT_BYTES - 4:
            return content[: error.start].decode("utf-8-sig")
        return content.decode("gb18030", "replace")
