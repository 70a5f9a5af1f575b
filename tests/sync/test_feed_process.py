"""The feed as a real process over a real socket: killed, started again, and nothing doubled or lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.core.epoch import load_epoch
from hub.log.keys import Keys
from hub.log.sqlite import SqliteLog
from hub.sync.child import Task
from hub.sync.feed_process import FeedProcess
from tests.sync.logs import grow
from tests.sync.receivers import ModelReceiver, listening


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 (another process has no event to await)
            await asyncio.sleep(0.005)


@asynccontextmanager
async def feeding(folder: Path, url: str, *, paused: bool = False) -> AsyncGenerator[tuple[SqliteLog, FeedProcess]]:
    log, keys = SqliteLog(folder / "hall.db"), Keys(folder / "hall.keys.db")
    task = Task(
        f"sqlite:///{folder / 'hall.db'}",
        str(folder / "hall.keys.db"),
        "dongcheng",
        url,
        load_epoch(folder / "hall.epoch"),
        paused=paused,
    )
    feed = FeedProcess(lambda: task)
    running = asyncio.create_task(feed.run())
    try:
        yield log, feed
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        log.close()
        keys.close()


def hashes(log: SqliteLog) -> list[bytes]:
    return [entry.hash for entry in log.read(0, 1_000_000)]


async def test_a_feed_killed_in_the_midst_of_its_work_doubles_and_loses_nothing(tmp_path: Path) -> None:
    city = ModelReceiver()
    async with listening(city) as url, feeding(tmp_path, url) as (log, feed):
        grow(log, 6000)
        feed.wake()
        await until(lambda: len(city.events) >= 2000)
        first = feed.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        grow(log, 500)
        await until(lambda: feed.pid != first and len(city.events) == 6500)
        assert [event.chainhash for event in city.events] == hashes(log)
        grow(log, 1)
        feed.wake()
        await until(lambda: len(city.events) == 6501)
        await until(lambda: feed.standing.phase == "quiet" and feed.standing.committed == 6501)


async def test_a_paused_feed_goes_on_when_it_is_told_to(tmp_path: Path) -> None:
    city = ModelReceiver()
    async with listening(city) as url, feeding(tmp_path, url, paused=True) as (log, feed):
        grow(log, 10)
        await until(lambda: feed.standing.phase == "paused")
        feed.tell(b"r")
        await until(lambda: len(city.events) == 10)
        feed.tell(b"p")
        await until(lambda: feed.standing.phase == "paused")


async def test_an_online_hall_that_is_not_there_is_a_dark_line_with_its_reason(tmp_path: Path) -> None:
    async with feeding(tmp_path, "http://127.0.0.1:9") as (_, feed):
        await until(lambda: feed.standing.phase == "dark")
        assert feed.standing.problem == "unreachable"
        assert feed.standing.since > 0


async def test_the_child_ends_when_its_hub_does(tmp_path: Path) -> None:
    async with feeding(tmp_path, "http://127.0.0.1:9") as (_, feed):
        await until(lambda: feed.standing.phase == "dark")
        pid = feed.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
