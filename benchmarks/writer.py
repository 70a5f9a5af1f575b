"""Commands through the writer, in process, on the log on disk: keyed outcomes, chain and sealing included.

The hub is a real one without its edges: rules, ids, codec, keys and ``SqliteLog`` as in ``hallhub run``, no web pages
and no MQTT listening. A caller is a coroutine with one command under way; every command has an idempotency key, so
that its outcome is stored too. Run in a process of its own: ``python -m benchmarks.writer FOLDER CALLERS COUNT WHAT``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.machine import ENTRY, fdatasync
from benchmarks.processes import load
from hub.core.clock import SystemClock
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.core.submission import Command
from hub.domain.queue import commands as c
from hub.log.entry import Outcome
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import open_log
from hub.log.subjects import Subjects, load_secret

CALLERS = 100
LETTERS = "ABCDEFGHIJ"
WHAT = {
    "phone": "TakeTicket, a new phone each",
    "plain": "TakeTicket, no phone",
    "window": "CallNext, StartService, FinishService",
}


@asynccontextmanager
async def hub_at(folder: Path) -> AsyncIterator[Hub]:
    """A hub without edges, its keys made ahead as in ``hub.compose`` and its log checkpointed beside it."""
    log = open_log(f"sqlite:///{folder / 'hall.db'}")
    paths = StatePaths.of(folder / "hall.db")
    keys = Keys(paths.keys)
    keys.follow(log)
    hub = Hub(log, hub_codec(keys), Subjects(load_secret(paths.secret)), SystemClock(), paths, always=True)

    async def tend() -> None:
        while True:
            await asyncio.sleep(1)
            await asyncio.to_thread(log.checkpoint)

    tending = asyncio.create_task(tend())
    try:
        await hub.start(default_profile())
        yield hub
    finally:
        tending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tending
        keys.settle()
        keys.close()
        log.close()


def ticket(hub: Hub, number: int, phone: bool) -> c.TakeTicket:
    person = hub.phone(f"138{number:08d}") if phone else None
    return c.TakeTicket(hub.today, hub.now(), hub.ticket_id(), LETTERS[number % 10], phone=person, kiosk="kiosk-1")


async def wait_for_all(hub: Hub, count: int) -> None:
    """Every window open, with enough people waiting for it."""
    plan = hub.day().plan
    assert plan is not None
    for window in plan.windows:
        await hub.submit(c.OpenWindow(hub.today, hub.now(), window.number), actor="bench")
        takes = [
            c.TakeTicket(hub.today, hub.now(), hub.ticket_id(), window.home, floor=window.floor)
            for _ in range(count // len(plan.windows) + 5)
        ]
        await asyncio.gather(*(hub.submit(take, actor="bench") for take in takes))


def visits(hub: Hub, windows: list[str]) -> Iterator[Callable[[], Command]]:
    """What these windows do with one visitor after the other."""
    for window in itertools.cycle(windows):
        for act in (c.CallNext, c.StartService, c.FinishService):
            yield lambda act=act, window=window: act(hub.today, hub.now(), window)


async def measure(folder: Path, callers: int, count: int, what: str) -> dict[str, object]:
    async with hub_at(folder) as hub:
        windows = list(hub.day().windows)
        if what == "window":
            await wait_for_all(hub, count)
        numbers = iter(range(count + callers * 2))
        refused: Counter[str] = Counter()
        late: list[float] = []

        async def call(name: int, share: int) -> None:
            acts = visits(hub, windows[name::callers])
            for _ in range(share):
                command = ticket(hub, next(numbers), what == "phone") if what != "window" else next(acts)()
                begun = time.perf_counter()
                outcome: Outcome = await hub.submit(
                    command, actor="bench", key=hub.ids.make(), fingerprint=b"fingerprint-of-16"
                )
                late.append(time.perf_counter() - begun)
                if not outcome.ok:
                    refused[outcome.reply.decode()] += 1

        callers = min(callers, len(windows)) if what == "window" else callers
        await asyncio.gather(*(call(name, max(count // callers // 10 // 3 * 3, 3)) for name in range(callers)))
        late.clear()
        numbers = iter(range(count * 2, count * 4))
        batches, cpu, begun = hub.writer.batches, time.process_time(), time.perf_counter()
        await asyncio.gather(*(call(name, max(count // callers // 3, 1) * 3) for name in range(callers)))
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        done = len(late)
        late.sort()
        return {
            "rate": done / took,
            "callers": callers,
            "refused": dict(refused),
            "p50_ms": late[done // 2] * 1e3,
            "p99_ms": late[done * 99 // 100] * 1e3,
            "cpu_us": cpu / done * 1e6,
            "batch": done / (hub.writer.batches - batches),
        }


def writer(folder: Path, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for callers, reach, count in ((1, 2000, 4_000), (CALLERS, 30_000, 60_000)):
        floor = bare_inserts(folder, callers, 20 if quick else 500)
        for what in ("phone", "plain", "window"):
            where = folder / f"{what}-{callers}"
            where.mkdir()
            found = load("writer", where, callers, count // 40 if quick else count, what, folder=folder)
            assert not found["refused"], found["refused"]
            figures.append(
                Figure(
                    4,
                    f"writer, {found['callers']} caller{'s' if callers > 1 else ''}: {WHAT[what]}",
                    found["rate"],
                    "commands/s",
                    ("≥", reach),
                    f"{floor:,.0f} bare rows of 400 bytes/s, {callers} a commit",
                    f"p50 {found['p50_ms']:.2f} ms, p99 {found['p99_ms']:.2f} ms, {found['batch']:.0f} a commit, CPU "
                    f"{found['cpu_us']:.0f} µs each",
                    f"CPU for {found['rate'] * found['cpu_us'] / 1e6:.0%} of the time, else waiting for the disk "
                    f"(fdatasync p50 {fdatasync(folder, 100) * 1e3:.2f} ms) or for a core",
                )
            )
    return figures


def bare_inserts(folder: Path, batch: int, rounds: int) -> float:
    """Rows a second of SQLite by itself, ``synchronous=FULL``."""
    db = sqlite3.connect(folder / f"floor-{batch}.db", isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA wal_autocheckpoint=0")
        db.execute("CREATE TABLE row (n INTEGER PRIMARY KEY, data BLOB)")
        begun = time.perf_counter()
        for _ in range(rounds):
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO row (data) VALUES (?)", [(ENTRY,)] * batch)
            db.execute("COMMIT")
        return rounds * batch / (time.perf_counter() - begun)
    finally:
        db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("callers", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("what", choices=WHAT)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.folder, asked.callers, asked.count, asked.what))))


if __name__ == "__main__":
    main()
