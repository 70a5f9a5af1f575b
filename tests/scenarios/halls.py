"""A whole hub in this process, and devices that put any bytes on its wire."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.compose import Running, running
from hub.log.entry import Entry
from hub.settings import load_settings
from tests.mqtt.raw_client import RawClient, puback, publish, received, subscribe

from .processes import HALL, environment
from .waiting import until

CHANNELS = ("ack", "reply", "command", "desired")


@asynccontextmanager
async def a_hall(
    folder: Path, *, broker: str = "embedded", port: int = 0, faults: list[BaseException] | None = None, **more: str
) -> AsyncIterator[Running]:
    """A hub at work on ``folder/hall.db``; what would end its process fails the test, unless ``faults`` takes it."""
    fatal: list[BaseException] = []
    settings = load_settings(None, environment(folder / "hall.db", broker, port, 0, **more))
    async with running(settings, on_fatal=(fatal if faults is None else faults).append) as hall:
        await until(lambda: hall.edge.ready, 10, 0.005)
        yield hall
    assert not fatal, fatal


def entries(hall: Running, *types: str) -> list[Entry]:
    """The committed entries of these types."""
    return [entry for entry in hall.hub.log.read(0, 1_000_000) if entry.type in types]


@dataclass
class Heard:
    """What a device heard, with the loop's time of each."""

    replies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    acks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    commands: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    desired: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    ack_times: list[float] = field(default_factory=list[float])
    pubacks: int = 0


class WireDevice:
    """A device without a conscience."""

    def __init__(self, client: RawClient, kind: str, name: str) -> None:
        self._client = client
        self._ids = itertools.cycle(range(1, 60_000))
        self._news = asyncio.Event()
        self.base = f"hh/1/{HALL}/{kind}/{name}"
        self.heard = Heard()
        self.sent = 0
        self._reader = asyncio.create_task(self._read())

    @classmethod
    @asynccontextmanager
    async def at(cls, port: int, kind: str, name: str, **options: object) -> AsyncIterator[WireDevice]:
        client = await RawClient.connected(port, f"{HALL}:{kind}:{name}", **options)
        device = cls(client, kind, name)
        client.send(subscribe(*((f"{device.base}/{channel}", 1) for channel in CHANNELS)))
        try:
            yield device
        finally:
            device._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
                await device._reader
            client.cut()
            client.writer.close()
            with contextlib.suppress(ConnectionError):
                await client.writer.wait_closed()

    def put(self, payload: bytes, channel: str = "event", *, retain: bool = False) -> None:
        self.sent += 1
        self._client.send(publish(f"{self.base}/{channel}", payload, qos=1, packet_id=next(self._ids), retain=retain))

    def event(self, seq: int, type_: str, data: object, epoch: str = "e1", **more: object) -> None:
        at = "2026-11-23T01:00:00Z"
        self.put(json.dumps({"epoch": epoch, "seq": seq, "at": at, "type": type_, "data": data, **more}).encode())

    def take(self, seq: int, category: str = "A", epoch: str = "e1", **more: object) -> None:
        self.event(seq, "ticket-requested", {"category": category, **more}, epoch)

    def press(self, seq: int, act: str, window: str = "101", **more: object) -> None:
        self.event(seq, act, {"window": window}, **more)  # type: ignore[arg-type]

    async def until(self, holds: Callable[[], bool], seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def reply(self, number: int) -> dict[str, Any]:
        """The n-th reply that came, from 1."""
        await self.until(lambda: len(self.heard.replies) >= number)
        return self.heard.replies[number - 1]

    async def acknowledged(self, seq: int, epoch: str = "e1") -> None:
        await self.until(lambda: any(a["epoch"] == epoch and a["seq"] >= seq for a in self.heard.acks))

    async def settled(self) -> None:
        """Until the broker has everything that was put."""
        await self.until(lambda: self.heard.pubacks >= self.sent)

    async def _read(self) -> None:
        while True:
            packet = await self._client.packet(600)
            if packet.kind == 4:
                self.heard.pubacks += 1
            elif packet.kind == 3:
                message = received(packet)
                if message.qos:
                    self._client.send(puback(message.packet_id))
                channel = message.topic.rpartition("/")[2]
                value = json.loads(message.payload)
                if channel == "ack":
                    self.heard.acks.append(value)
                    self.heard.ack_times.append(asyncio.get_running_loop().time())
                else:
                    {"reply": self.heard.replies, "command": self.heard.commands, "desired": self.heard.desired}[
                        channel
                    ].append(value)
            self._news.set()


def code(reply: dict[str, Any]) -> str:
    """The code of a refusal, which must have both sentences."""
    assert reply["ok"] is False, reply
    message = reply["refused"]["message"]
    assert message["zh"]
    assert message["en"]
    return str(reply["refused"]["code"])
