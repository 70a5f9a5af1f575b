"""Every page at its real size: it fits, axe finds nothing, and the browser has nothing to complain about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]

FULL_HD, PORTRAIT, DESK, PHONE = (1920, 1080), (1080, 1920), (1366, 768), (390, 844)
TABLET = (1024, 768)

PUBLIC = {
    "/": DESK,
    "/sign-in": DESK,
    "/sign-in?refused=bad-password": DESK,
    "/board/hall": FULL_HD,
    "/board/floor/2": FULL_HD,
    "/board/zone/new-enterprises": FULL_HD,
    "/catalogue": DESK,
    "/catalogue/A06": PHONE,
    "/kiosk/kiosk-1": PORTRAIT,
    "/kiosk/kiosk-5": PORTRAIT,
    "/check": PHONE,
}
STAFF = {
    "/console": DESK,
    "/console/201": DESK,
    "/console/205": DESK,
    "/overview": FULL_HD,
    "/policy": FULL_HD,
    "/attend": TABLET,
    "/appointments": DESK,
    "/attend?floor=3": TABLET,
    "/ratings": FULL_HD,
    "/desk/101": DESK,
    "/desk/101?item=A02": DESK,
    "/cases": DESK,
    "/cases/figures": FULL_HD,
    "/inbox": DESK,
    "/deadlines": FULL_HD,
    "/catalogue/M01": DESK,
    "/catalogue/import": DESK,
    "/devices": DESK,
    "/outage": FULL_HD,
    "/printers/printer-1/papers": DESK,
    "/admin": DESK,
    "/account/password": DESK,
}
ONE_SCREEN = (
    "/board/hall",
    "/board/floor/2",
    "/kiosk/kiosk-1",
    "/console/201",
    "/overview",
    "/attend",
    "/attend?floor=3",
    "/desk/101",
    "/desk/101?item=A02",
    "/inbox",
    "/deadlines",
)


async def _look(visit: Visit, axe: Axe, path: str, size: tuple[int, int]) -> list[str]:
    page = await visit.open(path, *size)
    await page.wait_for_timeout(200)
    found = [f"{path}: {problem}" for problem in await axe(page)]
    width, height = await page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    if width > size[0] or (path in ONE_SCREEN and height > size[1]):
        found.append(f"{path}: {width}×{height} on a screen of {size[0]}×{size[1]}")
    await page.close()
    return found


async def test_public_pages_fit_and_are_accessible(visit: Visit, axe: Axe) -> None:
    found = [problem for path, size in PUBLIC.items() for problem in await _look(visit, axe, path, size)]
    ticket = next(iter(visit.demo.hub.day().lines["A/1"]))
    found += await _look(visit, axe, f"/ticket/{ticket}", PHONE)
    assert found == []


async def test_staff_pages_fit_and_are_accessible(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("administrator")
    found = [problem for path, size in STAFF.items() for problem in await _look(visit, axe, path, size)]
    assert found == []


async def test_an_unknown_board_is_refused_in_words(visit: Visit, axe: Axe) -> None:
    page = await visit.open("/board/floor/9")
    assert "没有这个页面" in await page.inner_text("main")
    assert await axe(page) == []
    visit.forgive("404")


async def test_staff_pages_send_people_to_sign_in_and_back(visit: Visit) -> None:
    page = await visit.open("/overview", *FULL_HD)
    assert "/sign-in" in page.url
    await page.fill("[name=name]", "clerk")
    await page.fill("[name=password]", "correct-horse-battery")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/overview")
