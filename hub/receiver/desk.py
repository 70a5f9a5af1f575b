"""What every route works with: the store and its threads, admission, bells, files, and how halls were last heard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from starlette.requests import HTTPConnection

from hub.materials.store import Store as Files
from hub.materials.uploads import Limits, Uploads
from hub.receiver.admission import Admission, Room
from hub.receiver.bells import Bells
from hub.receiver.store import HallStanding, Store
from hub.receiver.trust import Anybody, Trust

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 8


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


class Calls:
    """Blocking calls in threads of their own."""

    def __init__(self, name: str, threads: int = THREADS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: call(*args, **kwargs))

    def close(self) -> None:
        self._threads.shutdown(wait=True)


MOST_DIGITS = 12
"""Of a position that is believed: a hall of a million entries a day needs two thousand years for more."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Of a hall: ``at`` its last request came (ms), ``head`` what it said its own log ends at (0: unsaid)."""

    at: int
    head: int


@dataclass(slots=True)
class Desk:
    """``snapshots``: a hall without history here is asked for a snapshot instead. ``now``: ms since 1970 UTC."""

    store: Store
    files: Files
    uploads: Uploads
    trust: Trust = field(default_factory=Anybody)
    now: Callable[[], int] = wall_ms
    snapshots: bool = False
    stale_minutes: int = 10
    admission: Admission = field(default_factory=lambda: Admission(Room(), time.monotonic))
    bells: Bells = field(default_factory=Bells)
    calls: Calls = field(default_factory=lambda: Calls("receiver"))
    slow: Calls = field(default_factory=lambda: Calls("receiver-files", 4))
    appended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is something to fold."""
    heard: dict[str, Heard] = field(default_factory=dict[str, Heard])
    forked: dict[str, int] = field(default_factory=dict[str, int])
    """Halls whose history is another one than the one here, and since when (ms); until one of their requests agrees."""
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def hear(self, hall: str, head: str | None) -> int:
        """A hall's request came, with its ``X-Hall-Head``; the head it told last."""
        known = self.heard.get(hall)
        good = head is not None and head.isascii() and head.isdecimal() and len(head) <= MOST_DIGITS
        said = int(head or "0") if good else known.head if known is not None else 0
        self.heard[hall] = Heard(self.now(), said)
        return said

    def last_heard(self, hall: HallStanding) -> int:
        known = self.heard.get(hall.hall)
        return max(known.at if known is not None else 0, hall.arrived_at, hall.told_at)

    def backlog(self, hall: HallStanding) -> int:
        """Entries that the hub has and this receiver has not, as far as it was told."""
        known = self.heard.get(hall.hall)
        return max(0, max(known.head if known is not None else 0, hall.told) - hall.committed)

    def count(self, what: str, by: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + by

    def close(self) -> None:
        self.bells.close()
        self.calls.close()
        self.slow.close()
        self.store.close()


def open_files(folder: Path, now: Callable[[], int], file_mb: int) -> tuple[Files, Uploads]:
    """Raises ``NoRoom``."""
    files = Files(folder / "files")
    files.open()
    uploads = Uploads(folder / "uploads", files, Limits(file=file_mb * 1024 * 1024), now)
    uploads.open()
    return files, uploads


def desk(connection: HTTPConnection) -> Desk:
    """Of the application that serves this connection."""
    found: Desk = connection.app.state.desk
    return found
