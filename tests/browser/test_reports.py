"""The reports in a real browser at 1920×1080: they fit, axe finds nothing, definitions are reached by keyboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
FULL_HD = (1920, 1080)
DAY = "2026-11-23"


@pytest.mark.parametrize(
    ("path", "charts"),
    [
        ("/reports", 2),
        (f"/reports/day/{DAY}", 2),
        (f"/reports/day/{DAY}/clerk/clerk-101", 0),
        ("/reports/range?from=2026-11-01&to=2026-11-30", 3),
        ("/reports/range?from=2026-01-01&to=2026-12-31", 3),
    ],
)
async def test_every_report_fits_the_screen_and_is_accessible(visit: Visit, axe: Axe, path: str, charts: int) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(path, *FULL_HD)
    await expect(page.locator("[data-chart] canvas")).to_have_count(charts)
    assert await axe(page) == []
    width = await page.evaluate("() => document.documentElement.scrollWidth")
    assert width == FULL_HD[0]


async def test_the_days_figures_are_those_of_the_hall(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/reports/day/{DAY}", *FULL_HD)
    day = visit.demo.hub.day()
    finished = sum(ticket.state == "finished" for ticket in day.tickets.values())
    await expect(page.locator(".tiles b").nth(0)).to_have_text(str(len(day.tickets)))
    await expect(page.locator(".tiles b").nth(1)).to_have_text(str(finished))
    await expect(page.locator("#windows tbody tr")).to_have_count(len(day.windows))


async def test_a_heading_leads_to_its_definition_by_keyboard(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/reports/day/{DAY}", *FULL_HD)
    heading = page.locator("#categories thead a").first
    await heading.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**#def-issued")
    await expect(page.locator("#def-issued")).to_be_in_viewport()
    await expect(page.locator("#def-issued dd")).to_contain_text("手写号")


async def test_from_the_calendar_to_a_day_to_a_clerk_and_a_file(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open("/reports", *FULL_HD)
    await page.get_by_role("link", name=DAY).first.click()
    await page.wait_for_url(f"**/reports/day/{DAY}")
    async with page.expect_download() as waited:
        await page.get_by_role("link", name="XLSX", exact=True).click()
    download = await waited.value
    assert download.suggested_filename.endswith(f"{DAY}.xlsx")
    await page.locator("#clerks tbody a").first.click()
    await page.wait_for_url("**/clerk/**")
    await expect(page.locator("tbody tr").first).to_contain_text("登录")


async def test_a_clerk_finds_no_way_to_the_reports(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/console")
    await expect(page.locator(".bar")).not_to_contain_text("报表")
