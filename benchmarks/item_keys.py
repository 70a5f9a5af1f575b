"""From a key to the items it finds, in a real browser on the take-a-number page."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import cast

from benchmarks.board import ARGUMENTS, CHROMIUM
from benchmarks.figures import Figure
from benchmarks.processes import BenchFailed, hub, mosquitto
from hub.core.profile_file import default_profile
from hub.views.item_search import ItemIndex, texts_of
from hub.views.pinyin import readings

REACH_MS = 50
QUERIES = ("gtgshsl", "zhengming", "sfz", "marriage", "yyzz", "shebao", "xuke", "gongjijin", "license", "jsgcgh")
GAP_MS = 150
"""Between two keys: people are slower."""

WATCH = """() => {
  const after = new MessageChannel(), frames = [];
  window.seen = [];
  let pressed = 0;
  after.port1.onmessage = () => window.seen.push(performance.now() - frames.shift());
  addEventListener("keydown", () => (pressed = performance.now()), true);
  new MutationObserver(() => {
    const from = pressed;
    // the message is handled after the frame that draws what was found
    requestAnimationFrame(() => (frames.push(from), after.port2.postMessage(0)));
  }).observe(document.getElementById("chooser-offer"), { childList: true });
}"""

FLOOR = """async (path) => {
  const took = [];
  for (let n = 0; n < 60; n++) {
    const from = performance.now();
    document.getElementById("chooser-told").textContent = (await (await fetch(path)).text()).length + n;
    await new Promise((drawn) => requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = drawn;
      after.port2.postMessage(0);
    }));
    took.push(performance.now() - from);
  }
  return took;
}"""


def item_keys(folder: Path, quick: bool) -> list[Figure]:
    what = "key → items shown in Chromium, 717 items, p95"
    asked = QUERIES[:3] if quick else QUERIES * 3
    if not CHROMIUM.exists():
        return [Figure(13, what, None, "ms", ("≤", REACH_MS), note=f"{CHROMIUM} is missing"), _search()]
    with mosquitto(folder) as broker, hub(folder / "hub", broker.url) as running:
        late, floor = _typed(running.url, asked)
    p95 = statistics.quantiles(late, n=20)[18]
    return [
        Figure(
            13,
            what,
            p95,
            "ms",
            ("≤", REACH_MS),
            f"{statistics.quantiles(floor, n=20)[18]:.0f} ms for a static file and a frame",
            f"p50 {statistics.median(late):.0f} ms, highest {max(late):.0f} ms of {len(late)} keys",
            "the next frame of the screen (up to 17 ms), a request, and the browser's share of the cores",
        ),
        _search(),
    ]


def _typed(url: str, queries: tuple[str, ...]) -> tuple[list[float], list[float]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            page = browser.new_page(viewport={"width": 1080, "height": 1920})
            page.goto(f"{url}/kiosk/kiosk-1", wait_until="load")
            page.click("#search")
            page.keyboard.type("x")
            page.wait_for_selector("#chooser-offer [data-item]")
            page.evaluate(WATCH)
            seen: list[float] = []
            for query in queries:
                page.fill("#chooser-query", "")
                page.wait_for_timeout(GAP_MS)
                page.evaluate("() => { window.seen = []; }")
                page.keyboard.type(query, delay=GAP_MS)
                page.wait_for_timeout(GAP_MS)
                told = cast("list[float]", page.evaluate("() => window.seen"))
                if len(told) != len(query):
                    raise BenchFailed(f"{query}: {len(told)} answers to {len(query)} keys")
                seen += told
            static = page.get_attribute("link[href*='app.']", "href") or ""
            floor = cast("list[float]", page.evaluate(FLOOR, static))
        finally:
            browser.close()
    return seen, floor


def _search() -> Figure:
    """The search by itself, in this process."""
    profile = default_profile()
    index = ItemIndex(profile, readings(texts_of(profile)))
    took: list[float] = []
    for query in QUERIES:
        for end in range(1, len(query) + 1):
            begun = time.perf_counter()
            index.search(query[:end])
            took.append((time.perf_counter() - begun) * 1e3)
    return Figure(
        13, "one search of 717 items, mean", statistics.fmean(took), "ms", None, "", f"highest {max(took):.1f} ms"
    )
