"""Uploads over real sockets: the protocol, what is refused and when, and who may."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import httpx
import pytest

from hub.web.access.roles import Role
from hub.web.api import uploads
from hub.web.site import Site
from tests.materials.makers import PE, docx_with, pdf
from tests.web.api.tus import VERSION, Tus, checksum
from tests.web.running import Hall

PDF = pdf(3)
SHA256 = hashlib.sha256(PDF).hexdigest()


def folder(hall: Hall) -> Path:
    return hall.hub.paths.uploads


def left(hall: Hall) -> list[str]:
    return [path.suffix for path in folder(hall).iterdir()]


def files(under: Path) -> set[Path]:
    return {path for path in under.rglob("*") if path.is_file()}


async def test_the_server_says_what_it_takes(hall: Hall) -> None:
    async with hall.client() as client:
        answer = await client.options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,termination,checksum,expiration"
    assert answer.headers["tus-max-size"] == str(50 * 1024 * 1024)


async def test_a_file_in_pieces_becomes_one_stored_file(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(len(PDF), "..\\..\\营业执照.pdf", sha256=SHA256)
        first = await tus.send(place, PDF[:5000], 0)
        assert (first.status_code, first.headers["upload-offset"]) == (204, "5000")
        assert "upload-expires" in first.headers
        assert await tus.offset(place) == 5000
        second = await tus.send(place, PDF[5000:], 5000, **{"Upload-Checksum": checksum(PDF[5000:], "sha1")})
        assert second.status_code == 204
        assert second.headers["material-sha256"] == SHA256
        assert second.headers["material-type"] == "pdf"
        told = (await client.get(place)).json()
    assert told["name"] == "营业执照.pdf"
    assert (told["offset"], told["length"]) == (len(PDF), len(PDF))
    assert told["file"] == {
        "sha256": SHA256,
        "size": len(PDF),
        "type": "pdf",
        "media_type": "application/pdf",
    }
    assert left(hall) == [".json"]


async def test_a_lost_answer_is_asked_for_again(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(len(PDF))
        await tus.send(place, PDF, 0)
        again = await tus.send(place, b"", len(PDF))
        assert again.headers["material-sha256"] == SHA256
        assert (await client.head(place, headers=VERSION)).headers["material-sha256"] == SHA256


@pytest.mark.parametrize("browser", [False, True])
async def test_a_browser_uploads_with_its_synchroniser_token_only(hall: Hall, browser: bool) -> None:
    async with hall.signed_in("clerk") as client:
        if not browser:
            del client.headers["X-CSRF-Token"]
        answer = await Tus(client).create(10)
    assert answer.status_code == (201 if browser else 403)


async def test_only_who_began_an_upload_may_see_it_or_go_on(hall: Hall) -> None:
    async with hall.staff("clerk") as one, hall.staff("administrator") as two:
        place = await Tus(one).begin(10)
        for answer in (
            await two.get(place),
            await two.delete(place, headers=VERSION),
            await Tus(two).send(place, b"x", 0),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown-upload")
        assert (await one.delete(place, headers=VERSION)).status_code == 204
        assert (await one.get(place)).status_code == 404
    assert left(hall) == []


async def test_the_protocol_is_held(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(10)
        unversioned = await client.post("/api/v1/uploads", headers={"Upload-Length": "10"})
        assert (unversioned.status_code, unversioned.headers["tus-version"]) == (412, "1.0.0")
        wrong_kind = await tus.send(place, b"12", 0, **{"Content-Type": "application/octet-stream"})
        assert (wrong_kind.status_code, wrong_kind.headers["tus-resumable"]) == (415, "1.0.0")
        elsewhere = await tus.send(place, b"12", 3)
        assert (elsewhere.status_code, elsewhere.json()["facts"]) == (409, {"offset": 0})
        for header, value in (("Upload-Offset", "-1"), ("Upload-Offset", "x"), ("Upload-Checksum", "md5 x")):
            assert (await tus.send(place, b"12", 0, **{header: value})).status_code == 422
        damaged = await tus.send(place, b"12", 0, **{"Upload-Checksum": checksum(b"13")})
        assert (damaged.status_code, damaged.json()["code"]) == (460, "bad-checksum")
        assert await tus.offset(place) == 0
        for length in ("", "x", "1" * 30):
            answer = await client.post("/api/v1/uploads", headers={**VERSION, "Upload-Length": length})
            assert answer.status_code == 422


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PE, "file-executable"),
        (docx_with({"word/vbaProject.bin": b"x"}), "file-executable"),
        (docx_with({"word/media/a.bmp": bytes(60_000_000)}), "file-bomb"),
        (PDF[:-100], "file-damaged"),
        (b"<html>", "file-type-not-allowed"),
    ],
)
async def test_what_is_no_material_is_refused_in_words_and_is_gone(hall: Hall, content: bytes, code: str) -> None:
    async with hall.staff("clerk") as client:
        answer = await Tus(client).upload(content, "申请表.pdf")
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert "没有保存" in answer.json()["detail"]["zh"]
    assert left(hall) == []
    assert [path for path in hall.hub.paths.files.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\hall.db", "/etc/x.pdf", "a/../../b.pdf", "\u2024\u2024/x"]
)
async def test_a_name_that_climbs_directories_names_nothing_outside(hall: Hall, tmp_path: Path, name: str) -> None:
    before = files(tmp_path)
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(len(PDF), name)
        sha256 = (await tus.send(place, PDF, 0)).headers["material-sha256"]
        shown = (await client.get(place)).json()["name"]
        answer = await client.get(f"/api/v1/files/{sha256}")
    made = files(tmp_path) - before
    assert "/" not in shown
    assert "\\" not in shown
    assert answer.headers["content-disposition"] == f'attachment; filename="{sha256[:12]}.pdf"'
    assert all(path.is_relative_to(hall.hub.paths.files) or path.parent == hall.hub.paths.uploads for path in made)


async def test_another_file_than_was_announced_is_refused(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        answer = await Tus(client).upload(PDF, sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-hash")
    assert left(hall) == []


async def test_2_gb_are_refused_when_they_are_announced_and_when_they_come_all_the_same(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        announced = await tus.create(2 * 1024**3)
        assert (announced.status_code, announced.json()["code"]) == (413, "file-too-large")
        place = await tus.begin(100_000)
        token = hall.tokens["clerk"]
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n"
            "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
        )
        for body in (b"Content-Length: 2147483648\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
            writer.write(head.encode() + body)
            sent = 0
            piece = b"10000\r\n" + bytes(65536) + b"\r\n" if b"chunked" in body else bytes(65536)
            answer = asyncio.create_task(reader.readuntil(b"\r\n"))
            while not answer.done() and sent < 2 * 1024**3:
                writer.write(piece)
                sent += len(piece)
                try:
                    await writer.drain()
                except ConnectionError:
                    break
                await asyncio.sleep(0)
            assert b" 413 " in await answer
            assert sent < 16 * 1024**2
            writer.transport.abort()
        assert await tus.offset(place) <= 100_000


async def test_what_came_before_the_connection_broke_is_kept(hall: Hall) -> None:
    content = b"%PDF-1.7\n" + os.urandom(3 * 1024 * 1024) + b"\n%%EOF\n"
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(len(content))
        _, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
        writer.write(
            f"PATCH {place} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hall.tokens['clerk']}\r\n"
            f"Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content[: 2 * 1024 * 1024]
        )
        async with asyncio.timeout(20):
            while await tus.offset(place) < 1024 * 1024:  # noqa: ASYNC110 (the disk announces nothing)
                await asyncio.sleep(0.01)
            writer.close()
            await writer.wait_closed()
            answer = await resumed(tus, place, content)
    assert answer.headers["material-sha256"] == hashlib.sha256(content).hexdigest()


async def resumed(tus: Tus, place: str, content: bytes) -> httpx.Response:
    """Sent on, also while the server still holds the connection that broke."""
    while True:
        offset = await tus.offset(place)
        answer = await tus.send(place, content[offset:], offset)
        if answer.status_code not in (409, 423):
            return answer
        await asyncio.sleep(0.02)


async def test_a_client_that_falls_silent_is_let_go_and_what_it_sent_is_kept(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "IDLE_SECONDS", 0.2)
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(10_000)
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
        writer.write(
            f"PATCH {place} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hall.tokens['clerk']}\r\n"
            "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            "Content-Length: 10000\r\n\r\n".encode()
            + bytes(4000)
        )
        assert b" 408 " in await reader.readuntil(b"\r\n")
        writer.close()
        assert await tus.offset(place) == 4000


async def test_a_full_disk_is_told_and_what_came_before_counts(hall: Hall) -> None:
    site: Site = hall.app.state.site
    async with hall.staff("clerk") as client:
        tus = Tus(client)
        place = await tus.begin(len(PDF))
        await tus.send(place, PDF[:1000], 0)
        room = site.materials.uploads.limits
        object.__setattr__(site.materials.uploads, "limits", type(room)(reserve=2**62))
        full = await tus.send(place, PDF[1000:], 1000)
        assert (full.status_code, full.json()["code"]) == (507, "no-room")
        assert (await tus.create(10)).status_code == 507
        object.__setattr__(site.materials.uploads, "limits", room)
        assert (await tus.send(place, PDF[1000:], 1000)).headers["material-sha256"] == SHA256


@pytest.mark.parametrize(
    ("role", "status"), [("clerk", 201), ("supervisor", 201), ("administrator", 201), ("attendant", 403)]
)
async def test_who_may_upload(hall: Hall, role: Role, status: int) -> None:
    async with hall.staff(role) as client:
        assert (await Tus(client).create(10)).status_code == status


async def test_four_large_uploads_at_once_neither_stall_the_hub_nor_fill_its_memory(hall: Hall) -> None:
    size = 20 * 1024 * 1024
    content = b"%PDF-1.7\n" + os.urandom(size) + b"\n%%EOF\n"
    pieces = [content[at : at + 65536] for at in range(0, len(content), 65536)]

    async def body() -> object:
        for piece in pieces:
            yield piece

    async def one(client: httpx.AsyncClient) -> str:
        tus = Tus(client)
        place = await tus.begin(len(content))
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        answer = await client.patch(place, content=body(), headers={**VERSION, **kind})  # type: ignore[arg-type]
        return answer.headers["material-sha256"]

    async def tick() -> None:
        while True:
            begun = loop.time()
            await asyncio.sleep(0.002)
            lags.append(loop.time() - begun)
            memory.append(resident())

    loop = asyncio.get_running_loop()
    lags: list[float] = []
    memory = [resident()]
    ticking = asyncio.create_task(tick())
    async with hall.staff("clerk") as client:
        client.timeout = httpx.Timeout(60)
        found = await asyncio.gather(*(one(client) for _ in range(4)))
    ticking.cancel()
    assert set(found) == {hashlib.sha256(content).hexdigest()}
    # the four clients run in this very loop too, and the machine may be busy
    assert sorted(lags)[len(lags) * 9 // 10] < 0.1
    assert max(memory) - memory[0] < 40 * 1024 * 1024


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
