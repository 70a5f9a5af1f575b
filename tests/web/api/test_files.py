"""Stored files and pictures of their pages: who may see them, and that nothing of them runs in a browser."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from hub.web.site import Site
from tests.materials.makers import docx, pdf, picture
from tests.web.api.tus import Tus
from tests.web.running import Hall


async def test_who_brought_it_and_supervisors_may_see_it_and_others_hear_nothing_of_it(hall: Hall) -> None:
    async with hall.staff("clerk") as clerk, hall.staff("supervisor") as chief, hall.staff("attendant") as other:
        sha256 = await Tus(clerk).stored(pdf())
        for path in (f"/api/v1/files/{sha256}", f"/api/v1/files/{sha256}/pages", f"/api/v1/files/{sha256}/pages/1"):
            assert (await clerk.get(path)).status_code == 200
            assert (await chief.get(path)).status_code == 200
            hidden = await other.get(path)
            assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown-file")
            nothing = await chief.get(path.replace(sha256, "0" * 64))
            assert {**nothing.json(), "facts": {}} == {**hidden.json(), "facts": {}}
    async with hall.client() as nobody:
        assert (await nobody.get(f"/api/v1/files/{sha256}")).status_code == 401


async def test_a_download_is_the_file_and_runs_nowhere(hall: Hall) -> None:
    content = pdf()
    async with hall.staff("clerk") as client:
        sha256 = await Tus(client).stored(content, "营业执照.exe.pdf")
        answer = await client.get(f"/api/v1/files/{sha256}")
    assert answer.content == content
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{sha256[:12]}.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_damage_on_the_disk_is_told_instead_of_served(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        sha256 = await Tus(client).stored(pdf())
        place = hall.hub.paths.files / sha256[:2] / sha256[2:]
        content = bytearray(place.read_bytes())
        content[len(content) // 2] ^= 1
        place.write_bytes(content)
        for path in (f"/api/v1/files/{sha256}", f"/api/v1/files/{sha256}/pages/1"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (500, "file-damaged-here")


async def test_pages_of_a_pdf_are_pictures(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        sha256 = await Tus(client).stored(pdf(3, (600, 900)))
        assert (await client.get(f"/api/v1/files/{sha256}/pages")).json()["pages"] == 3
        answer = await client.get(f"/api/v1/files/{sha256}/pages/3?width=400")
        assert answer.headers["content-type"] == "image/png"
        assert "sandbox" in answer.headers["content-security-policy"]
        drawn = Image.open(io.BytesIO(answer.content))
        assert drawn.size == (400, 600)
        known = {"If-None-Match": answer.headers["etag"]}
        assert (await client.get(f"/api/v1/files/{sha256}/pages/3?width=400", headers=known)).status_code == 304
        for path, status in (("pages/4", 404), ("pages/0", 404), ("pages/1?width=99999", 422), ("pages/x", 422)):
            assert (await client.get(f"/api/v1/files/{sha256}/{path}")).status_code == status


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP", "WEBP"])
async def test_pictures_are_drawn_anew_and_smaller(hall: Hall, format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6
    content = picture(format, (1600, 800), **({"exif": exif} if format in ("JPEG", "PNG", "WEBP") else {}))
    async with hall.staff("clerk") as client:
        sha256 = await Tus(client).stored(content, "a")
        answer = await client.get(f"/api/v1/files/{sha256}/pages/1?width=300")
    assert answer.status_code == 200, answer.text
    assert b"secret" not in answer.content
    drawn = Image.open(io.BytesIO(answer.content))
    assert drawn.size == ((300, 600) if format in ("JPEG", "PNG", "WEBP") else (300, 150))


async def test_every_page_of_a_scanned_tiff_is_shown(hall: Hall) -> None:
    out = io.BytesIO()
    pages = [Image.new("1", (500, 700), n % 2) for n in range(4)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    async with hall.staff("clerk") as client:
        sha256 = await Tus(client).stored(out.getvalue(), "scan.tif")
        assert (await client.get(f"/api/v1/files/{sha256}/pages")).json()["pages"] == 4
        assert (await client.get(f"/api/v1/files/{sha256}/pages/4")).headers["content-type"] == "image/png"


def huge_png() -> bytes:
    """30,000 by 30,000 pixels in some hundred bytes."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(1000))) + part(b"IEND", b"")


def hungry_pdf() -> bytes:
    """A page that asks for a picture of 60,000 by 60,000 pixels."""
    data = zlib.compress(bytes(100_000))
    image = (
        b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)
    )
    drawing = b"q 600 0 0 600 0 0 cm /I Do Q"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 600]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
        image,
    ]
    out = b"%PDF-1.7\n"
    for number, part in enumerate(parts, 1):
        out += b"%d 0 obj%s endobj\n" % (number, part)
    return out + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF\n"


async def test_what_wants_too_much_is_not_drawn_and_the_hub_goes_on(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        client.timeout = 30  # type: ignore[assignment]
        tus = Tus(client)
        bomb = await tus.stored(huge_png(), "a.png")
        answer = await client.get(f"/api/v1/files/{bomb}/pages/1")
        assert (answer.status_code, answer.json()["code"]) == (422, "preview-failed")
        hungry = await tus.stored(hungry_pdf(), "a.pdf")
        assert (await client.get(f"/api/v1/files/{hungry}/pages/1")).status_code in (200, 422)
        broken = await tus.stored(b"%PDF-1.7\nnothing of the kind\n%%EOF", "b.pdf")
        answer = await client.get(f"/api/v1/files/{broken}/pages")
        assert (answer.status_code, answer.json()["code"]) == (422, "preview-failed")
        assert (await client.get("/api/v1/queue")).status_code == 200


async def test_documents_without_pages_are_downloads(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        sha256 = await Tus(client).stored(docx(), "a.docx")
        assert (await client.get(f"/api/v1/files/{sha256}/pages")).json() == {
            "sha256": sha256,
            "size": len(docx()),
            "type": "docx",
            "pages": 0,
        }
        assert (await client.get(f"/api/v1/files/{sha256}/pages/1")).json()["code"] == "no-preview"


async def test_who_may_see_is_one_question_that_others_may_answer(hall: Hall) -> None:
    site: Site = hall.app.state.site
    asked: list[tuple[str, str]] = []

    def may_see(caller: object, sha256: str) -> bool:
        asked.append((getattr(caller, "role", ""), sha256))
        return True

    async with hall.staff("clerk") as clerk, hall.staff("attendant") as other:
        sha256 = await Tus(clerk).stored(pdf())
        object.__setattr__(site.materials, "may_see", may_see)
        assert (await other.get(f"/api/v1/files/{sha256}")).status_code == 200
    assert asked == [("attendant", sha256)]
