"""The hub is killed under the acceptance desk: what was typed is still there, and one case comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from hub.web.access.store import AccessStore
from tests.ops.processes import HubProcess
from tests.web.cases import LI
from tests.web.running import HASHED, PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    """With a clerk, a block of numbers, and a visitor at window 101."""
    process = HubProcess(tmp_path / "hub").start()
    try:
        access = AccessStore(process.log.with_name("hall.access.db"))
        access.create_account("clerk", "clerk", HASHED, must_change=False)
        token = access.create_token("administrator", "test")
        access.close()
        # the same address after the kill, as a hall's hub has
        text = process.config.read_text(encoding="utf-8")
        listen = process.web.removeprefix("http://")
        process.config.write_text(text.replace('listen = "127.0.0.1:0"', f'listen = "{listen}"'), encoding="utf-8")
        _prepare(process.web, token)
        yield process
    finally:
        process.kill()


def _prepare(url: str, token: str) -> None:
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False
    ) as client:
        for n, (path, body) in enumerate(
            (
                ("/api/v1/case-numbers", {"hall": "DC", "last": 999}),
                ("/api/v1/windows/101/open", {}),
                ("/api/v1/tickets", {"items": ["A01"]}),
                ("/api/v1/windows/101/call-next", {}),
                ("/api/v1/windows/101/start", {}),
            )
        ):
            answer = client.post(path, json=body, headers={"Idempotency-Key": f"p-{n}"})
            assert answer.is_success, answer.text


async def test_no_typed_field_is_lost_when_the_hub_is_killed(hub: HubProcess, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.goto(hub.web + "/sign-in?next=/desk/101")
    await page.fill("[name=name]", "clerk")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#applicant [name=name]")).to_be_focused()
    await page.keyboard.type("李悦")
    await page.keyboard.press("Tab")
    await page.keyboard.type(LI["identity"])
    hub.kill()
    await page.keyboard.press("Tab")
    await page.keyboard.type(LI["phone"])
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("不会丢失")
    for name, value in (("name", "李悦"), ("identity", LI["identity"]), ("phone", LI["phone"])):
        await expect(page.locator(f"[name={name}]")).to_have_value(value)
    hub.start()
    await expect(page.locator(".state")).to_contain_text("草稿", timeout=20_000)
    await expect(page.locator(".of-ticket li")).to_have_count(1)
    # from here on the draft is in the log: another kill loses nothing either
    hub.kill()
    hub.start()
    await page.goto(hub.web + "/desk/101")
    await expect(page.locator(".of-ticket li")).to_have_count(1)
    await page.click(".of-ticket a")
    await expect(page.locator("[data-person]")).to_contain_text("李*")
    await context.close()


async def test_fields_are_there_again_after_a_reload_of_the_page_that_the_hub_left(
    hub: HubProcess, browser: Browser
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(hub.web + "/sign-in?next=/desk/101")
    await page.fill("[name=name]", "clerk")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.fill("#applicant [name=name]", "李悦")
    await page.fill("#applicant [name=identity]", LI["identity"])
    hub.kill()
    hub.start()
    await page.reload()
    await expect(page.locator("#applicant [name=name]")).to_have_value("李悦")
    await expect(page.locator("#applicant [name=identity]")).to_have_value(LI["identity"])
    await context.close()
