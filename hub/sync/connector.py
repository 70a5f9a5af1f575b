"""Both ways of one hall's line as the hub holds them: the feed's process, the inbox, and how they are.

Without an online hall in the settings nothing is started and nothing costs anything. A fault of one way never stops the
other, and neither ever stops the hub.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from hub.core.clock import NetworkClock, SystemClock
from hub.core.epoch import epoch_path, load_epoch, pause_path
from hub.core.hub import Hub
from hub.core.submission import Committed
from hub.log.sqlite_reader import SqliteLogReader
from hub.materials.store import Store
from hub.settings import SyncSettings
from hub.sync.child import Task
from hub.sync.credentials import Credentials, line_to
from hub.sync.feed_process import FeedProcess
from hub.sync.files import Files, fetch_wanted
from hub.sync.inbox_desk import InboxDesk
from hub.sync.pace import Backoff
from hub.sync.signing import Verified
from hub.sync.standing import FeedStanding, LineStanding
from hub.sync.upkeep import Upkeep

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 600.0
"""For files that the log names: what a kill or a full disk left out."""


class Connector:
    """``run()`` until cancelled. ``hall``: the hall's name at the online hall. ``named``: files that the log names and
    the store has not, for a hub that was restored; it blocks.

    Raises ``ValueError`` for an epoch that cannot be read.
    """

    def __init__(self, hub: Hub, settings: SyncSettings, hall: str, named: Callable[[], Sequence[str]] = tuple) -> None:
        assert settings.url is not None, "a connector needs somebody to call"
        self._hub = hub
        self._named = named
        self._url = settings.url
        self._hall = settings.hall or hall
        self._epoch = load_epoch(epoch_path(hub.paths.log))
        self._paused = pause_path(hub.paths.log)
        self._reader = SqliteLogReader(hub.paths.log)
        self._credentials = Credentials.of(settings, hub.paths.log)
        self.line = line_to(self._url, self._credentials, self._epoch.id, self._heard)
        self.feed = FeedProcess(self._task)
        self.clock_off_ms = 0
        """The online hall's clock less this one, as its last answer told."""
        self.files = Files(self.line, self._hall, Store(hub.paths.files), hub.paths.fetching)
        self._line_clock = NetworkClock(hub.clock)
        self.desk = InboxDesk(hub, self._hall, self._reader, self.line, random.random, self._want, self._line_clock)
        self._told = FeedStanding()
        self._on_hub_clock = self._told
        self._upkeep = Upkeep(self.line, self._hall, self._credentials.pair(), self._there)
        self._wants = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.desk.inbox.paused = self._paused.exists()

    async def run(self) -> None:
        stop = self._hub.listen(self._on_committed)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self.feed.run(), name="feed")
                ways.create_task(self._inbox(), name="inbox")
                ways.create_task(self._fetching(), name="files")
                ways.create_task(self._upkeep.run(), name="upkeep of the line")
        finally:
            stop()
            await self.line.close()

    def close(self) -> None:
        """Once nothing runs and nobody asks any more."""
        self._reader.close()

    def standing(self) -> LineStanding:
        """Both ways as of now."""
        feed = self._feed_standing()
        phase = feed.phase
        # the process says so itself a moment after it was told
        if self.desk.inbox.paused:
            phase = "paused"
        elif phase == "paused":
            phase = "opening"
        left = msgspec.structs.replace(feed, head=max(feed.head, self._hub.head()), phase=phase)
        return LineStanding(True, self._url, self._hall, left, self.desk.inbox.standing())

    def certificate(self) -> Path | None:
        """The file whose certificate the line shows, None without one."""
        return Path(self._credentials.certificate) if self._credentials.certificate else None

    def waiting(self) -> int:
        """Entries that the online hall has not acknowledged."""
        return max(0, self._hub.head() - (self.feed.standing.committed or 0))

    def word(self) -> str:
        """How the way up is, for ``/health/ready``."""
        return self.feed.standing.phase

    def act(self, what: str) -> Mapping[str, object]:
        """``status``, ``pause``, ``resume`` (also after a stop that a person has looked at) as of a command line."""
        match what:
            case "pause":
                self._paused.touch()
                self.feed.tell(b"p")
                self.desk.inbox.paused = True
            case "resume":
                self._paused.unlink(missing_ok=True)
                self.feed.tell(b"r")
                self.desk.inbox.paused = False
                self.desk.inbox.again()
                self.desk.woken.set()
            case _:
                pass
        return msgspec.to_builtins(self.standing())

    def _heard(self, answered: Verified) -> None:
        self.clock_off_ms = answered.clock_off_ms

    def _there(self) -> bool:
        return not self.desk.inbox.paused and self.feed.standing.phase in ("sending", "quiet", "waiting")

    def _feed_standing(self) -> FeedStanding:
        """The process reads the system's clock; what it tells is put on the hub's, which may be another."""
        told = self.feed.standing
        if told is not self._told:
            before, ago = self._told, SystemClock().now()
            at = self._hub.now()

            def put(when: int, was: int, known: int) -> int:
                return 0 if not when else known if when == was else at - max(0, ago - when)

            self._told, self._on_hub_clock = (
                told,
                msgspec.structs.replace(
                    told,
                    since=put(told.since, before.since, self._on_hub_clock.since),
                    heard_at=put(told.heard_at, before.heard_at, self._on_hub_clock.heard_at),
                ),
            )
        return self._on_hub_clock

    def _on_committed(self, _committed: Sequence[Committed]) -> None:
        self.feed.wake()

    async def _inbox(self) -> None:
        """A mistake in what reads messages stops this way only."""
        while True:
            try:
                await self.desk.run()
            except Exception:
                log.exception("the inbox failed")
                await asyncio.sleep(30)

    def _want(self, sha256: str) -> None:
        self.files.wanted.add(sha256)
        self._loop.call_soon_threadsafe(self._wants.set)

    async def _fetching(self) -> None:
        """Files that messages name, as they come; a fault here stops only this lane."""
        backoff = Backoff(random.random)
        while True:
            self._wants.clear()
            try:
                for sha256 in await asyncio.to_thread(self._named):
                    await asyncio.to_thread(self.files.wanted.add, sha256)
                failed = [] if self.desk.inbox.paused else await fetch_wanted(self.files)
            except Exception as error:
                failed = [("", str(error))]
                log.exception("a file was not fetched")
            if failed:
                sha256, code = failed[0]
                facts = {"files": len(failed), "first": sha256[:16], "code": code}
                log.warning("files are not here yet", extra={"facts": facts})
                await asyncio.sleep(backoff.failed() / 1000)
            else:
                backoff.succeeded()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                        await self._wants.wait()

    def _task(self) -> Task:
        paths = self._hub.paths
        return Task(
            f"sqlite:///{paths.log.absolute()}",
            str(paths.keys.absolute()),
            self._hall,
            self._url,
            self._epoch,
            self._credentials,
            self._paused.exists(),
            program(),
        )


def program() -> str:
    """Name and version, for the other side's logs."""
    try:
        return f"hallhub {version('hallhub')}"
    except PackageNotFoundError:
        return "hallhub"
