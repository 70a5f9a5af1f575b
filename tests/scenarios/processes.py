"""Hubs that die and come back, and mosquitto, as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (apt install mosquitto)")
BOTH = ["embedded", pytest.param("mosquitto", marks=[pytest.mark.mosquitto, needs_mosquitto])]
PRODUCTION = "set_tcp_nodelay true\nmax_inflight_messages 0\nmax_queued_messages 100000\nallow_anonymous true\n"
HALL = "t"


def free_port() -> int:
    """A port that the system chose and that stays the same over restarts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(log: Path, broker: str, port: int, web: int, **more: str) -> dict[str, str]:
    """The settings of a hub: log in the folder, ``broker`` embedded or mosquitto at ``port``."""
    scheme = "embedded" if broker == "embedded" else "mqtt"
    return {
        "HALLHUB_LOG_URL": f"sqlite:///{log}",
        "HALLHUB_MQTT_URL": f"{scheme}://127.0.0.1:{port}",
        "HALLHUB_HALL": HALL,
        "HALLHUB_DEVICES_ADMISSION": "open",
        "HALLHUB_QUEUE_HOURS": "always",
        "HALLHUB_WEB_LISTEN": f"127.0.0.1:{web}",
        **more,
    }


class HubProcess:
    """Starts hubs one after another; see ``hub_child``."""

    def __init__(self, forker: asyncio.subprocess.Process, errors: Path) -> None:
        self._forker = forker
        self._errors = errors
        self._up: asyncio.Future[int] | None = None
        self._down: asyncio.Future[int] | None = None
        self.pid = 0
        self.faults: list[str] = []
        self._reader = asyncio.create_task(self._read())

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[HubProcess]:
        errors = folder / "hub.stderr"
        with errors.open("wb") as stderr:
            forker = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.scenarios.hub_child",
                cwd=ROOT,
                env={key: value for key, value in os.environ.items() if not key.startswith("HALLHUB_")},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        process = cls(forker, errors)
        try:
            yield process
        finally:
            await process._close()

    async def _close(self) -> None:
        self.kill()
        assert self._forker.stdin is not None
        self._forker.stdin.close()
        try:
            async with asyncio.timeout(10):
                await self._forker.wait()
        except TimeoutError:
            self._forker.kill()
            await self._forker.wait()
        await self._reader

    async def start(
        self, settings: dict[str, str], point: str | None = None, call: int = 0, at: int | None = None
    ) -> bool:
        """Whether the hub accepts; False when it was killed before. ``at``: as which time it takes the present one."""
        loop = asyncio.get_running_loop()
        self._up, self._down = loop.create_future(), loop.create_future()
        assert self._forker.stdin is not None
        order = json.dumps({"environment": settings, "point": point, "call": call, "at": at})
        self._forker.stdin.write(order.encode() + b"\n")
        async with asyncio.timeout(30):
            await asyncio.wait({self._up, self._down}, return_when=asyncio.FIRST_COMPLETED)
        assert not self.faults, (self.faults, self.said())
        return self._up.done()

    async def ended(self, seconds: float) -> int | None:
        """The wait status of the hub; None when it lives on after ``seconds``."""
        assert self._down is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._down)
        return None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the hub a signal, if it lives."""
        if self.pid and self._down is not None and not self._down.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stop(self) -> None:
        """An orderly end."""
        self.kill(signal.SIGTERM)
        assert await self.ended(20) == 0, self.said()

    def said(self) -> str:
        """The end of what the hub logged."""
        return self._errors.read_text(errors="replace")[-4000:]

    async def _read(self) -> None:
        assert self._forker.stdout is not None
        async for line in self._forker.stdout:
            word, _, rest = line.decode().strip().partition(" ")
            if word == "up":
                self.pid = int(rest)
                assert self._up is not None
                self._up.set_result(self.pid)
            elif word == "down":
                assert self._down is not None
                self._down.set_result(int(rest))
            else:
                self.faults.append(line.decode())


class Mosquitto:
    """A broker that keeps its port, and nothing else, over ``restart``."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        user = "user root\n" if os.geteuid() == 0 else ""
        self._config.write_text(f"listener {self.port} 127.0.0.1\npersistence false\n{PRODUCTION}{user}")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        assert MOSQUITTO
        self._process = await asyncio.create_subprocess_exec(
            MOSQUITTO,
            "-c",
            str(self._config),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    assert self._process.returncode is None, "mosquitto ended before it listened"
                    await asyncio.sleep(0.01)  # nothing announces that another process listens
                else:
                    writer.close()
                    await writer.wait_closed()
                    return

    async def kill(self) -> None:
        """Everything it stored is gone with it."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()
            self._process = None


@asynccontextmanager
async def broker_of(kind: str, folder: Path) -> AsyncIterator[int]:
    """The port of a broker that outlives the hub; for the embedded one a free port for the hub to take."""
    if kind == "embedded":
        yield free_port()
        return
    broker = Mosquitto(folder)
    await broker.start()
    try:
        yield broker.port
    finally:
        await broker.kill()
