"""How long a hub takes to be ready again: 5,000 tickets of today, a million older entries, the process killed.

Older days are one real day's entries (5,000 tickets issued, called, served and rated, every second with a phone)
appended to a stream a day, chained and with the device steps of the last seven days; today is made by a real hub. The
log's keys were last settled 10,000 entries ago, as a hub that is killed may leave them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import ROOT, hub, load
from benchmarks.writer import hub_at
from hub.core.hub import Hub
from hub.core.submission import Command, StepKey, Submission
from hub.domain.queue import commands as c
from hub.log.entry import Batch, DeviceStep, Draft, Entry, Outcome
from hub.log.open import open_log

TICKETS = 5_000
OLDER = 1_000_000
STEPS_KEPT_DAYS = 7
STARTS = 3
KIOSKS = 6
KEYS_LAG = 10_000


async def a_day(hub: Hub, tickets: int) -> None:
    """Tickets taken at kiosks, called, started, finished and rated, in the hub's today."""
    plan = hub.day().plan
    assert plan is not None
    boot, seqs = hub.boot, dict.fromkeys(range(KIOSKS), 0)
    windows = [window.number for window in plan.windows]
    for window in windows:
        await hub.submit(c.OpenWindow(hub.today, hub.now(), window), actor="bench")

    async def all_of(commands: list[Command]) -> list[Outcome]:
        return list(await asyncio.gather(*(hub.submit(each, actor="bench") for each in commands)))

    taken = 0
    while taken < tickets:
        asked: list[asyncio.Future[Outcome]] = []
        for window in plan.windows:
            kiosk = taken % KIOSKS
            seqs[kiosk] += 1
            phone = hub.phone(f"138{taken:08d}") if taken % 2 else None
            take = c.TakeTicket(
                hub.today, hub.now(), hub.ticket_id(), window.home, floor=window.floor, phone=phone, kiosk="kiosk-1"
            )
            step = StepKey(f"kiosk/kiosk-{kiosk}", boot, seqs[kiosk])
            asked.append(hub.writer.submit(Submission(take, "kiosk/kiosk-1", hub.now(), None, b"f" * 16, step)))
            taken += 1
        await asyncio.gather(*asked)
        await all_of([c.CallNext(hub.today, hub.now(), window) for window in windows])
        await all_of([c.StartService(hub.today, hub.now(), window) for window in windows])
        active = [hub.day().windows[window].active for window in windows]
        await all_of([c.FinishService(hub.today, hub.now(), window) for window in windows])
        await all_of([c.RateVisit(hub.today, hub.now(), each, 5) for each in active if each is not None])


def older(folder: Path, entries: int, day: list[Entry], today: str) -> int:
    """Append days before ``today`` until there are as many entries; returns how many."""
    log = open_log(f"sqlite:///{folder / 'hall.db'}")
    days = max(entries // len(day), 1)
    last = date.fromisoformat(today)
    at = log.head().position
    for back in range(days, 0, -1):
        name = (last - timedelta(days=back)).isoformat()
        stream, now = f"queue/{name}", day[-1].recorded_at - back * 86_400_000
        drafts: list[Draft] = []
        steps: list[DeviceStep] = []
        for version, entry in enumerate(day, 1):
            data = entry.data.replace(today.encode(), name.encode()) if version == 1 else entry.data
            when = entry.occurred_at - back * 86_400_000
            drafts.append(Draft(stream, version, entry.type, when, entry.actor, entry.cause, data))
            if back <= STEPS_KEPT_DAYS and entry.type == "ticket-issued":
                seq, kiosk = divmod(len(steps), KIOSKS)
                outcome = Outcome(True, b"x" * 140, at + version)
                steps.append(DeviceStep(f"kiosk/kiosk-{kiosk}", name, seq + 1, b"f" * 16, outcome, now))
        for first in range(0, len(drafts), 5_000):
            log.append(Batch(drafts[first : first + 5_000], (), steps if first == 0 else (), now))
        at = log.head().position
    log.checkpoint()
    log.close()
    return days * len(day)


def settled(folder: Path, position: int) -> None:
    """The owners of keys count as written up to there; a start looks through the entries behind it."""
    with contextlib.closing(sqlite3.connect(folder / "hall.keys.db")) as db, db:
        db.execute("UPDATE state SET settled = ?", (position,))


async def build(folder: Path, tickets: int, entries: int) -> dict[str, object]:
    """The whole log at ``folder/hub/hall.db``; prints what it holds."""
    source, target = folder / "source", folder / "hub"
    source.mkdir()
    target.mkdir()
    async with hub_at(source) as hub:
        # the phones' keys belong to this hall's key file, so that old entries are as readable as new ones
        await a_day(hub, tickets)
        await hub.submit(c.CloseDay(hub.today, hub.now(), "rollover"), actor="bench")
        today = hub.today
        day = list(hub.log.read_stream(f"queue/{today}"))
    # the older entries name keys of this file
    for file in (*source.glob("hall.keys.db*"), source / "hall.secret"):
        file.rename(target / file.name)
    count = older(target, entries, day, today)
    settled(target, count)
    async with hub_at(target) as hub:
        await a_day(hub, tickets)
        head = hub.head()
    settled(target, max(head - KEYS_LAG, 0))
    return {"older": count, "today": head - count, "tickets": tickets, "mb": (target / "hall.db").stat().st_size / 1e6}


def restart(folder: Path, quick: bool) -> list[Figure]:
    built = load("restart", folder, 200 if quick else TICKETS, 20_000 if quick else OLDER, folder=folder)
    took: list[float] = []
    for _ in range(2 if quick else STARTS + 1):
        with hub(folder / "hub", end=signal.SIGKILL) as running:
            took.append(running.ready_seconds)
    # the first start took the log over from the process that built it
    slowest = max(took[1:])
    told = ", ".join(f"{each:.2f}" for each in took[1:])
    return [
        Figure(
            5,
            f"restart after kill -9: {built['tickets']:,} tickets today, {built['older']:,} older entries, slowest",
            slowest,
            "s",
            ("≤", 2.0),
            f"{imports():.2f} s to start Python and import the hub",
            f"starts {told} s; {built['today']:,} entries today, a log of {built['mb']:,.0f} MB",
            "imports and reading today's entries, one core each after the other",
        )
    ]


def imports() -> float:
    """Median seconds to start an interpreter that imports what the hub imports, and ends."""
    took: list[float] = []
    for _ in range(3):
        begun = time.monotonic()
        subprocess.run([sys.executable, "-c", "import hub.compose, os; os._exit(0)"], check=True, timeout=60, cwd=ROOT)
        took.append(time.monotonic() - begun)
    return sorted(took)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tickets", type=int)
    parser.add_argument("entries", type=int)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(build(asked.folder, asked.tickets, asked.entries))))


if __name__ == "__main__":
    main()
