"""What live pages cost: CPU of a whole hub with 300 pages on the hall's board at 500 events a minute.

`python -m benchmarks.live_pages PORT PAGES SECONDS` is the pages: raw sockets in a process of its own that read the
stream and count; prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import BenchFailed, cpu_seconds, ended, hub, load, mosquitto, started

PAGES = 300
EVENTS_A_MINUTE = 500
LEAD_SECONDS = 2.0


def read(port: int, pages: int, seconds: float) -> dict[str, object]:
    """Snapshots and bytes that the pages were sent."""
    polling = select.epoll()
    opened: dict[int, socket.socket] = {}
    for _ in range(pages):
        page = socket.create_connection(("127.0.0.1", port), timeout=20)
        page.sendall(b"GET /live?channel=board/hall HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        opened[page.fileno()] = page
        polling.register(page, select.EPOLLIN)
    until = time.monotonic() + seconds
    size = snapshots = 0
    while (left := until - time.monotonic()) > 0:
        for number, _ in polling.poll(left):
            chunk = opened[number].recv(262_144)
            assert chunk, "a stream ended"
            size += len(chunk)
            snapshots += chunk.count(b"event: snapshot")
    return {"snapshots": snapshots, "bytes": size, "cpu": time.process_time()}


def live_pages(folder: Path, quick: bool) -> list[Figure]:
    pages, seconds = (50, 3.0) if quick else (PAGES, 20.0)
    with mosquitto(folder) as broker, hub(folder / "hub", broker.url) as running:
        lasting = str(seconds + 3 * LEAD_SECONDS)
        before = cpu_seconds(running.pid)
        time.sleep(LEAD_SECONDS)
        idle = (cpu_seconds(running.pid) - before) / LEAD_SECONDS
        output = folder / "pages.out"
        command = [sys.executable, "-m", "benchmarks.live_pages", str(running.web_port), str(pages), lasting]
        reading = started(command, output)
        try:
            time.sleep(LEAD_SECONDS)
            begun, cpu = time.monotonic(), cpu_seconds(running.pid)
            told = load("buttons", broker.port, EVENTS_A_MINUTE, seconds, folder=folder)
            took, cpu = time.monotonic() - begun, cpu_seconds(running.pid) - cpu
            if reading.wait(60):
                raise BenchFailed(f"the pages: {output.read_text()[-800:]}")
        finally:
            ended(reading)
    seen = json.loads(output.read_text().splitlines()[-1])
    bare = _bare(pages, seen["bytes"] / max(seen["snapshots"], 1), seen["snapshots"] / pages, seconds)
    return [
        Figure(
            8,
            f"{pages} live pages on the hall board, {told['events'] / told['seconds'] * 60:.0f} events a minute",
            cpu / took * 100,
            "% of a core",
            ("≤", 12),
            f"{bare:.1f}% to write the same bytes to {pages} sockets; hub idle {idle * 100:.1f}%",
            f"{seen['snapshots']:,} snapshots of {seen['bytes'] / max(seen['snapshots'], 1):,.0f} bytes",
            "a write to each page's socket for each changed board",
        )
    ]


def _bare(pages: int, size: float, times: float, seconds: float) -> float:
    """Percent of a core that only the system calls take, spread over as many seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        pairs: list[tuple[socket.socket, socket.socket]] = []
        for _ in range(pages):
            page = socket.create_connection(server.getsockname())
            pairs.append((page, server.accept()[0]))
        frame, spent = b"x" * int(size), 0.0
        for _ in range(int(times)):
            begun = time.process_time()
            for _, hub_side in pairs:
                hub_side.send(frame)
            spent += time.process_time() - begun
            for page, _ in pairs:
                page.recv(262_144)
        for pair in pairs:
            for each in pair:
                each.close()
    return spent / seconds * 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("pages", type=int)
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(read(asked.port, asked.pages, asked.seconds)))


if __name__ == "__main__":
    main()
