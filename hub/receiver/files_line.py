"""``/sync/v1/halls/{hall}/files``: files by their content, up by tus 1.0 (core, creation, termination), down by Range.

Whoever knows a file's SHA-256 and is a hall may have it; the hashes travel in signed messages alone. An answer carries
4 MiB at most, so that a signature in front can hold it whole: a longer file is fetched in ranges.
"""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.materials.store import Store as Files
from hub.materials.tus_headers import metadata_in, number_in
from hub.materials.uploads import Result, Upload
from hub.receiver.answers import shown
from hub.receiver.desk import Desk, desk
from hub.receiver.door import FILE_BYTES
from hub.receiver.trust import check_digest
from hub.receiver.uplink import signed
from hub.sync.protocol import ROOT, StoredFile

router = APIRouter(prefix=f"{ROOT}/halls/{{hall}}/files", tags=["files"])

TUS: Final = "1.0.0"
_RANGE: Final = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")


@router.post("")
async def create(request: Request, hall: str) -> Response:
    """Begin an upload of ``Upload-Length`` bytes; ``Upload-Metadata`` names ``sha256`` and ``filename``.

    A file that is here already answers 200 with it, and nothing has to be sent.
    """
    at_desk = await _begun(request)
    given, length = metadata_in(request.headers), number_in(request.headers, "upload-length")
    promised = given.get("sha256", "").lower()
    known = await _known(at_desk, promised) if promised else None
    if known is not None:
        return shown(known, headers={"Tus-Resumable": TUS})
    name = given.get("filename", promised)
    upload = await at_desk.slow(at_desk.uploads.create, hall, length, name, promised)
    return _told(201, {"Location": f"{ROOT}/halls/{hall}/files/{upload.id}", "Upload-Offset": "0"})


@router.head("/{upload}")
async def stand(request: Request, hall: str, upload: str) -> Response:
    """How far an upload came; of a file, whether it is here."""
    at_desk = await _begun(request, versioned=len(upload) != 64)
    if len(upload) == 64:
        known = await _known(at_desk, upload)
        if known is None:
            raise Refused("unknown-file")
        return _told(200, {"Upload-Offset": str(known.bytes), "Upload-Length": str(known.bytes)})
    mine = at_desk.uploads.find(upload, hall)
    offset = await at_desk.slow(at_desk.uploads.offset, mine)
    return _told(200, {"Upload-Offset": str(offset), "Upload-Length": str(mine.length)})


@router.patch("/{upload}")
async def send(request: Request, hall: str, upload: str) -> Response:
    """Append at ``Upload-Offset``, 4 MiB at most. The piece that completes a file answers its ``Material-Sha256``."""
    at_desk = await _begun(request)
    if request.headers.get("content-type", "").strip().lower() != "application/offset+octet-stream":
        raise Refused("not-a-chunk")
    mine, offset = at_desk.uploads.find(upload, hall), number_in(request.headers, "upload-offset")
    with at_desk.uploads.busy(mine):
        body = await request.body()
        offset, result = await at_desk.slow(_append, at_desk, request, mine, offset, body)
    headers = {"Upload-Offset": str(offset)}
    return _told(204, headers if result is None else {**headers, "Material-Sha256": result.sha256})


@router.delete("/{upload}")
async def cancel(request: Request, hall: str, upload: str) -> Response:
    """Forget an upload."""
    at_desk = await _begun(request)
    await at_desk.slow(at_desk.uploads.drop, at_desk.uploads.find(upload, hall))
    return _told(204, {})


@router.get("/{sha256}")
async def fetch(request: Request, hall: str, sha256: str) -> Response:
    """A file, or the part of it that ``Range: bytes=from-to`` names; 206 with what there is of it, 4 MiB at most."""
    del hall
    at_desk = await _begun(request, versioned=False)
    return await part(at_desk, request, sha256)


async def part(at_desk: Desk, request: Request, sha256: str) -> Response:
    """Raises ``Refused("unknown-file")``."""
    size = await at_desk.slow(_size, at_desk.files, sha256)
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{sha256}"', "Content-Security-Policy": "sandbox"}
    asked = request.headers.get("range")
    begin, end = 0, size - 1
    if asked is not None:
        found = _RANGE.fullmatch(asked.strip())
        if found is None or int(found[1]) >= size:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        begin, end = int(found[1]), min(int(found[2] or size - 1), size - 1)
    end = min(end, begin + FILE_BYTES - 1)
    body = await at_desk.slow(_piece, at_desk.files, sha256, begin, end - begin + 1)
    whole = asked is None and len(body) == size
    if not whole:
        headers["Content-Range"] = f"bytes {begin}-{begin + len(body) - 1}/{size}"
    return Response(body, 200 if whole else 206, headers, "application/octet-stream")


async def _begun(request: Request, *, versioned: bool = True) -> Desk:
    at_desk = desk(request)
    await signed(at_desk, request)
    if versioned and request.headers.get("tus-resumable") != TUS:
        raise Refused("other-tus", version=TUS)
    return at_desk


async def _known(at_desk: Desk, sha256: str) -> StoredFile | None:
    try:
        return StoredFile(sha256, await at_desk.slow(_size, at_desk.files, sha256))
    except Refused:
        return None


def _append(at_desk: Desk, request: Request, upload: Upload, offset: int, body: bytes) -> tuple[int, Result | None]:
    check_digest(request, body)
    if upload.result is None:
        chunk = at_desk.uploads.chunk(upload, offset)
        try:
            chunk.write(body)
            offset = chunk.settle()
        finally:
            chunk.leave()
    elif offset != upload.length:
        raise Refused("upload-offset", offset=upload.length)
    return offset, at_desk.uploads.finish(upload) if offset == upload.length else None


def _size(files: Files, sha256: str) -> int:
    try:
        return files.place(sha256).stat().st_size
    except FileNotFoundError:
        raise Refused("unknown-file") from None


def _piece(files: Files, sha256: str, begin: int, count: int) -> bytes:
    with files.read(sha256) as file:
        file.seek(begin)
        return file.read(count)


def _told(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={**headers, "Tus-Resumable": TUS, "Cache-Control": "no-store"})
