"""The catalogue in a real browser: anybody finds an item and what to bring, an administrator imports a version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hub.core.catalogue_file import write_csv
from hub.domain.catalogue.item import Catalogue
from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
DESK, PHONE = (1366, 768), (390, 844)


def in_force(visit: Visit) -> Catalogue:
    force = visit.demo.hub.catalogue_in_force()
    assert force is not None
    return force.catalogue


@pytest.mark.parametrize("size", [DESK, PHONE])
async def test_pages_fit_and_are_accessible(visit: Visit, axe: Axe, size: tuple[int, int]) -> None:
    found: list[str] = []

    async def look(path: str) -> None:
        page = await visit.open(path, *size)
        await page.eval_on_selector_all("details", "(all) => all.forEach((each) => (each.open = true))")
        found.extend(f"{path}: {problem}" for problem in await axe(page))
        if await page.evaluate("() => document.documentElement.scrollWidth") > size[0]:
            found.append(f"{path}: wider than {size[0]}")
        await page.close()

    for path in ("/catalogue", "/catalogue?q=zzzzzz", "/catalogue/M01", "/catalogue/X01"):
        await look(path)
    await visit.sign_in("administrator")
    for path in ("/catalogue?place=street", "/catalogue/M01", "/catalogue/O01", "/catalogue/import"):
        await look(path)
    assert found == []


async def test_a_visitor_finds_an_item_by_initials_and_reads_what_to_bring(visit: Visit) -> None:
    page = await visit.open("/catalogue", *DESK)
    await page.fill("[name=q]", "spjyxkz")
    await page.keyboard.press("Enter")
    await page.click("text=食品经营许可证核发")
    await expect(page.locator("h2#name")).to_contain_text("食品经营许可证核发")
    await expect(page.locator(".papers").first).to_contain_text("经营场所布局和操作流程文件")
    assert await page.locator("#review").count() == 0
    assert "不再收取 3 份" in await page.inner_text("main")


async def test_a_file_is_checked_compared_and_published(visit: Visit, axe: Axe, tmp_path: Path) -> None:
    before = in_force(visit)
    changed = tuple(replace(item, promised_days=2) if item.code == "A02" else item for item in before.items)
    broken = write_csv(replace(before, items=changed)).decode("utf-8-sig").replace("旅行社设立许可", "=A1")
    file = tmp_path / "items.csv"
    file.write_bytes(broken.encode("gb18030"))
    await visit.sign_in("administrator")
    page = await visit.open("/catalogue/import", *DESK)
    await page.set_input_files("#file", file)
    await page.click("#upload button")
    report = page.locator("#report")
    await expect(report).to_contain_text("1 行有错误，其中 1 个事项将保留现行内容")
    await expect(report).to_contain_text("是公式")
    await expect(report).to_contain_text("承诺办结时限：3 → 2")
    assert await axe(page) == []
    async with page.expect_navigation():
        await page.click("#publish button")
    await expect(page.locator("table").last).to_contain_text("items.csv")
    assert in_force(visit).version == before.version + 1
    item = await visit.open("/catalogue/A02", *DESK)
    await expect(item.locator(".revisions")).to_contain_text("承诺办结时限：3 → 2")


async def test_a_file_that_is_none_is_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "items.xlsx"
    file.write_bytes(b"PK\x03\x04 no workbook")
    await visit.sign_in("administrator")
    page = await visit.open("/catalogue/import", *DESK)
    await page.set_input_files("#file", file)
    await page.click("#upload button")
    await expect(page.locator("#said")).to_contain_text("不是有效的 XLSX 文件")
    visit.forgive("422")
