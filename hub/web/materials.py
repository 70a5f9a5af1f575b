"""What the routes of uploads and files work with: the store, uploads under way, pictures of pages, and who may see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from hub.core.paths import StatePaths
from hub.domain.refusals import Refused
from hub.log.entry import NoRoom
from hub.materials.pages import Pages
from hub.materials.store import Store
from hub.materials.uploads import Limits, Uploads
from hub.web.access.dependencies import Caller

MaySee = Callable[[Caller, str], bool]
"""Whether the caller may see the file of a SHA-256. Called in a thread: it may read the disk."""

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
"""Of their own: a slow disk must not hold up password checks and views."""


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="materials")


@dataclass(frozen=True, slots=True)
class Materials:
    store: Store
    uploads: Uploads
    may_see: MaySee
    pages: Pages = field(default_factory=Pages)
    threads: ThreadPoolExecutor = field(default_factory=_threads)

    async def aside(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Carry out blocking work in a thread. Raises what it raises, and ``Refused("no-room")`` for ``NoRoom``."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: call(*args, **kwargs))
        except NoRoom:
            raise Refused("no-room") from None

    def close(self) -> None:
        self.threads.shutdown(wait=True)


def open_materials(
    paths: StatePaths, now: Callable[[], int], limits: Limits | None = None, may_see: MaySee | None = None
) -> Materials:
    """The materials beside a log, taken up where they were left. ``may_see`` None: whoever brought the file, and who
    may see all. Raises ``NoRoom``."""
    store = Store(paths.files)
    store.open()
    uploads = Uploads(paths.uploads, store, limits or Limits(), now)
    uploads.open()

    def brought(caller: Caller, sha256: str) -> bool:
        return caller.may("material.see") or uploads.uploaded(caller.actor, sha256)

    return Materials(store, uploads, may_see or brought)
