"""Many light devices at once: connected, subscribed, online; back again whenever their link ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.mqtt.raw_client import Packet, connect, puback, publish, received, subscribe

from .processes import HALL

AT = "2026-11-23T01:00:00Z"


class Crowd:
    """``persistent``: sessions that the broker keeps. A device tries again after up to ``spread`` seconds."""

    def __init__(self, port: int, count: int, *, persistent: bool = False, spread: float = 0.3) -> None:
        self._port = port
        self._persistent = persistent
        self._spread = spread
        self.names = [f"d{number}" for number in range(count)]
        self.online: set[str] = set()
        self._boots = 0

    @asynccontextmanager
    async def here(self) -> AsyncIterator[Crowd]:
        tasks = [asyncio.create_task(self._live(name)) for name in self.names]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _live(self, name: str) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._one_link(name)
            self.online.discard(name)
            await asyncio.sleep(random.uniform(0.1, 1) * self._spread)

    async def _one_link(self, name: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        base = f"hh/1/{HALL}/kiosk/{name}"
        self._boots += 1
        boot = f"boot-{self._boots}"
        will = (f"{base}/state", json.dumps({"state": "lost", "boot": boot}).encode(), 1, True)
        try:
            writer.write(connect(f"{HALL}:kiosk:{name}", clean=not self._persistent, keep_alive=60, will=will))
            filters = [f"{base}/{channel}" for channel in ("ack", "reply", "command", "desired")]
            writer.write(subscribe(*((each, 1) for each in [*filters, f"hh/1/{HALL}/hub/rebirth"])))
            while True:
                first = (await reader.readexactly(1))[0]
                size = shift = 0
                while True:
                    digit = (await reader.readexactly(1))[0]
                    size |= (digit & 127) << shift
                    shift += 7
                    if digit < 128:
                        break
                body = await reader.readexactly(size)
                kind = first >> 4
                if kind == 9:
                    self._say_online(writer, base, boot)
                    self.online.add(name)
                elif kind == 3:
                    message = received(Packet(first, body))
                    if message.qos:
                        writer.write(puback(message.packet_id))
                    if message.topic.endswith("/rebirth"):
                        asked = json.loads(message.payload)
                        if asked.get("device") in (None, name):
                            self._say_online(writer, base, boot)
        finally:
            writer.transport.abort()

    def _say_online(self, writer: asyncio.StreamWriter, base: str, boot: str) -> None:
        state = json.dumps({"state": "online", "boot": boot, "at": AT}).encode()
        described = json.dumps({"model": "crowd", "firmware": "1"}).encode()
        writer.write(publish(f"{base}/state", state, qos=1, packet_id=1, retain=True))
        writer.write(publish(f"{base}/description", described, qos=1, packet_id=2, retain=True))
