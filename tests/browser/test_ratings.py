"""The ratings page in a real browser: what is due first, a case from verifying to its end, and the month's figures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from hub.domain.ratings.state import Rectification
from tests.browser.conftest import Visit
from tests.browser.hall import Demo, demo_hall
from tests.browser.rated import rated_days

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall")) as running:
        await rated_days(running)
        yield running


def cases(demo: Demo) -> dict[str, Rectification]:
    streams = demo.hub.log.streams("rectification/")
    found = {name.partition("/")[2]: demo.hub.writer.state(name) for name in streams}
    return {ticket: case for ticket, case in found.items() if isinstance(case, Rectification)}


def ticket_in(demo: Demo, state: str, *, own: bool = False) -> str:
    return next(t for t, case in cases(demo).items() if case.state == state and (case.clerk == "supervisor") == own)


async def press(page: Page, words: str | None, button: str) -> None:
    if words is not None:
        await page.fill("#words", words)
    async with page.expect_navigation():
        await page.click(f"#step button:has-text('{button}')")


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
async def test_the_page_fits_and_is_accessible_at_every_step(visit: Visit, axe: Axe, size: tuple[int, int]) -> None:
    await visit.sign_in("supervisor")
    found: list[str] = []
    states = ("to-verify", "founded", "to-call-back", "to-close", "closed")
    tickets = [ticket_in(visit.demo, state) for state in states]
    for ticket in ["", *tickets, ticket_in(visit.demo, "to-verify", own=True)]:
        page = await visit.open(f"/ratings/{ticket}?month=2026-11".replace("/?", "?"), *size)
        await page.eval_on_selector_all("details", "(all) => all.forEach((each) => (each.open = true))")
        found += [f"{ticket}: {problem}" for problem in await axe(page)]
        if await page.evaluate("() => document.documentElement.scrollWidth") > size[0]:
            found.append(f"{ticket}: wider than {size[0]}")
        await page.close()
    assert found == []


async def test_what_is_due_first_stands_first_and_open(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open("/ratings", 1920, 1080)
    due = await page.locator(".open tbody td:nth-child(4)").all_inner_texts()
    assert due == sorted(due, key=lambda text: text[:10])
    assert "逾期" in due[0]
    await expect(page.locator(".open tbody tr").first).to_have_class("chosen")
    await expect(page.locator("#chart canvas")).to_have_count(1)


async def test_a_case_goes_from_verifying_to_its_end_with_the_keyboard_alone(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    ticket = ticket_in(visit.demo, "to-verify")
    page = await visit.open(f"/ratings/{ticket}")
    await page.focus("#words")
    await page.keyboard.type("查看录像属实")
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator(".now")).to_contain_text("属实，待整改")
    await press(page, "当面致歉并补办", "已整改")
    await press(page, "谢谢，满意", "回访满意")
    await press(page, None, "办结")
    await expect(page.locator(".now")).to_contain_text("已办结")
    await expect(page.locator("#step")).to_have_count(0)
    steps = await page.locator(".trace li .what").all_inner_texts()
    assert [each.partition(" ")[0] for each in steps[-4:]] == ["核实：属实", "记录整改", "回访：满意", "办结"]
    assert cases(visit.demo)[ticket].state == "closed"


async def test_a_step_without_words_says_what_is_missing_and_keeps_the_page(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/ratings/{ticket_in(visit.demo, 'to-verify')}")
    await page.click("#step button:has-text('情况不属实')")
    await expect(page.locator("#said")).to_contain_text("请写明原因")
    await press(page, "群众说按错了", "情况不属实")
    await expect(page.locator("#step .danger")).to_contain_text("评价作废")
    visit.forgive("422")


async def test_the_phone_is_shown_only_while_a_call_back_is_due(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/ratings/{ticket_in(visit.demo, 'to-call-back')}")
    await expect(page.locator(".phone")).to_have_text("13800001111")
    page = await visit.open(f"/ratings/{ticket_in(visit.demo, 'to-verify')}")
    assert "13800001111" not in await page.content()


async def test_a_rating_of_ones_own_service_offers_no_step(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/ratings/{ticket_in(visit.demo, 'to-verify', own=True)}")
    await expect(page.locator(".case .attention")).to_contain_text("您本人")
    await expect(page.locator("#step")).to_have_count(0)


async def test_clerks_neither_see_the_page_nor_a_way_to_it(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/")
    await expect(page.locator("a[href='/ratings']")).to_have_count(0)
    answer = await visit.context.request.get(visit.demo.url + "/ratings")
    assert answer.status == 403
