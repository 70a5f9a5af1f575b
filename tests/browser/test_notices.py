"""Notices and their check in a real browser: a sheet of A4, its list, and what a passer-by sees of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.hall import Demo, demo_hall
from tests.web.cases import open_for_cases, opened, pledge, post
from tests.web.running import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]

PHONE, DESK = (390, 844), (1366, 1200)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall"), filled=False) as running:
        await open_for_cases(running.hub)
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def case(demo: Demo) -> str:
    """Accepted with a lease owed and a promise, by the supervisor."""
    async with httpx.AsyncClient(base_url=demo.url, headers={"Origin": demo.url}, trust_env=False) as clerk:
        answer = await clerk.post("/api/v1/session", json={"name": "supervisor", "password": PASSWORD})
        clerk.headers["X-CSRF-Token"] = answer.json()["csrf"]
        made = await opened(clerk, "A02", "id", "form")
        owed = await pledge(clerk, "lease", due="2026-11-27")
        accepted = await post(
            clerk,
            f"/{made}/accept",
            pledge=owed,
            promise={"materials": ["proof"], "check_days": 20, "sha256": owed["sha256"]},
        )
        assert accepted.status_code == 200, accepted.text
    return made


async def looked(visit: Visit, axe: Axe, path: str, size: tuple[int, int]) -> list[str]:
    page = await visit.open(path, *size)
    found = [f"{path}: {problem}" for problem in await axe(page)]
    width = await page.evaluate("document.documentElement.scrollWidth")
    if width > size[0]:
        found.append(f"{path}: {width} wide")
    return found


async def test_every_page_fits_and_is_accessible(visit: Visit, axe: Axe, case: str) -> None:
    await visit.sign_in("supervisor")
    found: list[str] = []
    for path in ("", "/receipt/1", "/acceptance/1", "/tolerance/1", "/promise/1"):
        found += await looked(visit, axe, f"/cases/{case}/notices{path}", DESK)
    for size in (DESK, PHONE):
        found += await looked(visit, axe, "/check", size)
    assert found == []


async def test_a_passer_by_checks_what_the_code_leads_to(visit: Visit, axe: Axe, case: str) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/cases/{case}/notices/acceptance/1")
    link = await page.get_attribute("a:has-text('核验')", "href")
    assert link is not None
    path = link.removeprefix("http://hall.test")
    checking = await visit.open(path, *PHONE)
    await expect(checking.locator("[role=status]")).to_contain_text("是本大厅出具的文书")
    assert await axe(checking) == []
    code = checking.locator("[name=code]")
    right = await code.input_value()
    await code.fill(right[:-1] + str((int(right[-1]) + 1) % 10))
    await checking.keyboard.press("Enter")
    await expect(checking.locator("[role=alert]")).to_contain_text("没有核验到")
    assert await axe(checking) == []
    visit.forgive("404")


async def test_printed_from_the_browser_only_the_sheet_is_left(visit: Visit, case: str) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/cases/{case}/notices/acceptance/1")
    await page.emulate_media(media="print")
    assert not await page.is_visible(".bar")
    assert not await page.is_visible(".screen")
    assert await page.is_visible(".sheet")
