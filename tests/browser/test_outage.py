"""The line page in a real browser: a hub, a receiver, and the demo's switch between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from hub.compose import Running, running
from hub.demo.fault_proxy import FaultProxy
from hub.demo.online.switch import Switch
from hub.domain.queue.commands import TakeTicket
from hub.settings import load_settings
from tests.receiver.running import receiver
from tests.web.running import HASHED, PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
SOON = 12_000
"""The page's facts are read anew every two seconds."""


async def visitors(hall: Running, count: int) -> None:
    hub = hall.hub
    for _ in range(count):
        assert (await hub.submit(TakeTicket(hub.today, hub.now(), hub.ticket_id(), "A"), actor="test")).ok


async def signed_in(hall: Running, page: Page) -> None:
    hall.access.create_account("supervisor", "supervisor", HASHED, must_change=False)
    await page.goto(f"{hall.web_url}/sign-in?next=/outage")
    await page.fill("[name=name]", "supervisor")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await page.goto(f"{hall.web_url}/outage")


async def test_the_line_is_cut_and_mended_by_a_button(browser: Browser, axe: Axe, tmp_path: Path) -> None:
    told = {"LOG_URL": f"sqlite:///{tmp_path}/hall.db", "MQTT_URL": "embedded://127.0.0.1:0", "QUEUE_HOURS": "always"}
    async with receiver(tmp_path) as (_, city):
        assert city.base_url.port is not None
        async with FaultProxy("127.0.0.1", city.base_url.port) as proxy:
            settings = load_settings(
                None,
                {
                    **{f"HALLHUB_{name}": value for name, value in told.items()},
                    "HALLHUB_WEB_LISTEN": "127.0.0.1:0",
                    "HALLHUB_SYNC_URL": f"http://127.0.0.1:{proxy.port}",
                },
            )
            switch = Switch(proxy, lambda _: None)
            async with running(settings, switch=switch) as hall:
                line = hall.line
                assert line is not None
                switch.again = lambda: line.act("resume")
                page = await browser.new_page(viewport={"width": 1920, "height": 1080})
                await signed_in(hall, page)
                state, waiting = page.locator("#line-title"), page.locator(".figure b").first
                await expect(state).to_contain_text("线路正常", timeout=SOON)
                await expect(waiting).to_have_text("0", timeout=SOON)

                await page.get_by_role("button", name="切断线路").click()
                await visitors(hall, 12)
                await expect(state).to_contain_text("线路中断", timeout=SOON)
                await expect(waiting).to_have_text("12", timeout=SOON)
                await expect(page.locator(".bars")).to_contain_text("取号与叫号")
                assert await axe(page) == []

                await page.get_by_role("button", name="恢复线路").click()
                await expect(state).to_contain_text("线路正常", timeout=SOON)
                await expect(page.locator("main")).to_contain_text("没有积压", timeout=SOON)
                assert await axe(page) == []
                await page.close()
