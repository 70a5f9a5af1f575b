"""What tests of the hub's MQTT edge stand on: a real hub in memory, recorders for a link, a watcher of a broker."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from devices.wire.topics import Address
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.hall.profile import HallProfile
from hub.domain.queue.commands import CallNext, TakeTicket
from hub.log.memory import MemoryLog
from hub.log.port import Log
from tests.core.writers import MONDAY_AT_TEN, hub_on
from tests.domain.hall.halls import DEFAULT

from .raw_client import RawClient, puback, publish, received

HALL = "dongcheng"


def at(kind: str, device: str) -> Address:
    return Address(HALL, kind, device)


async def a_hub(log: Log | None = None, *, clock: ManualClock | None = None, profile: HallProfile = DEFAULT) -> Hub:
    """A hub of the default hall that never closes, on a Monday at ten."""
    return await hub_on(log or MemoryLog(), clock or ManualClock(MONDAY_AT_TEN), profile, always=True)


async def done(hub: Hub, command: Command) -> None:
    outcome = await hub.submit(command, actor="test")
    assert outcome.ok, outcome.reply


async def taken(hub: Hub, category: str = "A", *, printer: str | None = None, items: tuple[str, ...] = ()) -> str:
    """The id of a ticket that was just issued."""
    ticket = hub.ticket_id()
    kiosk = "kiosk-1" if printer is not None else None
    command = TakeTicket(hub.today, hub.now(), ticket, category, items=items, kiosk=kiosk, printer=printer)
    await done(hub, command)
    return ticket


async def called(hub: Hub, window: str = "101") -> None:
    await done(hub, CallNext(hub.today, hub.now(), window))


@dataclass
class Sent:
    """Stands for ``publish``: keeps what was sent and says ``up``."""

    up: bool = True
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])

    def __call__(self, topic: str, payload: bytes) -> bool:
        if self.up:
            self.messages.append((topic, json.loads(payload)))
        return self.up

    def on(self, channel: str) -> list[dict[str, Any]]:
        """What went to topics that end with the channel, in order."""
        return [payload for topic, payload in self.messages if topic.endswith(f"/{channel}")]


@dataclass
class Watcher:
    """A client of a broker that hears everything of the hall and says what it is told."""

    client: RawClient
    messages: list[tuple[str, bytes, bool]] = field(default_factory=list[tuple[str, bytes, bool]])
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _packet_id: int = 0

    def say(self, topic: str, value: object, *, retain: bool = False) -> None:
        payload = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._packet_id += 1
        self.client.send(publish(topic, payload, qos=1, packet_id=self._packet_id, retain=retain))

    def last(self, topic: str) -> Any:
        """The last value of a topic; None when there was none or it was cleared."""
        found = [payload for name, payload, _ in self.messages if name == topic]
        return json.loads(found[-1]) if found and found[-1] else None

    def all(self, topic: str) -> list[Any]:
        return [json.loads(payload) for name, payload, _ in self.messages if name == topic and payload]

    async def until(self, holds: Callable[[], object], seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def read(self) -> None:
        while True:
            packet = await self.client.packet(600)
            if packet.kind == 3:
                message = received(packet)
                if message.qos:
                    self.client.send(puback(message.packet_id))
                self.messages.append((message.topic, message.payload, message.retain))
                self._news.set()


@asynccontextmanager
async def watching(port: int, client_id: str = "watcher") -> AsyncIterator[Watcher]:
    client = await RawClient.connected(port, client_id)
    assert await client.subscribed((f"hh/1/{HALL}/#", 1)) == [1]
    watcher = Watcher(client)
    reader = asyncio.create_task(watcher.read())
    try:
        yield watcher
    finally:
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            await reader
        client.cut()
