"""The window console: a visitor served from the keyboard, nothing typed lost, nothing done twice."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from hub.core.submission import Committed
from hub.domain.queue import events as e
from hub.domain.queue.state import Window
from tests.browser.conftest import Visit
from tests.browser.hall import close_pages, open_pages

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _window(visit: Visit, *, active: bool) -> Window:
    day = visit.demo.hub.day()
    return next(
        w
        for w in day.windows.values()
        if w.floor == 2 and w.state == "open" and (w.active is not None) == active and len(w.lines) > 3
    )


async def _open(visit: Visit, number: str) -> Page:
    await visit.sign_in("clerk")
    page = await visit.open(f"/console/{number}")
    await page.wait_for_timeout(300)
    return page


async def _does(page: Page, act: str) -> None:
    await expect(page.locator(f'[data-version][data-does="{act}"]')).to_have_count(1)
    await expect(page.locator("#said")).not_to_contain_text("…")


async def test_a_visitor_is_served_in_four_keystrokes_without_a_mouse(visit: Visit) -> None:
    window = _window(visit, active=False)
    heard: list[str] = []
    visit.demo.hub.listen(lambda batch: heard.extend(type(each.event).__name__ for each in batch))
    page = await _open(visit, window.number)
    for act in ("call-next", "start", "finish", "call-next"):
        await _does(page, act)
        await page.keyboard.press("Space")
    await _does(page, "start")
    assert heard == ["TicketCalled", "ServiceStarted", "ServiceFinished", "TicketCalled"]


async def test_a_key_held_down_or_tapped_twice_calls_once(visit: Visit) -> None:
    window = _window(visit, active=False)
    calls: list[Committed] = []
    visit.demo.hub.listen(lambda batch: calls.extend(batch))
    page = await _open(visit, window.number)
    await page.keyboard.down("Space")
    await page.keyboard.down("Space")
    await page.keyboard.up("Space")
    await page.keyboard.press("Space")
    await _does(page, "start")
    await page.wait_for_timeout(200)
    assert [type(each.event) for each in calls] == [e.TicketCalled]


async def test_one_key_pauses_and_the_same_key_resumes(visit: Visit) -> None:
    window = _window(visit, active=False)
    page = await _open(visit, window.number)
    await page.keyboard.press("p")
    await expect(page.locator('[data-state="paused"]')).to_have_count(1)
    await expect(page.locator("#said")).to_contain_text("✓")
    await page.keyboard.press("p")
    await expect(page.locator('[data-state="open"]')).to_have_count(1)


async def test_recall_miss_and_the_call_of_a_missed_number(visit: Visit) -> None:
    window = _window(visit, active=False)
    page = await _open(visit, window.number)
    await page.keyboard.press("Space")
    await _does(page, "start")
    for times in range(3):
        await page.keyboard.press("r")
        await expect(page.locator(".attention", has_text=f"已重呼 {times + 1} 次")).to_have_count(1)
        await expect(page.locator("#said")).to_contain_text("✓")
    await page.keyboard.press("m")
    await _does(page, "call-next")
    await page.locator("[data-call]").first.click()
    await _does(page, "start")


async def test_a_transfer_needs_a_reason_and_goes_where_it_was_sent(visit: Visit) -> None:
    window = _window(visit, active=True)
    ticket = window.active
    assert ticket is not None
    page = await _open(visit, window.number)
    await page.keyboard.press("t")
    await page.select_option("#transfer [name=to]", "F")
    await page.fill("#transfer [name=why]", "取错号")
    await page.keyboard.press("Enter")
    await _does(page, "call-next")
    moved = visit.demo.hub.day().tickets[ticket]
    assert (moved.state, moved.category, moved.transfers) == ("waiting", "F", 1)
    await expect(page.locator("#transfer")).to_be_hidden()


async def test_keys_are_letters_again_while_typing(visit: Visit) -> None:
    window = _window(visit, active=True)
    page = await _open(visit, window.number)
    version = visit.demo.hub.day().windows[window.number].version
    await page.keyboard.press("h")
    await page.locator("#park [name=why]").press_sequentially("map mr th")
    assert await page.input_value("#park [name=why]") == "map mr th"
    assert visit.demo.hub.day().windows[window.number].version == version


async def test_a_typed_reason_outlives_a_restart_of_the_hub_and_a_reload(visit: Visit) -> None:
    window = _window(visit, active=True)
    page = await _open(visit, window.number)
    await page.keyboard.press("t")
    await page.select_option("#transfer [name=to]", "G")
    await page.fill("#transfer [name=why]", "需卫计委核对原件")
    port = await close_pages(visit.demo)
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("重试")
    assert await page.input_value("#transfer [name=why]") == "需卫计委核对原件"
    await page.wait_for_timeout(300)
    await open_pages(visit.demo, port)
    await _does(page, "call-next")
    visit.forgive("ERR_CONNECTION_REFUSED")
    visit.forgive("ERR_INCOMPLETE_CHUNKED_ENCODING")
    visit.forgive("ERR_EMPTY_RESPONSE")

    await page.keyboard.press("Space")
    await _does(page, "start")
    await page.keyboard.press("h")
    await page.fill("#park [name=why]", "去复印")
    await page.reload()
    assert await page.input_value("#park [name=why]") == "去复印"
    await expect(page.locator("#park")).to_be_visible()


async def test_the_clerk_chooses_a_window_and_is_signed_in_there(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/console")
    await page.click('[data-window="103"]')
    await page.wait_for_url("**/console/103")
    assert visit.demo.hub.day().clerks["clerk"] == "103"
