"""Who sees what of the catalogue's pages, and a hall without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hub.domain.catalogue.state import CatalogueState
from tests.browser.hall import Demo, demo_hall
from tests.web.running import PASSWORD


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path, filled=False) as running:
        yield running


@pytest.fixture
async def browser(demo: Demo) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Accept": "text/html", "Origin": demo.url}
    async with httpx.AsyncClient(base_url=demo.url, trust_env=False, headers=headers) as client:
        yield client


async def sign_in(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200


async def test_a_visitor_reads_what_to_bring_and_nothing_of_the_review(browser: httpx.AsyncClient) -> None:
    shown = (await browser.get("/catalogue/M01", params={"version": 99})).text
    assert "施工图设计文件" in shown
    assert "合并补正意见" not in shown
    assert (await browser.get("/catalogue/import")).status_code in (303, 401)


async def test_staff_see_the_review_and_the_versions(browser: httpx.AsyncClient) -> None:
    await sign_in(browser, "clerk")
    shown = (await browser.get("/catalogue/M01")).text
    assert "合并补正意见" in shown
    assert "首次列入" in shown
    assert (await browser.get("/catalogue/M01", params={"version": 99})).status_code == 404
    assert (await browser.get("/catalogue/import")).status_code == 403


async def test_filters_narrow_the_list_and_pages_turn(browser: httpx.AsyncClient) -> None:
    assert "11 个事项" in (await browser.get("/catalogue", params={"place": "street"})).text
    assert "20 个事项" in (await browser.get("/catalogue", params={"category": "D"})).text
    last = (await browser.get("/catalogue", params={"page": 16})).text
    assert "第 16 页，共 16 页" in last
    assert "X39" in last


async def test_items_nobody_knows_and_halls_without_a_catalogue_say_so(
    browser: httpx.AsyncClient, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await browser.get("/catalogue/Z99")).status_code == 422
    monkeypatch.setattr(demo.hub, "catalogue", CatalogueState)
    nothing = await browser.get("/catalogue")
    assert nothing.status_code == 404
    assert "还没有事项目录" in nothing.text
    assert (await browser.get("/chooser/offer", params={"q": "hydj"})).status_code == 200
