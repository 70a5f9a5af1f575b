"""The console and the rules of the day: reasons, visits over windows, hand-over, loans, a frozen hall."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from hub.domain.queue import commands as c
from hub.domain.queue.roster import watch
from hub.domain.queue.state import Window
from tests.browser.conftest import Visit

Axe = Callable[[Page], Awaitable[list[str]]]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _window(visit: Visit, *, active: bool) -> Window:
    return next(
        w
        for w in visit.demo.hub.day().windows.values()
        if w.floor == 2 and w.state == "open" and (w.active is not None) == active and len(w.lines) > 3
    )


async def _open(visit: Visit, number: str) -> Page:
    await visit.sign_in("clerk")
    page = await visit.open(f"/console/{number}")
    await expect(page.locator("#said")).to_be_attached()
    return page


async def _does(page: Page, act: str) -> None:
    await expect(page.locator(f'[data-version][data-does="{act}"]')).to_have_count(1)
    await expect(page.locator("#said")).not_to_contain_text("…")


async def _quiet(page: Page) -> None:
    """The last act is done and the next key counts."""
    await expect(page.locator("#said")).to_contain_text("✓")


async def test_a_pause_takes_its_reason_by_a_second_tap(visit: Visit, axe: Axe) -> None:
    window = _window(visit, active=False)
    page = await _open(visit, window.number)
    await page.keyboard.press("p")
    await expect(page.locator("[data-why]")).to_have_count(5)
    await _quiet(page)
    await page.keyboard.press("1")
    await expect(page.locator("[data-why='午餐'][aria-pressed='true']")).to_have_count(1)
    assert (window.state, window.why) == ("paused", "午餐")
    assert await axe(page) == []
    await _quiet(page)
    await page.locator("[data-why='会议']").click()
    await expect(page.locator("[data-why='会议'][aria-pressed='true']")).to_have_count(1)
    await _quiet(page)
    await page.keyboard.press("p")
    await expect(page.locator("[data-why]")).to_have_count(0)


async def test_a_visit_of_several_categories_is_ticked_and_says_where_it_goes(visit: Visit, axe: Axe) -> None:
    window = _window(visit, active=False)
    hub = visit.demo.hub
    ticket = await visit.demo.take("E", floor=2, also=("F", "L"), escort=True, note="2 号沙发")
    await visit.demo.do(c.CallTicket(hub.today, hub.now(), window.number, ticket))
    page = await _open(visit, window.number)
    visited = page.locator("[data-part=visit]")
    await expect(visited).to_contain_text("需陪同")
    await expect(visited).to_contain_text("2 号沙发")
    await expect(page.locator("#onward")).to_contain_text("3 层 L")
    await page.keyboard.press("Space")
    await _does(page, "finish")
    await page.keyboard.press("2")
    await expect(page.locator("#onward")).to_contain_text("2 层")
    assert await axe(page) == []
    await page.reload()
    await expect(page.locator("#done-F")).not_to_be_checked()
    await page.keyboard.press("1")
    await expect(page.locator("#onward")).to_contain_text("请勾选")
    await page.keyboard.press("Space")
    assert hub.day().tickets[ticket].state == "serving", "nothing done is not finished"
    await page.keyboard.press("1")
    await page.keyboard.press("Space")
    await _does(page, "call-next")
    moved = hub.day().tickets[ticket]
    assert (moved.state, moved.todo, moved.legs[0].done) == ("waiting", ("F", "L"), ("E",))


async def test_another_clerk_takes_over_with_the_visit_where_it_is(visit: Visit) -> None:
    window = _window(visit, active=True)
    held, before = window.active, window.clerk
    assert before is not None
    page = await _open(visit, window.number)
    await page.click("#sign-in")
    await expect(page.locator("#ask-title")).to_contain_text(before)
    await page.keyboard.press("Enter")
    await expect(page.locator("#sign-out")).to_be_visible()
    assert (window.clerk, window.active) == ("clerk", held)
    other = _window(visit, active=False)
    await page.goto(f"{visit.demo.url}/console/{other.number}")
    for finished in (False, True):
        if finished:
            await visit.demo.do(c.FinishService(visit.demo.hub.today, visit.demo.hub.now(), window.number))
        await page.click("#sign-in")
        await expect(page.locator("#ask-title")).to_contain_text("将签退")
        await page.keyboard.press("Enter")
        await expect(page.locator("#ask-title")).to_contain_text("改到本窗口签到")
        await page.keyboard.press("Enter")
        if not finished:
            await expect(page.locator("#said")).to_contain_text("没办完")
    await expect(page.locator("#sign-out")).to_be_visible()
    assert visit.demo.hub.day().clerks["clerk"] == other.number
    visit.forgive("409")


async def test_why_one_number_was_called_before_another(visit: Visit, axe: Axe) -> None:
    window = _window(visit, active=True)
    assert window.active is not None
    hub = visit.demo.hub
    called = hub.day().tickets[window.active].number
    later = next(hub.day().tickets[t].number for line in window.lines for t in hub.day().lines[line])
    page = await _open(visit, window.number)
    await page.keyboard.press("w")
    await page.fill("#why [name=first]", called)
    await page.fill("#why [name=second]", later)
    await page.keyboard.press("Enter")
    await expect(page.locator("#because")).to_contain_text(called)
    await expect(page.locator("#because")).to_contain_text(later)
    assert await axe(page) == []


async def test_a_wrong_number_is_one_tap_of_the_transfer(visit: Visit) -> None:
    window = _window(visit, active=True)
    ticket = window.active
    assert ticket is not None
    page = await _open(visit, window.number)
    await page.keyboard.press("t")
    await page.select_option("#transfer [name=to]", "G")
    await page.click("[data-reason='取错号']")
    await page.click("#transfer .main")
    await _does(page, "call-next")
    assert visit.demo.hub.day().tickets[ticket].wrong_number


async def test_a_lent_and_an_unable_window_and_a_frozen_hall_are_said(visit: Visit, axe: Axe) -> None:
    window = _window(visit, active=False)
    demo, hub = visit.demo, visit.demo.hub
    page = await _open(visit, window.number)
    until = hub.now() + 3_600_000
    await demo.do(c.ReskillWindow(hub.today, hub.now(), window.number, ("E", "L"), until))
    await expect(page.locator("header")).to_contain_text("潮汐 E L，到 ")
    hub.day().skills["li"] = ("O",)
    await demo.do(c.SignInClerk(hub.today, hub.now(), window.number, "li"))
    await expect(page.locator("[data-part=visit]")).to_contain_text("没有可办的业务")
    await demo.do(c.FreezeHall(hub.today, hub.now(), "消防演练"))
    await expect(page.locator("header .alarm")).to_contain_text("消防演练")
    assert await axe(page) == []
    await page.keyboard.press("Space")
    await expect(page.locator("#said")).to_contain_text("暂停叫号")
    visit.forgive("409")
    board = await visit.open("/board/hall", 1920, 1080)
    await expect(board.locator(".frozen")).to_contain_text("消防演练")
    assert await axe(board) == []
    phone = await visit.open("/ticket/" + next(iter(hub.day().lines["A/1"])), 390, 844)
    await expect(phone.locator("main")).to_contain_text("消防演练")
    assert await axe(phone) == []
    await demo.do(c.ReleaseHall(hub.today, hub.now()))
    await expect(board.locator(".frozen")).to_have_count(0)
    await demo.do(c.ReskillWindow(hub.today, hub.now(), window.number))


async def test_a_window_where_somebody_sits_is_taken_over_after_a_question(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("clerk")
    day = visit.demo.hub.day()
    page = await visit.open("/console")
    await page.click('[data-window="301"]')
    await expect(page.locator("#ask-title")).to_contain_text("clerk-301 将签退")
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    assert day.clerks["clerk-301"] == "301"
    if "clerk" in day.clerks:
        await visit.demo.do(c.SignOutClerk(visit.demo.hub.today, visit.demo.hub.now(), day.clerks["clerk"], "clerk"))
    await page.click('[data-window="301"]')
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/301")
    assert day.clerks["clerk"] == "301"
    assert "clerk-301" not in day.clerks


async def test_at_noon_a_pause_against_the_roster_is_refused_with_what_to_do(visit: Visit, axe: Axe) -> None:
    demo, hub = visit.demo, visit.demo.hub
    demo.clock.advance(2 * 3_600_000)
    windows = [w for w in hub.day().windows.values() if w.floor == 3 and w.state == "open"]
    watched = watch(hub.day(), 3, hub.now())
    assert watched is not None
    for window in windows[: watched.may_pause]:
        await demo.do(c.PauseWindow(hub.today, hub.now(), window.number, "午餐"))
    page = await _open(visit, windows[-1].number)
    await page.keyboard.press("p")
    await expect(page.locator("#said")).to_contain_text("至少要有")
    await expect(page.locator("#said")).to_contain_text("值班主任")
    await expect(page.locator("#ask")).not_to_be_visible()
    assert await axe(page) == []
    assert await page.evaluate("() => document.documentElement.scrollHeight") <= 768
    visit.forgive("409")
    await visit.context.clear_cookies()
    await visit.sign_in("supervisor")
    page = await visit.open(f"/console/{windows[-1].number}")
    await page.keyboard.press("p")
    await expect(page.locator("#ask-title")).to_contain_text("仍要执行")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-state="paused"]')).to_have_count(1)
    visit.forgive("409")
