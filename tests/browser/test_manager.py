"""The hall manager's page in a rush: it fits, says what would mend a wait, and the remedy is a key away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from hub.domain.queue import commands as c
from hub.domain.queue.roster import watch
from tests.browser.conftest import Visit
from tests.browser.hall import MINUTE, Demo, demo_hall, rush

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
CLIPPED = """() => [...document.querySelectorAll('main .card, main .flag, main li button, main td')]
  .filter((el) => el.getBoundingClientRect().bottom > innerHeight || el.getBoundingClientRect().right > innerWidth)
  .map((el) => el.className + ' ' + el.textContent.trim().slice(0, 40))"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("rush")) as running:
        await rush(running)
        yield running


async def _open(visit: Visit, name: str = "supervisor") -> Page:
    await visit.sign_in(name)
    page = await visit.open("/overview", 1920, 1080)
    await expect(page.locator("#curve canvas")).to_have_count(1)
    return page


async def _fits(page: Page) -> None:
    assert await page.evaluate("() => document.documentElement.scrollHeight") <= 1080
    clipped: list[str] = await page.evaluate(CLIPPED)
    assert clipped == []


async def test_in_a_rush_everything_is_on_the_screen_and_accessible(visit: Visit, axe: Axe) -> None:
    page = await _open(visit)
    assert await page.locator(".trouble").count() >= 4
    await _fits(page)
    assert await axe(page) == []


async def test_a_remedy_is_one_key_and_one_answer_away(visit: Visit) -> None:
    page = await _open(visit)
    first = page.locator("[data-key='1']")
    path = await first.get_attribute("data-path")
    assert path is not None
    number = path.split("/")[1]
    before = visit.demo.hub.day().windows[number].state
    assert before != "open"
    await page.keyboard.press("1")
    await expect(page.locator("#ask-title")).to_contain_text(number)
    await page.keyboard.press("Escape")
    await expect(page.locator("#ask")).not_to_be_visible()
    assert visit.demo.hub.day().windows[number].state == before, "nothing is done unasked"
    await page.keyboard.press("1")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("✓")
    assert visit.demo.hub.day().windows[number].state == "open"
    await expect(page.locator(f"[data-path='{path}']")).to_have_count(0)


async def test_a_window_is_lent_for_an_hour_from_its_cell(visit: Visit, axe: Axe) -> None:
    page = await _open(visit)
    await page.click("#w-117")
    await expect(page.locator("#window-facts")).to_contain_text("clerk-117")
    assert await axe(page) == []
    await page.check("#skills [value=E]")
    await page.click("#skills button:not([type=button])")
    await expect(page.locator("#said")).to_contain_text("✓")
    window = visit.demo.hub.day().windows["117"]
    assert set(window.categories) == {"P", "E"}
    assert window.until is not None
    assert abs(window.until - visit.demo.hub.now() - 60 * MINUTE) < MINUTE
    await expect(page.locator("#w-117 small")).to_contain_text("潮")


async def test_a_window_is_paused_with_a_reason_and_opened_again(visit: Visit) -> None:
    page = await _open(visit)
    await visit.demo.do(c.OpenWindow(visit.demo.hub.today, visit.demo.hub.now(), "103"))
    await expect(page.locator("#w-103.open")).to_have_count(1)
    await page.click("#w-103")
    await page.select_option("#pausing [name=why]", "会议")
    await page.click("#pausing button")
    await expect(page.locator("#w-103")).to_contain_text("会议")
    await page.click("#w-103")
    await page.click("[data-window-act=open]")
    await expect(page.locator("#w-103.open")).to_have_count(1)


async def test_the_hall_is_frozen_with_a_reason_and_released(visit: Visit, axe: Axe) -> None:
    page = await _open(visit)
    await page.click("#freeze")
    await page.fill("#freezing [name=why]", "消防演练")
    assert await axe(page) == []
    await page.click("#freezing .danger")
    await expect(page.locator(".frozen")).to_contain_text("消防演练")
    assert visit.demo.hub.day().frozen == "消防演练"
    await expect(page.locator(".trouble")).to_have_count(1)
    await _fits(page)
    assert await axe(page) == []
    await page.click("#release")
    await page.keyboard.press("Enter")
    await expect(page.locator(".frozen")).to_have_count(0)
    assert visit.demo.hub.day().frozen is None


async def test_a_clerk_sees_causes_and_remedies_and_presses_nothing(visit: Visit) -> None:
    page = await _open(visit, "clerk")
    await expect(page.locator(".trouble").first).to_be_visible()
    await expect(page.locator("#freeze")).to_have_count(0)
    await expect(page.locator("button.arranges:visible")).to_have_count(0)
    await page.click("#w-101")
    await expect(page.locator("#window-facts")).to_be_visible()
    await expect(page.locator("#skills")).to_have_count(0)


async def test_at_noon_the_roster_is_said_and_a_pause_against_it_is_asked_once_more(visit: Visit) -> None:
    demo = visit.demo
    demo.clock.advance(90 * MINUTE)
    page = await _open(visit)
    await expect(page.locator(".watch")).to_have_count(3)
    await _fits(page)
    open_ones = [w.number for w in demo.hub.day().windows.values() if w.floor == 3 and w.state == "open"]
    watched = watch(demo.hub.day(), 3, demo.hub.now())
    assert watched is not None
    for number in open_ones[: watched.may_pause]:
        await demo.do(c.PauseWindow(demo.hub.today, demo.hub.now(), number, "午餐"))
    await expect(page.locator(".watch").nth(2)).to_contain_text("还可暂停 0 个")
    last = open_ones[-1]
    await page.click(f"#w-{last}")
    await page.click("#pausing button")
    await expect(page.locator("#ask-title")).to_contain_text("仍要执行")
    assert demo.hub.day().windows[last].state == "open"
    await page.keyboard.press("Enter")
    await expect(page.locator(f"#w-{last}.paused")).to_have_count(1)
    visit.forgive("409")
