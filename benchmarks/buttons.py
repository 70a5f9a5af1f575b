"""People and call buttons of a whole hall on one raw connection: the events that pages and boards follow.

`python -m benchmarks.buttons PORT EVENTS_A_MINUTE SECONDS`: at random moments, a ticket taken, a number called, a
service started or finished, in equal parts, as 58 windows do; prints one JSON object at the end.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import select
import time

from benchmarks.packets import joined, packets, publish
from benchmarks.processes import HALL
from hub.core.profile_file import default_profile

SETTLE_SECONDS = 0.5


class Buttons:
    """One connection that speaks for any device; each numbers its events."""

    def __init__(self, port: int) -> None:
        self.epoch = os.urandom(4).hex()
        self.wire = joined(port, b"buttons-" + self.epoch.encode())
        self.seqs: dict[str, int] = {}
        self.sent = 0
        self.buffer = bytearray()

    def tell(self, kind: str, device: str, type_: str, data: dict[str, str]) -> float:
        """Publish an event; returns the wall clock in ms just before."""
        seq = self.seqs[device] = self.seqs.get(device, 0) + 1
        event = {"epoch": self.epoch, "seq": seq, "at": "2026-01-05T01:00:00Z", "type": type_, "data": data}
        payload = json.dumps(event).encode()
        self.sent += 1
        packet = publish(f"hh/1/{HALL}/{kind}/{device}/event".encode(), payload, self.sent % 65_000 + 1)
        at = time.time() * 1000
        self.wire.sendall(packet)
        while select.select([self.wire], [], [], 0)[0]:
            self.buffer += self.wire.recv(65_536)
        for _ in packets(self.buffer):
            pass
        return at

    def press(self, window: str, act: str) -> float:
        return self.tell("call_button", f"button-{window}", act, {"window": window})

    def take(self, category: str) -> float:
        return self.tell("kiosk", "kiosk-of-bench", "ticket-requested", {"category": category})


def run(port: int, events_a_minute: float, seconds: float) -> dict[str, object]:
    buttons, chance = Buttons(port), random.Random(7)
    windows = [window for window in default_profile().windows if window.floor == 1]
    for window in windows:
        buttons.take(window.home)
    time.sleep(SETTLE_SECONDS)
    acts = itertools.cycle(("take", "call-next", "start", "finish"))
    places = itertools.cycle(windows)
    place = next(places)
    begun, told = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        time.sleep(chance.expovariate(events_a_minute / 60))
        act = next(acts)
        if act == "take":
            place = next(places)
            buttons.take(place.home)
        else:
            buttons.press(place.number, act)
        told += 1
    return {"events": told, "seconds": time.monotonic() - begun}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("events_a_minute", type=float)
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(run(asked.port, asked.events_a_minute, asked.seconds)))


if __name__ == "__main__":
    main()
