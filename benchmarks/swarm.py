"""A thousand devices on raw sockets in one process, back by themselves whenever their broker is.

`python -m benchmarks.swarm PORT DEVICES`: the devices of the default profile, then more kiosks, until there are that
many. Each does at every connection what `mqtt_topics.md` asks of a device: a will, its subscriptions, its state under a
new boot, its description, `reported` for what it is to show, and all of it again when the hub says `rebirth`. Whoever
is refused tries again after 50 to 250 ms. Runs until it is killed.
"""

from __future__ import annotations

import argparse
import errno
import heapq
import json
import random
import select
import socket
import time
from datetime import UTC, datetime

from benchmarks.packets import PUBLISH, connect, message, packets, puback, publish, subscribe
from benchmarks.processes import HALL
from hub.core.profile_file import default_profile

AGAIN_SECONDS = (0.05, 0.25)
HUB = f"hh/1/{HALL}/hub/"


def roster(count: int) -> list[tuple[str, str]]:
    """Kind and id of each device."""
    known = [(device.kind, device.id) for device in default_profile().devices][:count]
    return known + [("kiosk", f"extra-{n}") for n in range(count - len(known))]


class Device:
    """One client; ``wire`` is None while it waits to try again."""

    def __init__(self, port: int, kind: str, name: str) -> None:
        self.port = port
        self.base = f"hh/1/{HALL}/{kind}/{name}/"
        self.client = f"{HALL}:{kind}:{name}".encode()
        self.wire: socket.socket | None = None
        self.buffer = bytearray()
        self.boots = 0

    def dial(self) -> socket.socket:
        self.buffer.clear()
        self.boots += 1
        wire = self.wire = socket.socket()
        wire.setblocking(False)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if wire.connect_ex(("127.0.0.1", self.port)) not in (0, errno.EINPROGRESS):
            raise OSError
        return wire

    @property
    def boot(self) -> str:
        return f"boot-{self.boots}"

    def greet(self) -> None:
        """Everything of a new connection in one write; nothing has to wait for the CONNACK."""
        will = (f"{self.base}state".encode(), json.dumps({"state": "lost", "boot": self.boot}).encode())
        own = [f"{self.base}{channel}".encode() for channel in ("ack", "reply", "command", "desired")]
        self.send(connect(self.client, 60, will) + subscribe([*own, (HUB + "rebirth").encode()]) + self.introduction())

    def introduction(self) -> bytes:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        state = {"state": "online", "boot": self.boot, "at": now}
        description = {"model": "bench", "firmware": "1", "contract": 1}
        return self.told("state", state, 2) + self.told("description", description, 3)

    def told(self, channel: str, what: object, packet_id: int) -> bytes:
        return publish(f"{self.base}{channel}".encode(), json.dumps(what).encode(), packet_id, retain=True)

    def send(self, data: bytes) -> None:
        if self.wire is not None and self.wire.send(data) != len(data):
            raise OSError

    def hear(self) -> float | None:
        """Seconds until it has to introduce itself again, when it was asked to. Raises ``OSError`` at the end."""
        assert self.wire is not None
        data = self.wire.recv(65_536)
        if not data:
            raise OSError
        self.buffer += data
        again: float | None = None
        for first, body in packets(self.buffer):
            if first >> 4 != PUBLISH:
                continue
            topic, packet_id, payload = message(first, body)
            out = puback(packet_id) if packet_id else b""
            if topic.endswith(b"/desired"):
                out += self.told("reported", {"revision": json.loads(payload)["revision"]}, 4)
            elif topic.endswith(b"/rebirth"):
                again = random.uniform(0, json.loads(payload).get("spread_ms", 0) / 1000)
            self.send(out)
        return again


def run(port: int, count: int) -> None:
    polling = select.epoll()
    devices = [Device(port, kind, name) for kind, name in roster(count)]
    by_number: dict[int, Device] = {}
    due: list[tuple[float, int, bool]] = [(0.0, index, True) for index in range(len(devices))]
    index_of = {id(device): index for index, device in enumerate(devices)}

    def lost(device: Device) -> None:
        if device.wire is not None:
            by_number.pop(device.wire.fileno(), None)
            device.wire.close()
            device.wire = None
        heapq.heappush(due, (time.monotonic() + random.uniform(*AGAIN_SECONDS), index_of[id(device)], True))

    while True:
        while due and due[0][0] <= time.monotonic():
            _, index, dial = heapq.heappop(due)
            device = devices[index]
            try:
                if dial:
                    wire = device.dial()
                    by_number[wire.fileno()] = device
                    polling.register(wire, select.EPOLLOUT)
                else:
                    device.send(device.introduction())
            except OSError:
                lost(device)
        for number, what in polling.poll(max(due[0][0] - time.monotonic(), 0) if due else 5):
            found = by_number.get(number)
            if found is None or found.wire is None:
                continue
            try:
                if what & select.EPOLLOUT:
                    if found.wire.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        raise OSError
                    polling.modify(found.wire, select.EPOLLIN)
                    found.greet()
                elif (again := found.hear()) is not None:
                    heapq.heappush(due, (time.monotonic() + again, index_of[id(found)], False))
            except OSError:
                lost(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("devices", type=int)
    asked = parser.parse_args()
    run(asked.port, asked.devices)


if __name__ == "__main__":
    main()
