"""``/api/v1/uploads``: tus 1.0 (core, creation, termination, checksum, expiration), and what became of an upload.

Bytes go to the disk in threads, at most 1 MiB of each upload waits in memory, and what the client sends faster than the
disk takes stays with the client.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import formatdate
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.materials.sniff import KINDS
from hub.materials.tus_headers import metadata_in, number_in
from hub.materials.uploads import ALGORITHMS, Chunk, Result, Upload
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import shown
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.materials import Materials
from hub.web.problems import problem
from hub.web.site import site

TUS = "1.0.0"
PIECE = 1024 * 1024
IDLE_SECONDS = 15.0
_CHUNK = "application/offset+octet-stream"


class TusRoute(APIRoute):
    """Every answer carries the protocol's version, refusals too."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except Refused as refused:
                response = problem(refused.code, refused.facts)
                if refused.code == "upload-busy":
                    response.headers["Retry-After"] = "2"
            response.headers["Tus-Resumable"] = TUS
            if response.status_code == 412:
                response.headers["Tus-Version"] = TUS
            return response

        return answer


router = APIRouter(prefix="/api/v1", tags=["materials"], route_class=TusRoute)


async def uploader(caller: Annotated[Caller, Depends(permission("material.upload"))]) -> str:
    """Who owns what is uploaded. Signing in again goes on with the same uploads."""
    return caller.actor


Uploader = Annotated[str, Depends(uploader)]


@dataclass(frozen=True, slots=True)
class FileShape:
    """``type`` was read from the content: ``pdf``, ``png``, ``jpeg``, ``tiff``, ``bmp``, ``webp``, ``docx``, ``xlsx``,
    ``ofd`` or ``text``."""

    sha256: str
    size: int
    type: str
    media_type: str


@dataclass(frozen=True, slots=True)
class UploadShape:
    """``file`` None: not finished."""

    upload: str
    name: str
    offset: int
    length: int
    expires_at: datetime
    file: FileShape | None


@router.options("/uploads", include_in_schema=False)
async def tell(request: Request) -> Response:
    """What this server takes."""
    headers = {
        "Tus-Version": TUS,
        "Tus-Extension": "creation,termination,checksum,expiration",
        "Tus-Max-Size": str(_materials(request).uploads.limits.file),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
    return Response(status_code=204, headers=headers)


@router.post("/uploads", openapi_extra=documented(status=201))
async def create(request: Request, owner: Uploader) -> Response:
    """Begin an upload of ``Upload-Length`` bytes. ``Upload-Metadata`` may name ``filename`` and ``sha256``."""
    _check_version(request)
    materials, given = _materials(request), metadata_in(request.headers)
    length = number_in(request.headers, "upload-length")
    name = given.get("filename") or given.get("name") or ""
    upload = await materials.aside(materials.uploads.create, owner, length, name, given.get("sha256", "").lower())
    headers = {"Location": f"/api/v1/uploads/{upload.id}", "Upload-Offset": "0", **_expiry(upload)}
    return Response(status_code=201, headers=headers)


@router.head("/uploads/{upload}", openapi_extra=documented())
async def stand(request: Request, upload: str, owner: Uploader) -> Response:
    """How far the upload came: ``Upload-Offset`` of ``Upload-Length``."""
    _check_version(request)
    materials = _materials(request)
    known = materials.uploads.find(upload, owner)
    name = base64.b64encode(known.name.encode()).decode()
    headers = {
        "Upload-Offset": str(await materials.aside(materials.uploads.offset, known)),
        "Upload-Length": str(known.length),
        "Upload-Metadata": f"filename {name}",
        "Cache-Control": "no-store",
        **_expiry(known),
        **_outcome(known.result),
    }
    return Response(headers=headers)


@router.get("/uploads/{upload}", openapi_extra=documented(UploadShape))
async def see(request: Request, upload: str, owner: Uploader) -> Response:
    """What became of the upload; kept for a day once it is finished."""
    materials = _materials(request)
    known = materials.uploads.find(upload, owner)
    offset = await materials.aside(materials.uploads.offset, known)
    file = None if known.result is None else file_shape(known.result)
    return shown(UploadShape(known.id, known.name, offset, known.length, utc(known.until), file))


@router.patch("/uploads/{upload}", openapi_extra=documented(status=204))
async def send(request: Request, upload: str, owner: Uploader) -> Response:
    """Append at ``Upload-Offset``. The chunk that completes the file also answers ``Material-Sha256``, ``-Size`` and
    ``-Type``, or refuses the file, and then the upload is gone."""
    _check_version(request)
    if request.headers.get("content-type", "").strip().lower() != _CHUNK:
        raise Refused("not-a-chunk")
    materials = _materials(request)
    uploads = materials.uploads
    offset, checksum = number_in(request.headers, "upload-offset"), _checksum(request)
    known = uploads.find(upload, owner)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and offset + int(announced) > known.length:
        raise Refused("upload-too-long", length=known.length)
    with uploads.busy(known):
        if known.result is None:
            chunk = await materials.aside(uploads.chunk, known, offset, checksum)
            offset = await _receive(materials, chunk, request)
        elif offset != known.length:
            raise Refused("upload-offset", offset=known.length)
        result = await materials.aside(uploads.finish, known) if offset == known.length else None
    return Response(status_code=204, headers={"Upload-Offset": str(offset), **_expiry(known), **_outcome(result)})


@router.delete("/uploads/{upload}", openapi_extra=documented(status=204))
async def cancel(request: Request, upload: str, owner: Uploader) -> Response:
    """Forget an upload."""
    _check_version(request)
    materials = _materials(request)
    await materials.aside(materials.uploads.drop, materials.uploads.find(upload, owner))
    return Response(status_code=204)


def file_shape(result: Result) -> FileShape:
    return FileShape(result.sha256, result.size, result.kind, KINDS[result.kind].media)


async def _receive(materials: Materials, chunk: Chunk, request: Request) -> int:
    """The body into the chunk: the new offset. What came before the client went away or fell silent is kept."""
    waiting = bytearray()
    try:
        async for piece in _pieces(request):
            waiting += piece
            if len(waiting) >= PIECE:
                full, waiting = waiting, bytearray()
                await materials.aside(chunk.write, full)
        await materials.aside(chunk.write, waiting)
        return await materials.aside(chunk.settle)
    except asyncio.CancelledError:
        chunk.leave(sync=False)
        raise
    except (ClientDisconnect, Refused) as left:
        if isinstance(left, ClientDisconnect) or left.code == "too-slow":
            await materials.aside(chunk.write, waiting)
        raise
    finally:
        await asyncio.shield(materials.aside(chunk.leave))


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """Raises ``Refused("too-slow")`` when nothing comes for 15 s, ``ClientDisconnect``."""
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                piece = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Refused("too-slow", seconds=int(IDLE_SECONDS)) from None
        yield piece


def _materials(request: Request) -> Materials:
    return site(request).materials


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != TUS:
        raise Refused("other-tus", version=TUS)


def _checksum(request: Request) -> tuple[str, bytes] | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Refused("bad-value", field="upload-checksum", problem=", ".join(ALGORITHMS))
    try:
        return algorithm, base64.b64decode(digest, validate=True)
    except binascii.Error:
        raise Refused("bad-value", field="upload-checksum", problem="base64") from None


def _expiry(upload: Upload) -> dict[str, str]:
    return {} if upload.result is not None else {"Upload-Expires": formatdate(upload.until / 1000, usegmt=True)}


def _outcome(result: Result | None) -> dict[str, str]:
    if result is None:
        return {}
    return {"Material-Sha256": result.sha256, "Material-Size": str(result.size), "Material-Type": result.kind}
