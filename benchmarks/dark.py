"""Memory of a hub that works on while nobody answers on its line, and of its feed.

    python -m benchmarks.dark FOLDER ENTRIES URL

A whole hub in this process, ``URL`` empty: without a line. It commits as many entries as nine days bring, as fast as it
can, a tenth of them of cases with sealed persons; memory is looked at after every twentieth part. What grows in the
hall's own business (the queue's day) has no part in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.cases import opening
from benchmarks.figures import Figure
from benchmarks.processes import free_port, load, memory
from hub.compose import Running, running
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.clock.commands import ReportClockStep
from hub.settings import load_settings

ROW: Final = 25
ENTRIES, FEW = 300_000, 2_000
TRIES, FEW_TRIES = 26_000, 400
"""Nine days, a try every 30 seconds."""
_AT_ONCE: Final = 90
_PARTS: Final = 20
_SECONDS: Final = 600.0


async def measure(folder: Path, entries: int, url: str) -> dict[str, object]:
    settings = load_settings(
        None,
        {
            "HALLHUB_LOG_URL": f"sqlite:///{folder}/hall.db",
            "HALLHUB_MQTT_URL": "embedded://127.0.0.1:0",
            "HALLHUB_WEB_LISTEN": "127.0.0.1:0",
            **({"HALLHUB_SYNC_URL": url, "HALLHUB_SYNC_HALL": "hall-0"} if url else {}),
        },
    )
    begun, hub_mb, feed_mb = time.monotonic(), list[float](), list[float]()
    async with running(settings) as hall:
        hub = hall.hub
        block = ReserveBlock(hub.today[:4], hub.now(), "admin", "110101", TEMPLATE, 1, 999_999)
        assert (await hub.submit(block, actor="bench")).ok
        await _dark(hall)
        first = hub.head()
        for part in range(_PARTS + 1):
            while hub.head() - first < entries * part // _PARTS:
                await _some(hall)
            hub_mb.append(memory(os.getpid())[0])
            if hall.line is not None and (pid := hall.line.feed.pid) is not None:
                feed_mb.append(memory(pid)[0])
        phase = "" if hall.line is None else hall.line.standing().feed.phase
        written = hub.head() - first
    return {
        "hub": hub_mb,
        "feed": feed_mb,
        "entries": written,
        "phase": phase,
        "seconds": time.monotonic() - begun,
    }


async def _dark(hall: Running) -> None:
    """Until the line, where there is one, was tried in vain."""
    async with asyncio.timeout(_SECONDS):
        while hall.line is not None and hall.line.standing().feed.phase != "dark":  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.1)


async def _some(hall: Running) -> None:
    hub, number = hall.hub, hall.hub.head()
    steps = (ReportClockStep(hub.now(), 400_000 + n) for n in range(_AT_ONCE))
    opened = (opening(hub, number + n) for n in range(_AT_ONCE // 36))
    outcomes = await asyncio.gather(*(hub.submit(each, actor="bench") for each in (*steps, *opened)))
    refused = [each.reply for each in outcomes if not each.ok]
    assert not refused, refused[0]


def dark(folder: Path, quick: bool) -> list[Figure]:
    """Row 25."""
    entries = FEW if quick else ENTRIES
    found: dict[str, dict[str, object]] = {}
    for name, url in (("without", ""), ("dark", f"http://127.0.0.1:{free_port()}")):
        own = folder / name
        own.mkdir()
        found[name] = load("dark", own, entries, url, folder=own, seconds=_SECONDS)
    away, plain = found["dark"], found["without"]
    tries = load("dark_tries", FEW_TRIES if quick else TRIES, folder=folder, seconds=_SECONDS)
    hub_mb, feed_mb, plain_mb = (list(map(float, each)) for each in (away["hub"], away["feed"], plain["hub"]))  # type: ignore[call-overload]
    what = f"while {away['entries']:,} entries wait in the dark"
    return [
        Figure(
            ROW,
            f"hub memory that the line costs, {what}",
            (hub_mb[-1] - hub_mb[0]) - (plain_mb[-1] - plain_mb[0]),
            "MB",
            ("≤", 10),
            f"without a line {plain_mb[0]:.0f} → {plain_mb[-1]:.0f} MB, slope at the end {_slope(plain_mb):+.2f}",
            f"{hub_mb[0]:.0f} → {hub_mb[-1]:.0f} MB, half way {hub_mb[len(hub_mb) // 2]:.0f}, slope of the second half "
            f"{_slope(hub_mb):+.2f} MB per 100,000 entries",
        ),
        Figure(
            ROW,
            f"feed memory gained {what}",
            feed_mb[-1] - feed_mb[0],
            "MB",
            ("≤", 2),
            f"{feed_mb[0]:.0f} MB when it began",
            f"{feed_mb[0]:.0f} → {feed_mb[-1]:.0f} MB, phase {away['phase']}",
        ),
        Figure(
            ROW,
            f"feed memory gained by {tries['tries']:,} tries that nobody answers",
            float(tries["gained"]),
            "MB",
            ("≤", 2),
            f"{tries['first']:.0f} MB after the first tenth",
            f"real connections refused, the clock's waits left out; {tries['first']:.0f} → {tries['last']:.0f} MB",
        ),
    ]


def _slope(mb: Sequence[float]) -> float:
    """MB per 100,000 entries over the second half of a full run."""
    half = mb[len(mb) // 2 :]
    return statistics.linear_regression(range(len(half)), half).slope * _PARTS / (ENTRIES / 100_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("entries", type=int)
    parser.add_argument("url")
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.folder, asked.entries, asked.url))))


if __name__ == "__main__":
    main()
