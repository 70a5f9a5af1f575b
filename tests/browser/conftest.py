"""A real browser at a page's real size; anything it complains about fails the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from hub.web import assets
from tests.browser.hall import Demo, demo_hall
from tests.web.running import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=f"{CHROMIUM} is missing: apt-get install chromium"))


@dataclass
class Visit:
    """One browser on one hall. ``complaints``: what consoles said; a test takes out what it provokes."""

    demo: Demo
    browser: Browser
    context: BrowserContext
    complaints: list[str] = field(default_factory=list[str])

    async def open(self, path: str, width: int = 1366, height: int = 768) -> Page:
        page = await self.context.new_page()
        await page.set_viewport_size({"width": width, "height": height})
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(self.demo.url + path)
        return page

    async def sign_in(self, name: str) -> None:
        page = await self.open("/sign-in")
        await page.fill("[name=name]", name)
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(lambda url: not url.startswith(self.demo.url + "/sign-in"))
        await page.close()

    def forgive(self, part: str) -> None:
        """Take out complaints that the test provoked."""
        self.complaints = [complaint for complaint in self.complaints if part not in complaint]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(demo: Demo, browser: Browser) -> AsyncIterator[Visit]:
    """A browser profile of its own for each test; the hall is shared by the tests of a file, in their order."""
    context = await browser.new_context()
    opened = Visit(demo, browser, context)
    yield opened
    await context.close()
    assert opened.complaints == []


@pytest.fixture
def axe() -> Callable[[Page], Awaitable[list[str]]]:
    """Runs axe on a page; its findings as text."""
    try:
        source = assets.vendored("axe.js").decode()
    except assets.AssetsMissing as missing:
        pytest.skip(f"{missing} (with the files for tests)")

    async def find(page: Page) -> list[str]:
        await page.evaluate(source)
        found: list[str] = await page.evaluate(
            "async () => (await axe.run(document)).violations.flatMap("
            "(v) => v.nodes.map((n) => v.id + ' at ' + n.target.join(' ') + ': ' + n.failureSummary))"
        )
        return found

    return find
