"""The take-a-number page: one tap, words before numbers, nothing left behind for the next person."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from hub.domain.queue import commands as c
from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _open(visit: Visit, device: str = "kiosk-1") -> Page:
    page = await visit.context.new_page()
    await page.set_viewport_size({"width": 1080, "height": 1920})
    await page.clock.install()
    await page.goto(f"{visit.demo.url}/kiosk/{device}")
    await page.wait_for_timeout(300)
    return page


async def _type(page: Page, pad: str, keys: str) -> None:
    for key in keys:
        await page.click(f"#{pad} button:text-is('{key}')")


async def test_one_tap_takes_a_number_and_says_floor_and_wait(visit: Visit) -> None:
    page = await _open(visit)
    await expect(page.locator("#take-E .wait")).to_contain_text("分")
    await page.click("#take-E")
    await expect(page.locator("#result")).to_be_visible()
    number = await page.inner_text("#result-number")
    day = visit.demo.hub.day()
    assert day.tickets[day.numbers[number]].kiosk == "kiosk-1"
    assert "2 层" in await page.inner_text("#result-where")
    assert "分钟" in await page.inner_text("#result-facts")
    assert "打印" in await page.inner_text("#result-paper")


async def test_the_result_says_when_the_paper_came_or_did_not(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#take-A")
    await expect(page.locator("#result")).to_be_visible()
    day = visit.demo.hub.day()
    ticket = day.numbers[await page.inner_text("#result-number")]
    await visit.demo.do(c.RecordPrint(visit.demo.hub.today, visit.demo.hub.now(), ticket, 0, "failed", "paper out"))
    await expect(page.locator("#result-paper")).to_contain_text("没有打印出来")


async def test_phone_and_priority_travel_with_the_ticket(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#leave-phone")
    await _type(page, "phone-pad", "13800001111")
    await page.click("#phone-pad [data-done]")
    await page.click("#priority")
    await page.click("[data-priority=elderly]")
    await page.click("#take-B")
    await expect(page.locator("#result")).to_be_visible()
    day = visit.demo.hub.day()
    ticket = day.tickets[day.numbers[await page.inner_text("#result-number")]]
    assert (ticket.has_phone, ticket.priority) == (True, "elderly")


async def test_a_bad_phone_is_refused_in_words_and_takes_no_number(visit: Visit) -> None:
    page = await _open(visit)
    issued = len(visit.demo.hub.day().tickets)
    await page.click("#leave-phone")
    await _type(page, "phone-pad", "123")
    await page.click("#phone-pad [data-done]")
    await page.click("#take-B")
    await expect(page.locator("#refused-said")).to_contain_text("手机号码不正确")
    assert len(visit.demo.hub.day().tickets) == issued
    visit.forgive("422")


async def test_thirty_seconds_without_touch_wipe_everything(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#large")
    await page.click("#leave-phone")
    await _type(page, "phone-pad", "13800001111")
    await page.click("#phone-pad [data-done]")
    await page.click("#take-B")
    await expect(page.locator("#result")).to_be_visible()
    number = await page.inner_text("#result-number")
    await page.clock.run_for(32_000)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(page.locator("body.large")).to_have_count(0)
    assert number not in await page.content()
    assert "1111" not in await page.content()


async def test_a_missed_number_comes_back_without_queueing_again(visit: Visit) -> None:
    hub, day = visit.demo.hub, visit.demo.hub.day()
    missed = next(ticket for ticket in day.tickets.values() if ticket.state == "missed")
    page = await _open(visit)
    await page.click("#back")
    await _type(page, "back-pad", missed.number)
    await page.click("#back-pad [data-done]")
    await expect(page.locator("#result-number")).to_have_text(missed.number)
    assert hub.day().tickets[missed.id].state == "waiting"


async def test_a_number_that_is_none_is_refused_beside_the_keys(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#back")
    await _type(page, "back-pad", "A999")
    await page.click("#back-pad [data-done]")
    await expect(page.locator("#back-said")).to_contain_text("A999")
    visit.forgive("404")


async def test_targets_are_64_pixels_and_text_28(visit: Visit) -> None:
    page = await _open(visit)
    small = await page.evaluate(
        "() => [...document.querySelectorAll('button')].filter((b) => b.offsetParent)"
        ".filter((b) => b.offsetHeight < 64 || parseFloat(getComputedStyle(b).fontSize) < 28).map((b) => b.outerHTML)"
    )
    assert small == []


async def test_after_closing_time_the_page_says_why_and_what_to_do(visit: Visit) -> None:
    visit.demo.clock.advance(8 * 3_600_000)
    page = await _open(visit)
    await expect(page.locator(".stopped")).to_contain_text("今天已停止取号")
    await expect(page.locator("#take-A")).to_be_disabled()
