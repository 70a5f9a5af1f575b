"""The hall board: light, live, honest about silence."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from hub.domain.queue import commands as c
from tests.browser.conftest import Visit
from tests.browser.hall import close_pages, open_pages

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 6 * 1024


async def _open(visit: Visit, scope: str = "floor/1") -> Page:
    page = await visit.open(f"/board/{scope}", 1920, 1080)
    await page.wait_for_timeout(300)
    return page


async def test_the_page_with_its_files_weighs_at_most_six_kilobytes(visit: Visit) -> None:
    sizes: dict[str, int] = {}
    page = await visit.context.new_page()
    await page.route(re.compile(r"/live\?"), lambda route: route.abort())
    page.on("requestfinished", lambda request: sizes.update({request.url: 0}))
    async with page.expect_event("load"):
        await page.goto(visit.demo.url + "/board/floor/1")
    await page.wait_for_timeout(300)
    total = await page.evaluate(
        "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".filter((e) => !e.name.includes('/live?')).reduce((sum, e) => sum + e.encodedBodySize, 0)"
    )
    assert len([url for url in sizes if "/live?" not in url]) >= 4
    print(f"board page: {total} bytes compressed")
    assert 1000 < total <= LIMIT


async def test_a_call_is_first_and_inverted_within_moments(visit: Visit) -> None:
    page = await _open(visit)
    number = await visit.demo.free_window(1)
    await visit.demo.do(c.CallNext(visit.demo.hub.today, visit.demo.hub.now(), number))
    first = page.locator("[data-key]").first
    await expect(first.locator("b")).to_have_text(number)
    await expect(first).to_have_class("r fresh")


async def test_a_pinned_call_is_ordinary_after_fifteen_seconds(visit: Visit) -> None:
    page = await visit.context.new_page()
    await page.clock.install()
    await page.goto(visit.demo.url + "/board/floor/1")
    await page.wait_for_timeout(300)
    number = await visit.demo.free_window(1)
    await visit.demo.do(c.CallNext(visit.demo.hub.today, visit.demo.hub.now(), number))
    await expect(page.locator(".fresh b", has_text=number)).to_have_count(1)
    await page.clock.run_for(16_000)
    await expect(page.locator(".fresh b", has_text=number)).to_have_count(0)
    await expect(page.locator("[data-key] b", has_text=number)).to_have_count(1)


async def test_digits_are_nine_to_ten_percent_of_the_height_and_contrast_is_seven_to_one(visit: Visit) -> None:
    page = await _open(visit)
    share = await page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('em')).fontSize) / innerHeight"
    )
    assert 0.09 <= share <= 0.10
    colours = await page.evaluate(
        "() => ['.r:not(.fresh) em', '.r:not(.fresh) b', '.head', 'small']"
        ".map((s) => getComputedStyle(document.querySelector(s)).color)"
    )
    assert all(_contrast(colour, (11, 31, 58)) >= 7 for colour in colours), colours
    assert _contrast("rgb(0, 0, 0)", (255, 226, 122)) >= 7


def _contrast(colour: str, paper: tuple[int, int, int]) -> float:
    ink = tuple(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    """WCAG 2 relative luminance."""
    shares = [part / 255 for part in colour]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


async def test_silence_is_said_in_its_row_and_unsaid_when_the_hub_is_back(visit: Visit) -> None:
    page = await visit.context.new_page()
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await page.clock.install()
    await page.goto(visit.demo.url + "/board/hall")
    await page.wait_for_timeout(300)
    before = await page.locator("main").bounding_box()
    port = await close_pages(visit.demo)
    await page.clock.run_for(13_000)
    stale = page.locator(".stale")
    await expect(stale).to_be_visible()
    assert "已停止更新" in await stale.inner_text()
    assert await page.locator("[data-stale-time]").inner_text() != ""
    assert await page.locator("main").bounding_box() == before
    await open_pages(visit.demo, port)
    for _ in range(20):
        await page.clock.run_for(1_000)
        await page.wait_for_timeout(50)
    await expect(stale).to_be_hidden()


async def test_tabs_of_one_browser_share_one_stream_and_survive_its_owner(visit: Visit) -> None:
    owner = await _open(visit, "hall")
    other = await _open(visit, "floor/1")
    await other.wait_for_timeout(500)
    assert len(visit.demo.live.subscribers) == 1
    await owner.close()
    await other.wait_for_timeout(500)
    assert len(visit.demo.live.subscribers) == 1
    number = await visit.demo.free_window(1)
    await visit.demo.do(c.CallNext(visit.demo.hub.today, visit.demo.hub.now(), number))
    await expect(other.locator("[data-key] b").first).to_have_text(number)
