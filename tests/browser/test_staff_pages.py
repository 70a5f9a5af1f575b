"""Overview, administration and a printer's papers in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_overview_draws_the_curve_and_follows_the_hall(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/overview", 1920, 1080)
    await expect(page.locator("#curve canvas")).to_have_count(1)
    issued = len(visit.demo.hub.day().tickets)
    await expect(page.locator(".totals b").first).to_have_text(str(issued))
    await visit.demo.take("A")
    await expect(page.locator(".totals b").first).to_have_text(str(issued + 1))
    await expect(page.locator(".faults .alarm")).to_have_count(2)


async def test_an_administrator_makes_an_account_and_a_token_shown_once(visit: Visit) -> None:
    await visit.sign_in("administrator")
    page = await visit.open("/admin")
    await page.fill("#new-account [name=name]", "zhang")
    await page.fill("#new-account [name=password]", "first-password")
    async with page.expect_navigation():
        await page.click("#new-account button")
    await expect(page.locator("td", has_text="zhang").first).to_be_visible()
    await page.click("#new-token button")
    await expect(page.locator("#secret code")).to_contain_text("hall_")


async def test_a_supervisor_closes_the_hall_after_confirming(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open("/admin")
    await expect(page.locator("#new-account")).to_have_count(0)
    await page.click("#close-day")
    await page.fill("#close-form [name=why]", "停电")
    async with page.expect_navigation():
        await page.click("#close-form .danger")
    assert visit.demo.hub.day().closed
    await expect(page.locator("main")).to_contain_text("大厅已关闭")


async def test_a_printers_papers_are_shown_as_pictures(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/printers/printer-1/papers")
    assert await page.evaluate("() => document.querySelector('.papers img').naturalWidth") == 576
