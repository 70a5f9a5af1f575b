"""What live pages cost: CPU of the server with many pages on one board, and how late a change arrives.

``python -m benchmarks.live [--pages 300] [--events-a-minute 500] [--seconds 20]`` starts the server in a process of
its own and reads it over raw sockets, so that only the server's CPU is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import selectors
import socket
import statistics
import subprocess
import sys
import time
from types import SimpleNamespace

from starlette.applications import Starlette
from starlette.routing import Route

from hub.web.live import Live
from hub.web.live_stream import LiveStream
from hub.web.server import Listen, WebServer

BOARD_BYTES = 2500


async def serve(events_a_minute: float, seconds: float) -> None:
    """Serve one board that changes at random; print the port, then wait for a line, then print the CPU used."""
    live = Live("boot", "assets")
    filler = "x" * BOARD_BYTES
    board = live.channel("board/hall", lambda: json.dumps({"at": time.monotonic_ns(), "calls": filler}).encode())
    app = Starlette(routes=[Route("/live", LiveStream(), methods=None)])
    app.state.site = SimpleNamespace(live=live)
    server = WebServer(app, live, Listen("127.0.0.1", 0))
    await server.start()
    print(server.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    chance = random.Random(7)
    began, cpu = time.monotonic(), time.process_time()
    events = 0
    while time.monotonic() - began < seconds:
        await asyncio.sleep(chance.expovariate(events_a_minute / 60))
        board.touch()
        events += 1
    used, wall = time.process_time() - cpu, time.monotonic() - began
    print(json.dumps({"cpu": used, "wall": wall, "events": events, "frames": board.sequence}), flush=True)
    stopping = time.monotonic()
    await server.stop()
    print(json.dumps({"stop": time.monotonic() - stopping}), flush=True)


def connect(port: int, pages: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    for _ in range(pages):
        page = socket.create_connection(("127.0.0.1", port))
        page.sendall(b"GET /live?channel=board/hall HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        page.setblocking(False)
        opened.append(page)
    return opened


def measure(pages: int, events_a_minute: float, seconds: float) -> dict[str, float]:
    """CPU share of a core, p50 and p95 of change → page in ms, and how long the stop took with all pages open."""
    command = [sys.executable, "-m", "benchmarks.live", "--serve", str(events_a_minute), str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        opened = connect(int(server.stdout.readline()), pages)
        late: list[float] = []
        with selectors.DefaultSelector() as ready:
            for page in opened:
                ready.register(page, selectors.EVENT_READ)
            time.sleep(1.0)
            server.stdin.write("go\n")
            server.stdin.flush()
            while ready.get_map():
                for key, _ in ready.select(timeout=10):
                    page = key.fileobj
                    assert isinstance(page, socket.socket)
                    chunk = page.recv(65536)
                    now = time.monotonic_ns()
                    if not chunk:
                        ready.unregister(page)
                        continue
                    at = chunk.rfind(b'"at": ')
                    if at >= 0:
                        late.append((now - int(chunk[at + 6 : chunk.index(b",", at + 6)])) / 1e6)
        told = json.loads(server.stdout.readline())
        stop = json.loads(server.stdout.readline())["stop"]
    for page in opened:
        page.close()
    late = late[pages:]
    return {
        "cpu_percent": 100 * told["cpu"] / told["wall"],
        "events_a_minute": told["events"] / told["wall"] * 60,
        "received": len(late),
        "p50_ms": statistics.median(late),
        "p95_ms": statistics.quantiles(late, n=20)[18],
        "stop_seconds": stop,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--events-a-minute", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--serve", nargs=2, type=float)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(*chosen.serve))
        return
    for name, value in measure(chosen.pages, chosen.events_a_minute, chosen.seconds).items():
        print(f"{name:18} {value:.2f}")


if __name__ == "__main__":
    main()
