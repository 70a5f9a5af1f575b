"""A thousand devices after mosquitto was killed and started again with an empty store.

Back means, as a client sees it that subscribes to everything: each device's retained state is online, the hub's too,
and every retained ``desired`` says what it said (under a newer revision); as the hub's API says it: everybody online,
and nobody dropped once the hub stops waiting for those it has not heard again.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.packets import PUBLISH, joined, message, packets, puback, publish
from benchmarks.processes import HALL, BenchFailed, HubProcess, ended, hub, mosquitto, started
from benchmarks.swarm import roster

DEVICES = 1_000
PATIENCE = 30.0
MISSING_AFTER_SECONDS = 10.5
"""The hub's patience with devices that it has not heard again, and a little."""


class Watcher:
    """What the broker has retained and hears, as the newest payload of each topic."""

    def __init__(self, port: int) -> None:
        self.wire = joined(port, b"watcher", [b"hh/1/" + HALL.encode() + b"/#"])
        self.buffer = bytearray()
        self.topics: dict[str, bytes] = {}

    def close(self) -> None:
        self.wire.close()

    def wait(self, seconds: float) -> None:
        if not select.select([self.wire], [], [], seconds)[0]:
            return
        data = self.wire.recv(1 << 20)
        if not data:
            raise BenchFailed("the broker let the watcher go")
        self.buffer += data
        out = bytearray()
        for first, body in packets(self.buffer):
            if first >> 4 == PUBLISH:
                topic, packet_id, payload = message(first, body)
                self.topics[topic.decode()] = payload
                out += puback(packet_id) if packet_id else b""
        if out:
            self.wire.sendall(out)

    def of(self, channel: str) -> dict[str, bytes]:
        return {topic: payload for topic, payload in self.topics.items() if topic.endswith("/" + channel)}

    def online(self) -> int:
        return sum(b'"online"' in payload for topic, payload in self.of("state").items() if "/hub/" not in topic)

    def shown(self) -> dict[str, object]:
        """What each display is to show, without the revision."""
        told = {topic: json.loads(payload) for topic, payload in self.of("desired").items()}
        return {
            topic: {name: value for name, value in each.items() if name != "revision"} for topic, each in told.items()
        }

    def hub_online(self) -> bool:
        return b'"online"' in self.topics.get(f"hh/1/{HALL}/hub/state", b"")


def devices_back(folder: Path, quick: bool) -> list[Figure]:
    count = 300 if quick else DEVICES
    with mosquitto(folder) as broker:
        with swarm(broker.port, count, folder):
            with closing(Watcher(broker.port)) as first:
                _until(first, lambda: first.online() == count)
            begun = time.monotonic()
            broker.restart()
            with closing(Watcher(broker.port)) as alone:
                _until(alone, lambda: alone.online() == count)
            floor = time.monotonic() - begun
        broker.restart()
        with hub(folder / "hub", broker.url) as running, swarm(broker.port, count, folder):
            token = running.token("supervisor")
            _until_present(running, token, count)
            before = _calls(broker.port)
            begun = time.monotonic()
            broker.restart()
            with closing(Watcher(broker.port)) as after:
                _until(after, lambda: after.online() == count and after.hub_online() and after.shown() == before)
            _until_present(running, token, count)
            took = time.monotonic() - begun
            if not quick:
                time.sleep(MISSING_AFTER_SECONDS)
            kept = _present(running, token)
    return [
        Figure(
            6,
            f"{count:,} devices back after mosquitto was killed and its store lost: all present, retained state right",
            took,
            "s",
            ("≤", 5.0),
            f"{floor:.2f} s for the same devices without a hub",
            f"{len(before)} desired topics as before; {'' if quick else '10 s later '}{kept:,} of {count:,} online",
            "the swarm's and mosquitto's share of the cores",
        ),
        Figure(6, "devices that the hub lost over the restart", count - kept, "", ("=", 0)),
    ]


@contextmanager
def swarm(port: int, count: int, folder: Path) -> Iterator[None]:
    process = started([sys.executable, "-m", "benchmarks.swarm", str(port), str(count)], folder / "swarm.out")
    try:
        yield
        if process.poll() is not None:
            raise BenchFailed(f"swarm: {(folder / 'swarm.out').read_text()[-800:]}")
    finally:
        ended(process)


def _until(watcher: Watcher, done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > until:
            raise BenchFailed(f"{watcher.online()} devices online after {PATIENCE:.0f} s")
        watcher.wait(0.2)


def _present(running: HubProcess, token: str) -> int:
    status, _, body = running.get("/api/v1/devices", Authorization=f"Bearer {token}")
    if status != 200:
        raise BenchFailed(f"/api/v1/devices answers {status}: {body[:200]!r}")
    wanted = {name for _, name in roster(DEVICES)}
    return sum(each["state"] == "online" and each["id"] in wanted for each in json.loads(body))


def _until_present(running: HubProcess, token: str, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while (present := _present(running, token)) != count:
        if time.monotonic() > until:
            raise BenchFailed(f"the hub knows {present} of {count} devices after {PATIENCE:.0f} s")
        time.sleep(0.02)


def _calls(port: int) -> dict[str, object]:
    """Twenty people take a number and ten are called; what displays and boards are to show then."""
    kiosk = joined(port, b"kiosk-of-bench")
    buttons = [f"1{window:02d}" for window in range(1, 11)]
    sent: list[tuple[str, int, str, dict[str, str]]] = []
    for seq in range(1, 21):
        sent.append(("kiosk/bench-kiosk", seq, "ticket-requested", {"category": "A" if seq % 2 else "B"}))
    sent += [(f"call_button/button-{window}", 1, "call-next", {"window": window}) for window in buttons]
    for packet_id, (device, seq, kind, data) in enumerate(sent, 1):
        event = {"epoch": "bench", "seq": seq, "at": "2026-01-05T01:00:00Z", "type": kind, "data": data}
        kiosk.sendall(publish(f"hh/1/{HALL}/{device}/event".encode(), json.dumps(event).encode(), packet_id))
        kiosk.recv(4, socket.MSG_WAITALL)
    kiosk.close()
    quiet = time.monotonic() + 1.0
    shown = dict[str, object]()
    with closing(Watcher(port)) as watcher:
        while time.monotonic() < quiet:
            watcher.wait(0.1)
            if watcher.shown() != shown:
                shown, quiet = watcher.shown(), time.monotonic() + 1.0
    if not shown:
        raise BenchFailed("no display was told what to show")
    return shown
