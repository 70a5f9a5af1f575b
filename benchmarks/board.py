"""From a button's event to the board in a real browser, and what the board's page weighs."""

from __future__ import annotations

import gzip
import random
import re
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from benchmarks.buttons import Buttons
from benchmarks.figures import Figure
from benchmarks.machine import fdatasync
from benchmarks.processes import BenchFailed, HubProcess, hub, mosquitto
from hub.core.profile_file import default_profile

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
GAP_SECONDS = 0.12
"""Between two events on average: 500 a minute."""

WATCH = """() => {
  const main = document.querySelector("main");
  const rows = () => [...main.querySelectorAll("[data-key]")].map((row) => row.querySelector("b").textContent);
  window.seen = [];
  new MutationObserver(() => window.seen.push([Date.now(), rows()])).observe(
    main, { childList: true, subtree: true, characterData: true });
}"""


def board(folder: Path, quick: bool) -> list[Figure]:
    with mosquitto(folder) as broker, hub(folder / "hub", broker.url) as running:
        figures = [_weight(running)]
        if not CHROMIUM.exists():
            note = f"{CHROMIUM} is missing"
            return [Figure(7, "event → hall board in Chromium, p95", None, "ms", ("≤", 100), note=note), *figures]
        late = _late(running, broker.port, 20 if quick else 240)
    p95 = statistics.quantiles(late, n=20)[18]
    return [
        Figure(
            7,
            "event → hall board in Chromium, p95",
            p95,
            "ms",
            ("≤", 100),
            f"{fdatasync(folder, 100) * 1e3:.2f} ms fdatasync; a changed board waits up to 50 ms for the next change",
            f"p50 {statistics.median(late):.0f} ms, highest {max(late):.0f} ms of {len(late)} events, 500 a minute",
            "the pace of live snapshots (50 ms) and the browser's share of the cores",
        ),
        *figures,
    ]


def _late(running: HubProcess, port: int, events: int) -> list[float]:
    """Milliseconds from the publish of a call or an end to the row's coming or going, on one clock."""
    from playwright.sync_api import sync_playwright

    buttons, chance = Buttons(port), random.Random(7)
    windows = [window for window in default_profile().windows if window.floor == 1][:8]
    for _ in range(events // len(windows) + 2):
        for window in windows:
            buttons.take(window.home)
    time.sleep(1.0)
    told: list[tuple[float, str, bool]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{running.url}/board/hall", wait_until="load")
            page.evaluate(WATCH)
            page.wait_for_timeout(1500)
            for event in range(events):
                time.sleep(chance.expovariate(1 / GAP_SECONDS))
                # a number is called at each window, then each visit ends: a second between two events of a window
                window = windows[event % len(windows)].number
                comes = event // len(windows) % 2 == 0
                told.append((buttons.press(window, "call-next" if comes else "finish"), window, comes))
            page.wait_for_timeout(1000)
            seen = _seen(page)
        finally:
            browser.close()
            buttons.wire.close()
    late = [_after(at, window, comes, seen) for at, window, comes in told]
    missing = [each for each in late if each is None]
    if len(missing) > len(late) // 20:
        raise BenchFailed(f"the board did not show {len(missing)} of {len(late)} events")
    return [each for each in late if each is not None]


def _seen(page: Page) -> list[tuple[float, list[str]]]:
    return cast("list[tuple[float, list[str]]]", page.evaluate("() => window.seen"))


def _after(at: float, window: str, comes: bool, seen: list[tuple[float, list[str]]]) -> float | None:
    """None when the board never showed it: the next event of the window came before the next snapshot."""
    return next((max(when - at, 0.0) for when, rows in seen if when >= at - 1 and (window in rows) == comes), None)


def _weight(running: HubProcess) -> Figure:
    """The page and the scripts and styles that it loads, each as a browser gets it."""
    sizes: dict[str, int] = {}
    waiting = ["/board/hall"]
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        status, headers, body = running.get(path, Accept_Encoding="gzip", Accept="*/*")
        if status != 200:
            raise BenchFailed(f"{path} answers {status}")
        sizes[path] = len(body)
        content = gzip.decompress(body).decode() if headers.get("content-encoding") == "gzip" else body.decode()
        named = re.findall(r"""(?:(?:src|href)=|from\s*|import\s*|url\()["']([^"']+)["']""", content)
        for name in named:
            found = urlsplit(urljoin(path, name))
            if not found.scheme and not found.netloc and found.path.endswith((".js", ".css")):
                waiting.append(found.path)
    parts = ", ".join(f"{Path(path).suffix[1:] or 'html'} {size:,}" for path, size in sizes.items())
    return Figure(
        7, "board page: html, css and js, gzip", sum(sizes.values()) / 1024, "KB", ("≤", 6), "", f"{parts} bytes"
    )
