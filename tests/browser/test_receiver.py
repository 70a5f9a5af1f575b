"""The receiver's page: every hall with its state as a word, and nothing for axe to find."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from hub.receiver.desk import Desk
from hub.receiver.projecting import PARKED
from hub.sync.protocol import Opening
from tests.receiver.halls import Hall
from tests.receiver.running import receiver, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUTE = 60_000
HALLS = (
    # name, entries, backlog, minutes of silence
    ("dongcheng", 812, 271_300, 1),
    ("fengtai", 120, 40, 2),
    ("haidian-1", 351, 0, 9 * 24 * 60),
    ("new-hall", 0, 0, 3),
    ("xicheng", 481, 0, 0),
)


def fill(desk: Desk) -> None:
    now = desk.now()
    for name, count, backlog, minutes in HALLS:
        hall, at = Hall(name), now - minutes * MINUTE
        desk.store.open_epoch(name, "e1", Opening(0, hall.hash(0)), at)
        for n in range(count):
            hall.write("queue/2026-11-24", "ticket-issued", at, ticket=str(n))
        if count:
            hall.write("queue/2026-11-24", "visit-rated", at, ticket="1", score=9)
            desk.store.append(name, "e1", 1, hall.events(), at, hall.head + backlog)
    fengtai = desk.store.standing("fengtai")
    assert fengtai is not None
    hash = desk.store.hash_at("fengtai", 101)
    assert hash is not None
    desk.store.open_epoch("fengtai", "e2", Opening(101, hash.hex(), "e1"), now - 2 * MINUTE)
    desk.store.say("fengtai", "01" * 16, "consultation-asked", b"{}", now)
    desk.appended.set()


async def test_every_hall_is_shown_with_its_state(
    browser: Browser, axe: Callable[[Page], Awaitable[list[str]]], tmp_path: Path
) -> None:
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    async with receiver(tmp_path) as (desk, client):
        fill(desk)
        await until(lambda: desk.store.count("xicheng", PARKED) == 1)
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(str(client.base_url))
        rows = page.locator("#halls tr")
        await expect(rows).to_have_count(len(HALLS))
        await expect(rows.nth(0)).to_contain_text("haidian-1")
        await expect(rows.nth(0)).to_contain_text("失联 9 天")
        await expect(rows.nth(1)).to_contain_text("补传中")
        await expect(rows.nth(1)).to_contain_text("271,300")
        await expect(page.locator("#halls")).to_contain_text("恢复 1 次，作废 20 条")
        await expect(page.locator("#parked tr")).to_have_count(3)
        await expect(page.locator("#sum-stale")).to_have_text("1")
        assert await axe(page) == []
        if "PICTURES" in os.environ:
            await page.screenshot(path=Path(os.environ["PICTURES"]) / "receiver.png", full_page=True)
        desk.store.open_epoch("another", "e1", Opening(0, "00" * 32), desk.now())
        await expect(rows).to_have_count(len(HALLS) + 1, timeout=10_000)
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        if "PICTURES" in os.environ:
            await page.screenshot(path=Path(os.environ["PICTURES"]) / "receiver-phone.png")
        await page.close()
    assert complaints == []
