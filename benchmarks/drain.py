"""A log that waited, drained by the hub's own feed into a receiver that only keeps it in memory."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.feeds import feed
from benchmarks.figures import Figure
from benchmarks.processes import BenchFailed, cpu_seconds, ended, free_port, get, listening, load, started

ROW = 23
ENTRIES, FEW = 300_000, 4_000
ROUNDS = 3
_SECONDS = 120.0


def drain(folder: Path, quick: bool) -> list[Figure]:
    """Row 23: the fastest of three."""
    hall = folder / "hall"
    hall.mkdir()
    entries = int(load("hall_log", hall, FEW if quick else ENTRIES, folder=folder)["entries"])
    rounds = [drained(hall, entries) for _ in range(1 if quick else ROUNDS)]
    rate, feed_cpu, receiver_cpu, size = max(rounds)
    floor = made(hall)
    return [
        Figure(
            ROW,
            "drain of a log into a receiver in memory",
            rate,
            "entries/s",
            ("≥", 50_000),
            f"{floor:,.0f}/s read, passed by the gate and encoded in one process, nobody listening",
            f"{entries:,} entries, a third of them of cases; CPU an entry: feed {feed_cpu:.1f} µs, receiver "
            f"{receiver_cpu:.1f} µs; {size:.0f} bytes an entry on the line; all rounds "
            + ", ".join(f"{each[0]:,.0f}" for each in rounds),
            "the feed's CPU, and who else wants the cores",
        )
    ]


def drained(hall: Path, entries: int) -> tuple[float, float, float, float]:
    """Entries a second, CPU of both sides in µs an entry, bytes an entry on the line."""
    port = free_port()
    receiver = started([sys.executable, "-m", "benchmarks.memory_receiver", str(port)], hall / "receiver.out")
    try:
        if not listening(port, receiver):
            raise BenchFailed((hall / "receiver.out").read_text(errors="replace")[-600:])
        before = cpu_seconds(receiver.pid)
        with feed(hall, f"http://127.0.0.1:{port}") as process:
            begun, cpu = time.monotonic(), 0.0
            while (found := json.loads(get(port, "/figures")[2]))["entries"] < entries:
                # starting up is no part of it
                cpu = cpu if found["entries"] else cpu_seconds(process.pid)
                if process.poll() is not None or time.monotonic() - begun > _SECONDS:
                    raise BenchFailed((hall / "feed.out").read_text(errors="replace")[-600:])
                time.sleep(0.05)
            cpu = cpu_seconds(process.pid) - cpu
        used = cpu_seconds(receiver.pid) - before
        return (entries / found["seconds"], cpu / entries * 1e6, used / entries * 1e6, found["bytes"] / entries)
    finally:
        ended(receiver)


def made(hall: Path) -> float:
    return float(load("feed_side", hall, folder=hall)["rate"])
