"""A receiver on a real socket, in this process or in one of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from hub.receiver.desk import Desk
from hub.receiver.server import serving
from hub.receiver.settings import ReceiverSettings
from hub.receiver.trust import Trust
from hub.sync.envelope import BATCH_TYPE, encode_batch
from tests.receiver.halls import Hall

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def receiver(
    folder: Path, url: str = "memory:", trust: Trust | None = None, **settings: object
) -> AsyncIterator[tuple[Desk, httpx.AsyncClient]]:
    made = ReceiverSettings.model_validate({"url": url, "files": folder / "files", "listen": "127.0.0.1:0", **settings})
    async with (
        serving(made, trust) as (desk, urls),
        httpx.AsyncClient(base_url=urls[0], timeout=30, trust_env=False) as client,
    ):
        yield desk, client


async def open_epoch(client: httpx.AsyncClient, hall: Hall, after: int = 0) -> httpx.Response:
    opening = {"after": after, "hash": hall.hash(after)}
    return await client.put(f"/sync/v1/halls/{hall.name}/epochs/{hall.epoch}", json=opening)


async def send(client: httpx.AsyncClient, hall: Hall, after: int, limit: int = 1000, **headers: str) -> httpx.Response:
    return await client.post(
        f"/sync/v1/halls/{hall.name}/{hall.epoch}/entries",
        params={"base": after + 1},
        content=encode_batch(hall.events(after, limit)),
        headers={"Content-Type": BATCH_TYPE, "X-Hall-Head": str(hall.head), **headers},
    )


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """What the receiver does by itself, without an answer to wait for."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 (another thread's or process's work)
            await asyncio.sleep(0.01)


@contextmanager
def process(folder: Path, url: str, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A receiver of its own and where it listens; killed at the end."""
    command = ["receiver", "--url", url, "--listen", "127.0.0.1:0", "--files", str(folder / "files"), *more]
    started = subprocess.Popen(
        [sys.executable, "-c", "from hub.cli import main; raise SystemExit(main())", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert started.stdout is not None
        first = started.stdout.readline()
        assert "http://" in first, first
        yield started, first.split()[-1].removesuffix("/sync/v1")
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGKILL)
        started.wait(10)
        if started.stdout is not None:
            started.stdout.close()
