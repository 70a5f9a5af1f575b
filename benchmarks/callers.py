"""Kiosks that ask for tickets, on raw sockets in a process of their own; prints one JSON object.

`python -m benchmarks.callers crowd PORT CALLERS TICKETS [--phones]`: each kiosk has a connection of its own and one
ticket under way. `… single PORT ROUNDS FOLDER [--phones]`: one kiosk; before each ticket one echo through the same
broker and one fdatasync of 400 bytes in FOLDER, so that the noise of the machine hits all three alike.
`… answer PORT`: answers every kiosk at once without rules or log, in the hub's place, until it is killed.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import socket
import statistics
import time
from pathlib import Path

from benchmarks.machine import Disk
from benchmarks.packets import PUBACK, PUBLISH, joined, message, packets, puback, publish
from benchmarks.processes import HALL

LETTERS = b"ABCDEFGH"
KIOSK = b"hh/1/" + HALL.encode() + b"/kiosk/"


class Kiosk:
    """One device with one event under way. Numbers that it got are in ``numbers``."""

    def __init__(self, port: int, run: str, number: int, phones: bool) -> None:
        name = f"{run}-{number}"
        self.name = name.encode()
        self.wire = joined(port, b"kiosk-" + self.name, [KIOSK + self.name + b"/reply"])
        self.topic = KIOSK + self.name + b"/event"
        self.head = f'{{"epoch":"{run}","seq":'.encode()
        self.phones = phones
        # a phone of its own for every ticket: 40,000 for each kiosk
        self.phone = 13_000_000_000 + (int(run, 16) % 3_000 * 100_000 + number * 20_000) % 900_000_000
        self.seq = 0
        self.asked = 0.0
        self.buffer = bytearray()
        self.numbers: list[bytes] = []

    def ask(self) -> None:
        self.seq += 1
        phone = b',"phone":"%d"' % (self.phone + self.seq) if self.phones else b""
        payload = (
            self.head
            + b'%d,"at":"2026-01-05T01:00:00Z","type":"ticket-requested","data":{"category":"%c"%b}}'
            % (
                self.seq,
                LETTERS[self.seq % 8],
                phone,
            )
        )
        packet = publish(self.topic, payload, self.seq % 65_000 + 1)
        self.asked = time.perf_counter()
        self.wire.sendall(packet)

    def hear(self) -> float | None:
        """Seconds from asking to the ticket, when it is there. Raises ``AssertionError`` for a refusal."""
        self.buffer += self.wire.recv(65_536)
        late: float | None = None
        for first, body in packets(self.buffer):
            if first >> 4 == PUBLISH:
                late = time.perf_counter() - self.asked
                assert b'"ok":true' in body, body
                _, packet_id, payload = message(first, body)
                if packet_id:
                    self.wire.send(puback(packet_id))
                at = payload.index(b'"number":"') + 10
                self.numbers.append(payload[at : payload.index(b'"', at)])
        return late


def crowd(port: int, callers: int, tickets: int, phones: bool) -> dict[str, object]:
    run = os.urandom(3).hex()
    kiosks = [Kiosk(port, run, number, phones) for number in range(callers)]
    polling = select.epoll()
    for kiosk in kiosks:
        polling.register(kiosk.wire, select.EPOLLIN)
    by_number = {kiosk.wire.fileno(): kiosk for kiosk in kiosks}
    late: list[float] = []
    asked = min(callers, tickets)
    begun = time.perf_counter()
    for kiosk in kiosks[:asked]:
        kiosk.ask()
    while len(late) < tickets:
        ready = polling.poll(20)
        assert ready, "no ticket within 20 s"
        for number, _ in ready:
            kiosk = by_number[number]
            took = kiosk.hear()
            if took is None:
                continue
            late.append(took)
            if asked < tickets:
                asked += 1
                kiosk.ask()
    seconds = time.perf_counter() - begun
    late.sort()
    numbers = [number for kiosk in kiosks for number in kiosk.numbers]
    return {
        "rate": tickets / seconds,
        "p50_ms": late[len(late) // 2] * 1e3,
        "p99_ms": late[len(late) * 99 // 100] * 1e3,
        "tickets": tickets,
        "twice": len(numbers) - len(set(numbers)),
        "cpu": time.process_time(),
    }


def single(port: int, rounds: int, folder: Path, phones: bool, echo_port: int) -> dict[str, object]:
    kiosk = Kiosk(port, os.urandom(3).hex(), 0, phones)
    topic = b"hh/1/" + HALL.encode() + b"/kiosk/echo/command"
    echo = joined(echo_port, b"echo-" + kiosk.name, [topic], 0)
    ping = publish(topic, b"x" * 110)
    disk = Disk(folder)
    echoes: list[float] = []
    syncs: list[float] = []
    late: list[float] = []
    for _ in range(rounds + 50):
        begun = time.perf_counter()
        echo.sendall(ping)
        echo.recv(len(ping), socket.MSG_WAITALL)
        echoes.append(time.perf_counter() - begun)
        syncs.append(disk.sync())
        kiosk.ask()
        while (took := kiosk.hear()) is None:
            pass
        late.append(took)
    disk.close()
    measured = {"echo": echoes, "sync": syncs, "ticket": late}
    p50 = {name: statistics.median(values[50:]) * 1e3 for name, values in measured.items()}
    return {**p50, "p99": statistics.quantiles(late[50:], n=100)[98] * 1e3, "cpu": time.process_time()}


def answer(port: int) -> None:
    """Kiosks' events are acknowledged and answered a read at a time."""
    wire = joined(port, b"answerer", [b"hh/1/" + HALL.encode() + b"/+/+/event"])
    buffer = bytearray()
    sent = 0
    while True:
        buffer += wire.recv(262_144)
        out = bytearray()
        for first, body in packets(buffer):
            if first >> 4 != PUBLISH:
                assert first >> 4 == PUBACK
                continue
            topic, packet_id, payload = message(first, body)
            sent = sent % 65_000 + 1
            until = payload.index(b',"at"')
            device = topic.split(b"/")[4]
            data = b'{"ticket":"%032d","number":"%b-%d","ahead":1}' % (sent, device, sent)
            said = payload[:until] + b',"ok":true,"data":' + data + b"}"
            out += publish(topic.removesuffix(b"event") + b"reply", said, sent) + puback(packet_id)
        wire.sendall(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    doing = parser.add_subparsers(dest="doing", required=True)
    for name, more in (("crowd", ("callers", "count")), ("single", ("count",)), ("answer", ())):
        each = doing.add_parser(name)
        each.add_argument("port", type=int)
        for argument in more:
            each.add_argument(argument, type=int)
        if name == "single":
            each.add_argument("folder", type=Path)
            each.add_argument("--echo-port", type=int, help="of another broker than PORT's")
        each.add_argument("--phones", action="store_true")
    asked = parser.parse_args()
    if asked.doing == "answer":
        answer(asked.port)
    elif asked.doing == "crowd":
        print(json.dumps(crowd(asked.port, asked.callers, asked.count, asked.phones)))
    else:
        print(json.dumps(single(asked.port, asked.count, asked.folder, asked.phones, asked.echo_port or asked.port)))


if __name__ == "__main__":
    main()
