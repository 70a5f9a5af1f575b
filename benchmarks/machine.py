"""What machine a figure is of, and the floor of its disk."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks.processes import BenchFailed, mosquitto_binary

ENTRY = b"x" * 400
"""About what a ticket writes."""


class Disk:
    """A file that is appended to and synced, beside a hub's log."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "floor", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)

    def sync(self) -> float:
        """Seconds of one fdatasync of 400 appended bytes."""
        os.write(self._file, ENTRY)
        begun = time.perf_counter()
        os.fdatasync(self._file)
        return time.perf_counter() - begun

    def close(self) -> None:
        os.close(self._file)


def fdatasync(folder: Path, rounds: int = 300) -> float:
    """Median seconds of one fdatasync of 400 appended bytes."""
    disk = Disk(folder)
    try:
        return statistics.median(disk.sync() for _ in range(rounds))
    finally:
        disk.close()


def described(folder: Path) -> list[str]:
    """Cores, processor, disk and versions; nothing that names the machine or its owner."""
    return [
        f"{os.cpu_count()} cores, {_processor()}",
        f"load {os.getloadavg()[0]:.1f} at the start",
        f"fdatasync of 400 bytes p50 {fdatasync(folder) * 1e3:.3f} ms",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, mosquitto {_mosquitto()}",
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _mosquitto() -> str:
    try:
        said = subprocess.run(
            [mosquitto_binary(), "-h"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except BenchFailed:
        return "missing"
    return said.split()[2] if said.startswith("mosquitto version") else "?"
