"""The policy page: a draft is tried on a day, shown as table and chart, and published only when somebody says so."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_every_page import FULL_HD, Axe

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(visit: Visit) -> Page:
    await visit.sign_in("supervisor")
    return await visit.open("/policy", *FULL_HD)


async def test_a_draft_is_tried_by_keyboard_and_shown_as_figures_and_chart(visit: Visit, axe: Axe) -> None:
    page = await opened(visit)
    await expect(page.locator(".promises").first).to_contain_text("等满 30 分钟")
    assert await axe(page) == []
    await page.fill("[data-path='classes.0.credit_minutes']", "0")
    await page.fill("[data-path='home_credit_minutes']", "30")
    await page.keyboard.press("Enter")
    await expect(page.locator("#result")).to_be_visible(timeout=20_000)
    await expect(page.locator("#said")).to_contain_text("人少等 5 分钟以上")
    await expect(page.locator(".figures tbody").first).to_contain_text("全部 Everybody")
    await expect(page.locator("#figures")).to_contain_text("这一天尚未结束")
    await expect(page.locator("#chart canvas")).to_be_visible()
    await expect(page.locator("#progress")).to_be_hidden()
    assert await axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= FULL_HD[0]
    assert visit.demo.hub.profile_version() == 1


async def test_parts_that_contradict_each_other_are_marked_and_nothing_runs(visit: Visit, axe: Axe) -> None:
    page = await opened(visit)
    await page.fill("[data-path='long_wait_minutes']", "12")
    await page.click("#try")
    await expect(page.locator("#said")).to_contain_text("规则有误")
    for path in ("long_wait_minutes", "classes.0.credit_minutes"):
        await expect(page.locator(f"[data-path='{path}']")).to_have_attribute("aria-invalid", "true")
    assert await axe(page) == []
    assert not await page.locator("#result").is_visible()
    visit.forgive("422")


async def test_a_draft_is_published_only_after_a_question(visit: Visit, axe: Axe) -> None:
    page = await opened(visit)
    await page.fill("[data-path='rush_share']", "4")
    await page.click("#publish")
    await expect(page.locator("#confirm")).to_be_visible()
    assert await axe(page) == []
    await page.click("#confirm button[value='']")
    assert visit.demo.hub.hall().latest.version == 1  # type: ignore[union-attr]
    await page.click("#publish")
    await page.click("#confirm button[value='next-day']")
    await expect(page.locator("#said")).to_contain_text("已发布第 2 版")
    latest = visit.demo.hub.hall().latest
    assert latest is not None
    assert latest.profile.policy.rush_share == 4
    assert visit.demo.hub.profile().policy.rush_share == 3
    await page.reload()
    await expect(page.locator("main")).to_contain_text("将要生效")
