"""Echo round trip and acknowledged events a second, embedded broker and mosquitto side by side.

`python -m benchmarks.broker [--events N] [--echoes N]`: echo round trip, then events of one publisher that keeps 500
under way, then of 100 publishers with one under way each. Each broker runs in a process of its own. The clients are raw
sockets in this process, so that the figures are the broker's and not a client library's. An event counts as
acknowledged when its publisher has the PUBACK; every event is also delivered to one QoS 1 subscriber, which
acknowledges it too.
"""

from __future__ import annotations

import argparse
import select
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.packets import frame, joined, text
from benchmarks.processes import BenchFailed, cpu_seconds, embedded, mosquitto

PAYLOAD = b'{"epoch":"0197e0c1","seq":1,"at":"2025-07-07T09:00:00Z","type":"ticket-requested","data":{"category":"A"}}'
TOPIC = b"hh/1/hall/kiosk/k1/event"


def echo(port: int, rounds: int) -> list[float]:
    """Milliseconds from QoS 0 PUBLISH to its return."""
    wire = joined(port, b"echo", [b"echo"])
    packet = frame(0x30, text(b"echo") + PAYLOAD)
    times: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        wire.sendall(packet)
        wire.recv(len(packet), socket.MSG_WAITALL)
        times.append((time.perf_counter() - begun) * 1000)
    wire.close()
    return times


def events(port: int, count: int, window: int = 500) -> float:
    """Events a second, `window` of them under way."""
    reader, writer = joined(port, b"reader", [b"hh/1/+/+/+/event"]), joined(port, b"writer")
    size = len(frame(0x32, text(TOPIC) + b"\0\0" + PAYLOAD))
    head = frame(0x32, text(TOPIC) + b"\0\0" + PAYLOAD)[: -len(PAYLOAD) - 2]

    def read() -> None:
        rest, left = b"", count
        while left:
            rest += reader.recv(262144)
            whole = len(rest) // size
            ids = [rest[i * size + len(head) : i * size + len(head) + 2] for i in range(whole)]
            rest = rest[whole * size :]
            left -= whole
            if ids:
                reader.sendall(b"".join(b"\x40\x02" + packet_id for packet_id in ids))

    thread = threading.Thread(target=read)
    thread.start()
    begun = time.perf_counter()
    sent = acknowledged = 0
    odd = 0
    while acknowledged < count:
        batch = min(window - (sent - acknowledged), count - sent)
        if batch:
            ids = [(sent + i) % 65535 + 1 for i in range(batch)]
            writer.sendall(b"".join(head + packet_id.to_bytes(2, "big") + PAYLOAD for packet_id in ids))
            sent += batch
        whole, odd = divmod(odd + len(writer.recv(65536)), 4)
        acknowledged += whole
    thread.join()
    took = time.perf_counter() - begun
    reader.close()
    writer.close()
    return count / took


def crowd(port: int, count: int, callers: int = 100) -> float:
    """Events a second of `callers` connections with one event under way each: nothing arrives in batches."""
    reader = joined(port, b"reader", [b"hh/1/+/+/+/event"])
    writers = [joined(port, b"writer-%d" % i) for i in range(callers)]
    packet = frame(0x32, text(TOPIC) + b"\0\1" + PAYLOAD)
    polling = select.epoll()
    for wire in (reader, *writers):
        polling.register(wire, select.EPOLLIN)
    by_number = {wire.fileno(): wire for wire in writers}
    begun = time.perf_counter()
    for wire in writers:
        wire.send(packet)
    sent, acknowledged, delivered, rest = callers, 0, 0, b""
    while acknowledged < count or delivered < count:
        for number, _ in polling.poll():
            if wire := by_number.get(number):
                acknowledged += len(wire.recv(4)) == 4
                if sent < count:
                    sent += 1
                    wire.send(packet)
                continue
            rest += reader.recv(262144)
            whole, left = divmod(len(rest), len(packet))
            at = [i * len(packet) + len(packet) - len(PAYLOAD) for i in range(whole)]
            reader.sendall(b"".join(b"\x40\x02" + rest[i - 2 : i] for i in at))
            rest = rest[len(rest) - left :]
            delivered += whole
    took = time.perf_counter() - begun
    for wire in (reader, *writers):
        wire.close()
    return count / took


def measure(name: str, port: int, pid: int, echoes: int, count: int) -> None:
    echo(port, 200)
    times = echo(port, echoes)
    events(port, 2_000)
    before = cpu_seconds(pid)
    rate = events(port, count)
    between = cpu_seconds(pid)
    crowded = crowd(port, count)
    after = cpu_seconds(pid)
    p99 = statistics.quantiles(times, n=100)[98]
    print(
        f"{name:10} echo p50 {statistics.median(times):.3f} ms, p99 {p99:.3f} ms; events acknowledged: "
        f"1 publisher, 500 under way {rate:,.0f}/s ({(between - before) / count * 1e6:.0f} µs of broker CPU each); "
        f"100 publishers, 1 each {crowded:,.0f}/s ({(after - between) / count * 1e6:.0f} µs)"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--echoes", type=int, default=2_000)
    arguments.add_argument("--events", type=int, default=40_000)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        with embedded(Path(name)) as (port, pid):
            measure("embedded", port, pid, asked.echoes, asked.events)
        try:
            with mosquitto(Path(name)) as broker:
                measure("mosquitto", broker.port, broker.pid, asked.echoes, asked.events)
        except BenchFailed as failed:
            print(f"mosquitto  {failed}")


if __name__ == "__main__":
    main()
