"""The viewer in a real browser: pages turn by keyboard, zoom and rotate, and nothing of a file runs."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

from hub.materials.uploads import Uploads
from hub.web.site import Site
from tests.browser.conftest import Visit
from tests.materials.makers import docx, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]


def numbered(pages: int) -> bytes:
    images: list[Image.Image] = []
    for number in range(1, pages + 1):
        image = Image.new("RGB", (1240, 1754), "white")
        draw = ImageDraw.Draw(image)
        draw.rectangle((80, 80, 1160, 1674), outline="black", width=4)
        draw.text((560, 800), str(number), fill="black", font_size=160)
        images.append(image)
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=150)
    return out.getvalue()


def stored(visit: Visit, content: bytes, name: str) -> str:
    site: Site = visit.demo.app.state.site
    uploads: Uploads = site.materials.uploads
    upload = uploads.create("account/clerk", len(content), name)
    chunk = uploads.chunk(upload, 0)
    chunk.write(content)
    chunk.settle()
    return uploads.finish(upload).sha256


async def loaded(page: Page, part: str) -> None:
    await page.wait_for_function(
        "(part) => { const i = document.querySelector('.viewer img');"
        " return i.src.includes(part) && i.complete && i.naturalWidth > 0; }",
        arg=part,
    )


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
async def test_the_viewer_fits_and_is_accessible(visit: Visit, axe: Axe, size: tuple[int, int]) -> None:
    await visit.sign_in("clerk")
    found: list[str] = []
    for content, name in (
        (numbered(3), "a.pdf"),
        (picture("PNG", (1500, 900)), "b.png"),
        (docx(), "c.docx"),
        (("第一行 <b>not markup</b>\n" * 200).encode(), "d.txt"),
    ):
        page = await visit.open(f"/files/{stored(visit, content, name)}", *size)
        await page.wait_for_load_state("networkidle")
        found += [f"{name}: {problem}" for problem in await axe(page)]
        if await page.evaluate("() => document.documentElement.scrollWidth") > size[0]:
            found.append(f"{name}: wider than {size[0]}")
        await page.close()
    assert found == []


async def test_pages_turn_zoom_and_rotate_by_keyboard(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open(f"/files/{stored(visit, numbered(3), 'a.pdf')}")
    await loaded(page, "/pages/1")
    await page.keyboard.press("ArrowRight")
    await loaded(page, "/pages/2")
    await expect(page.locator("[data-page]")).to_have_text("2")
    await page.keyboard.press("End")
    await loaded(page, "/pages/3")
    await expect(page.locator("[data-act=on]")).to_be_disabled()
    before = await page.evaluate("() => document.querySelector('.viewer img').naturalWidth")
    await page.keyboard.press("+")
    await page.wait_for_function("(before) => document.querySelector('.viewer img').naturalWidth > before", arg=before)
    await page.keyboard.press("r")
    turned = await page.evaluate("() => document.querySelector('.viewer img').style.transform")
    assert turned == "rotate(90deg)"
    await page.keyboard.press("Home")
    await loaded(page, "/pages/1")
    await page.click("[data-act=turn]")
    assert await page.evaluate("() => document.querySelector('.viewer img').style.transform") == "rotate(180deg)"


async def test_a_text_is_shown_as_text(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open(f"/files/{stored(visit, '申请表 <b>x</b>'.encode('gb18030'), 'd.txt')}")
    await expect(page.locator("pre")).to_have_text("申请表 <b>x</b>")


async def test_what_has_no_preview_says_so_and_offers_the_download(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open(f"/files/{stored(visit, docx(), 'c.docx')}")
    await expect(page.locator(".note")).to_contain_text("DOCX 不能在网页中预览")
    async with page.expect_download() as download:
        await page.click("text=下载")
    assert (await download.value).suggested_filename.endswith(".docx")


async def test_a_file_of_somebody_else_is_not_there(visit: Visit) -> None:
    sha256 = stored(visit, b"%PDF-1.7\nx\n%%EOF\n", "a.pdf")
    site: Site = visit.demo.app.state.site
    for known in list(site.materials.uploads._known.values()):
        if known.result is not None and known.result.sha256 == sha256:
            site.materials.uploads.drop(known)
    await visit.sign_in("clerk")
    answer = await visit.context.request.get(f"{visit.demo.url}/files/{sha256}")
    assert answer.status == 404
