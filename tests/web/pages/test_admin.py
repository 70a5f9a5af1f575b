"""The administration page: case numbers, and what is wrong with the clock of cases, in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from hub.ops.health import routes
from hub.views.cases.clock_trouble import ClockTrouble
from hub.web.site import Site
from tests.browser.hall import Demo, demo_hall
from tests.web.cases import open_for_cases, opened, post
from tests.web.pages.browsing import signed_in


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path, filled=False) as running:
        yield running


def trouble(demo: Demo, found: ClockTrouble) -> None:
    object.__setattr__(cast("Site", demo.app.state.site), "case_trouble", lambda: found)


async def test_without_a_block_the_page_says_so_and_its_form_reserves_one(demo: Demo) -> None:
    async with signed_in(demo, "administrator") as browser:
        before = (await browser.get("/admin")).text
        body = {"hall": "110101", "first": 1, "last": 50, "year": demo.hub.today[:4]}
        key = {"Idempotency-Key": "block"}
        made = await browser.post("/api/v1/case-numbers", json=body, headers=key)
        after = (await browser.get("/admin")).text
    async with signed_in(demo, "supervisor") as browser:
        plain = (await browser.get("/admin")).text
    assert "还没有预留办件编号段，现在不能收件" in before
    assert made.status_code == 200, made.text
    assert "还没有预留办件编号段" not in after
    assert "还剩 50 个" in after
    assert "new-block" not in plain


async def test_a_stopped_clock_and_stuck_deadlines_are_told_with_their_cases(demo: Demo) -> None:
    await open_for_cases(demo.hub)
    async with signed_in(demo, "administrator") as browser:
        case = await opened(browser)
        fine = (await browser.get("/admin")).text
        trouble(demo, ClockTrouble("disk I/O error", {"case:intake": case}))
        page = (await browser.get("/admin")).text
        overview = (await browser.get("/overview")).text
        withdrawn = await post(browser, f"/{case}/withdraw", reason="x")
    assert "期限时钟正常" in fine
    assert withdrawn.status_code == 200
    assert "办件时钟已停" in page
    assert "1 个办件的期限到了但没有生效" in page
    assert "办件期限没有全部生效" in overview
    assert f'<a href="/cases/{case}">办件 DC2026A000001</a>' in page


def test_a_full_disk_is_told_as_what_it_is() -> None:
    assert "磁盘已满" in ClockTrouble("no-room").said[0].zh
    assert ClockTrouble().said == ()


async def test_trouble_does_not_make_the_hub_unready() -> None:
    _, ready = routes(lambda: [], troubles=lambda: ["case-clock"])
    answer = await ready.endpoint(None)  # type: ignore[attr-defined]
    assert (answer.status_code, answer.body) == (200, b'{"ready":true,"waiting_for":[],"troubles":["case-clock"]}')
