"""Choosing items on the take-a-number page: three taps, keys on the screen or real ones, nothing left behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]

TOO_SMALL = (
    "() => [...document.querySelectorAll('dialog[open] button, dialog[open] input')].filter((b) => b.offsetParent)"
    ".filter((b) => b.offsetHeight < 64 || b.offsetWidth < 64 || parseFloat(getComputedStyle(b).fontSize) < 28)"
    ".map((b) => b.outerHTML)"
)


async def _open(visit: Visit, device: str = "kiosk-1") -> Page:
    page = await visit.open(f"/kiosk/{device}", 1080, 1920)
    await page.wait_for_timeout(200)
    return page


async def _tap(page: Page, keys: str) -> None:
    for key in keys:
        await page.click(f".keys [data-key={key}]")


def _newest(visit: Visit) -> tuple[set[str], tuple[str, ...]]:
    ticket = list(visit.demo.hub.day().tickets.values())[-1]
    return set(ticket.todo), ticket.items


async def test_three_taps_find_an_item_and_the_wait_is_said_before_the_number(visit: Visit) -> None:
    page = await _open(visit)
    issued = len(visit.demo.hub.day().tickets)
    await page.click("#items-M")
    await page.click("[data-department=D311]")
    await page.click("[data-item=M74]")
    leg = page.locator("#visit .leg")
    await expect(leg).to_contain_text("建设工程消防设计审核")
    await expect(leg).to_contain_text("3 层")
    await expect(leg.locator(".wait")).to_contain_text("分钟")
    assert len(visit.demo.hub.day().tickets) == issued
    await page.click("[data-chooser=take]")
    await expect(page.locator("#result")).to_be_visible()
    assert "3 层" in await page.inner_text("#result-where")
    assert _newest(visit) == ({"M"}, ("M74",))


async def test_keys_on_the_screen_find_by_initials(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#search")
    await _tap(page, "gtgshsx")
    await expect(page.locator("#chooser-offer")).to_contain_text("没有找到")
    await page.click("[data-key=erase]")
    await page.click("[data-key=l]")
    await expect(page.locator("[data-item]")).to_have_count(1)
    await expect(page.locator("[data-item]")).to_contain_text("个体工商户设立登记")
    await page.click("[data-key=clear]")
    assert await page.input_value("#chooser-query") == ""


async def test_a_visit_for_several_items_takes_one_number(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#search")
    await _tap(page, "jhdj")
    await page.click("[data-item=F01]")
    await page.click("[data-chooser=more]")
    await _tap(page, "sfz")
    await page.click("[data-item=O17]")
    await expect(page.locator("#visit .leg")).to_have_count(2)
    await page.click("[data-chooser=more]")
    await _tap(page, "gtgsh")
    await page.click("[data-item=A06]")
    await page.click("[data-remove=O17]")
    await expect(page.locator("#visit .leg")).to_have_count(2)
    issued = len(visit.demo.hub.day().tickets)
    await page.click("[data-chooser=take]")
    await expect(page.locator("#result")).to_be_visible()
    assert len(visit.demo.hub.day().tickets) == issued + 1
    assert _newest(visit) == ({"F", "A"}, ("F01", "A06"))


async def test_a_real_keyboard_does_it_all(visit: Visit) -> None:
    page = await _open(visit)
    await page.focus("#search")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chooser-query")).to_be_focused()
    await page.keyboard.type("hunyin")
    await expect(page.locator("[data-item]").first).to_contain_text("婚姻登记档案查询")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("[data-item]").first).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#chooser-query")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-chooser=take]")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#result")).to_be_visible()
    assert _newest(visit) == ({"F"}, ("F05",))


async def test_chinese_and_english_words_find_too_and_escape_goes_back_step_by_step(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#items-O")
    await page.click("[data-department=D310]")
    await expect(page.locator("[data-item]")).to_have_count(5)
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-department]")).to_have_count(2)
    await page.fill("#chooser-query", "护照")
    await expect(page.locator("[data-item]")).to_have_count(2)
    await page.fill("#chooser-query", "driving licence")
    await expect(page.locator("[data-item]")).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.locator("#chooser-query")).to_have_value("")
    await expect(page.locator("[data-department]")).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_thirty_seconds_without_touch_forget_what_was_chosen(visit: Visit) -> None:
    page = await visit.context.new_page()
    await page.set_viewport_size({"width": 1080, "height": 1920})
    await page.clock.install()
    await page.goto(f"{visit.demo.url}/kiosk/kiosk-1")
    await page.click("#language")
    await page.click("#search")
    await _tap(page, "sfz")
    await page.click("[data-item=O17]")
    await page.click("[data-chooser=more]")
    await _tap(page, "jhdj")
    await page.clock.run_for(32_000)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(page.locator("body.english")).to_have_count(0)
    assert await page.input_value("#chooser-query") == ""
    assert "身份证补领" not in await page.content()
    await page.click("#search")
    await _tap(page, "jhdj")
    await page.click("[data-item=F01]")
    await expect(page.locator("#visit .leg li")).to_have_count(1)


async def test_without_an_answer_the_page_says_so_and_the_next_key_asks_again(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#search")
    await visit.context.set_offline(True)
    await _tap(page, "jhd")
    await expect(page.locator("#chooser-offer")).to_contain_text("服务器没有应答")
    await visit.context.set_offline(False)
    await _tap(page, "j")
    await expect(page.locator("[data-item=F01]")).to_be_visible()
    visit.forgive("ERR_INTERNET_DISCONNECTED")


async def test_what_is_typed_fast_shows_the_answer_to_the_last_key(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#search")
    await page.keyboard.type("gtgshzx", delay=0)
    await expect(page.locator("[data-item]")).to_have_count(1)
    await expect(page.locator("[data-item]")).to_contain_text("个体工商户注销登记")


@pytest.mark.parametrize("mode", ["", "#large", "#language"])
async def test_every_step_has_large_targets_fits_and_is_accessible(visit: Visit, axe: Axe, mode: str) -> None:
    page = await _open(visit)
    if mode:
        await page.click(mode)
    found: list[str] = []

    async def look(step: str) -> None:
        found.extend(f"{step}: {problem}" for problem in await axe(page))
        found.extend(f"{step} is small: {button}" for button in await page.evaluate(TOO_SMALL))
        if await page.evaluate("() => document.documentElement.scrollWidth") > 1080:
            found.append(f"{step}: too wide")

    await look("home")
    await page.click("#items-M")
    await page.wait_for_selector(".departments")
    await look("departments")
    await page.click("[data-department=D309]")
    await page.wait_for_selector(".found")
    await look("items")
    await page.fill("#chooser-query", "qqqq")
    await page.wait_for_selector("#chooser-offer .rest")
    await look("nothing")
    await page.fill("#chooser-query", "登记")
    await page.wait_for_selector(".found")
    await look("search")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#visit .leg")
    await look("visit")
    assert found == []


async def test_english_fits_one_screen(visit: Visit) -> None:
    page = await _open(visit)
    await page.click("#language")
    assert await page.evaluate("() => document.documentElement.scrollHeight") <= 1920


async def test_after_closing_time_a_visit_takes_no_number(visit: Visit) -> None:
    visit.demo.clock.advance(8 * 3_600_000)
    page = await _open(visit)
    await page.click("#items-A")
    await page.click("[data-department=D101]")
    await page.click("[data-item=A06]")
    await expect(page.locator("#visit .stopped")).to_contain_text("今天已停止取号")
    await expect(page.locator("[data-chooser=take]")).to_be_disabled()
