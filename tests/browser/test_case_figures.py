"""The figures of cases in a real browser at 1920×1080: they fit, axe finds nothing, files and months are reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from benchmarks import case_rows
from hub.views.cases.book import CaseBook
from hub.web.site import Site
from tests.browser.conftest import Visit
from tests.browser.hall import Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
FULL_HD = (1920, 1080)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def months_of_cases(demo: Demo) -> None:
    """A year and a half of generated cases in the index of the hall."""
    book = cast("CaseBook", cast("Site", demo.app.state.site).case_finder)
    assert await asyncio.to_thread(book.bring_up)
    case_rows.fill(book.cursors._db, 6_000, 500)


@pytest.mark.parametrize("path", ["/cases/figures", "/cases/figures?month=2026-08&department=d03"])
async def test_the_figures_fit_the_screen_and_are_accessible(visit: Visit, axe: Axe, path: str) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(path, *FULL_HD)
    await expect(page.locator("[data-chart] canvas")).to_have_count(3)
    assert await axe(page) == []
    assert await page.evaluate("() => document.documentElement.scrollWidth") == FULL_HD[0]


async def test_another_month_a_department_and_a_file_are_one_key_away(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open("/", *FULL_HD)
    await page.get_by_role("link", name="办件统计").press("Enter")
    await page.wait_for_url("**/cases/figures")
    await page.get_by_role("link", name="上月").press("Enter")
    await page.wait_for_url("**month=2026-10*")
    await expect(page.locator("main h1")).to_have_text("2026-10")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="CSV").press("Enter")
    download = await waiting.value
    assert download.suggested_filename.endswith("cases-2026-10.csv")


async def test_a_heading_leads_to_what_it_means(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open("/cases/figures", *FULL_HD)
    await page.locator("#departments thead a").nth(2).press("Enter")
    await expect(page.locator("#def-on_time_share")).to_be_in_viewport()
