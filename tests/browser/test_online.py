"""The pages of online filings and consultations in a real browser: what is late first, one act, nobody twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from hub.domain.cases.state import Case
from hub.materials.turned_away import TurnedAway
from tests.browser.conftest import Visit
from tests.browser.hall import Demo, demo_hall
from tests.web.filings import filed_week

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
DESK = (1366, 768)
_made: dict[str, str] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall")) as running:
        _made.update(await filed_week(running.hub, running.clock))
        yield running


async def _look(visit: Visit, axe: Axe, path: str, size: tuple[int, int] = DESK) -> list[str]:
    page = await visit.open(path, *size)
    await page.eval_on_selector_all("details", "(all) => all.forEach((each) => (each.open = true))")
    found = [f"{path}: {problem}" for problem in await axe(page)]
    if await page.evaluate("() => document.documentElement.scrollWidth") > size[0]:
        found.append(f"{path}: wider than {size[0]}")
    await page.close()
    return found


async def test_the_pages_fit_and_are_accessible(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("supervisor")
    found = await _look(visit, axe, "/online")
    found += await _look(visit, axe, "/consultations")
    found += await _look(visit, axe, f"/consultations/{_made['asked-A03']}", (1920, 1080))
    found += await _look(visit, axe, "/consultations?new=1")
    found += await _look(visit, axe, f"/cases/{_made['filed-2']}", (1920, 1080))
    assert found == []


async def test_the_latest_stands_first_and_taking_one_opens_it_as_a_case(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/online", *DESK)
    first = page.locator("tbody tr").first
    await expect(first).to_contain_text("已视为受理")
    await expect(first).to_contain_text("文件未到 1/1")
    row = page.locator("tbody tr", has_text="剩")
    async with page.expect_navigation():
        await row.first.locator("[data-take]").click()
    assert "/cases/" in page.url or "/desk/" in page.url
    await page.click("[data-unmask]")
    await expect(page.locator("dl.form")).to_contain_text("东城区某街 1 号")
    assert await axe(page) == []
    await page.goto(visit.demo.url + "/online")
    async with page.expect_navigation():
        await page.locator("[data-leave]").click()
    await expect(page.locator("[data-leave]")).to_have_count(0)


async def test_who_comes_second_is_told_who_has_it(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/online", *DESK)
    await page.evaluate(
        "async (id) => await fetch(`/api/v1/cases/${id}/filing/take`, {method: 'POST', headers: {'Content-Type':"
        " 'application/json', 'Idempotency-Key': 'x1', 'X-CSRF-Token': document.documentElement.dataset.csrf},"
        ' body: \'{"window":"205"}\'})',
        _made["filed-8"],
    )
    await visit.context.clear_cookies()
    await visit.sign_in("supervisor")
    page = await visit.open("/online", *DESK)
    await expect(page.locator("tbody tr", has_text="窗口 205")).to_contain_text("改由我办")


async def test_a_question_is_answered_for_the_record_and_one_is_written_down(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/consultations", *DESK)
    await expect(page.locator(".talk .question")).to_contain_text("周六办理吗")
    await page.fill("#text", "工作日 9:00-17:00 办理，周六不办公")
    await page.reload()
    assert await page.input_value("#text") == "工作日 9:00-17:00 办理，周六不办公"
    async with page.expect_navigation():
        await page.keyboard.press("Tab")
        await page.click("[data-record=yes]")
    await expect(page.locator(".talk .answer")).to_contain_text("正式答复")
    assert await axe(page) == []
    await page.goto(visit.demo.url + "/consultations?new=1")
    await page.fill("[name=question]", "身份证丢了能办吗？")
    await page.fill("[name=item]", "A02")
    async with page.expect_navigation():
        await page.click("#enter button.main")
    await expect(page.locator(".talk .question")).to_contain_text("身份证丢了能办吗")


async def test_a_file_that_was_no_material_is_told_and_not_waited_for(visit: Visit, axe: Axe) -> None:
    hub, case = visit.demo.hub, _made["filed-2"]
    held = cast(Case, hub.writer.state(f"case/{case}"))
    sha256 = next(supply.sha256 for supply in held.materials.values() if supply.sha256)
    await visit.sign_in("supervisor")
    page = await visit.open(f"/cases/{case}", 1920, 1080)
    await expect(page.locator("main")).to_contain_text("文件未到")
    TurnedAway(hub.paths.fetching).add(sha256)
    await page.reload()
    await expect(page.locator("main")).to_contain_text("文件被拒收")
    await expect(page.locator("main")).not_to_contain_text("文件未到")
    assert await axe(page) == []
