"""Tickets over HTTP: ``POST /api/v1/tickets`` by some callers, on the log on disk, no number twice.

``python -m benchmarks.http_tickets [--callers 8] [--seconds 5]``. The hub runs in a process of its own; the callers
are threads with raw sockets that keep their connections.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from hub.core.clock import SystemClock
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import open_log
from hub.log.subjects import Subjects
from hub.web.access.store import AccessStore
from hub.web.app import build_app
from hub.web.live import Live
from hub.web.server import Listen, WebServer
from hub.web.site import WebOptions


async def serve(folder: Path) -> None:
    """A hub and its web floor; prints port and token, ends when its input does, then prints its CPU seconds."""
    log, keys = open_log(f"sqlite:///{folder / 'hall.db'}"), Keys(folder / "hall.keys.db")
    keys.follow(log)
    paths = StatePaths.of(folder / "hall.db")
    hub = Hub(log, hub_codec(keys), Subjects(bytes(32)), SystemClock(), paths, always=True)
    await hub.start(default_profile())
    access = AccessStore(paths.access)
    live = Live(hub.boot)
    hub.listen(live.on_committed)
    server = WebServer(build_app(hub, access, live, WebOptions("http://localhost", secure=False)), live, _listen())
    await server.start()
    print(server.port, access.create_token("clerk", "bench"), flush=True)
    before = time.process_time()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps({"cpu": time.process_time() - before}), flush=True)
    await server.stop()
    log.close()


def _listen() -> Listen:
    return Listen("127.0.0.1", 0)


def call(port: int, token: str, name: int, until: float, numbers: list[str], late: list[float]) -> None:
    with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count = 0
        while time.monotonic() < until:
            count += 1
            body = b'{"category":"A"}'
            began = time.perf_counter()
            link.sendall(
                b"POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n"
                b"Content-Type: application/json\r\nIdempotency-Key: %d-%d\r\nContent-Length: %d\r\n\r\n%b"
                % (token.encode(), name, count, len(body), body)
            )
            answer = link.recv(65536)
            while not answer.endswith(b"}"):
                answer += link.recv(65536)
            late.append(time.perf_counter() - began)
            numbers.append(json.loads(answer[answer.index(b"\r\n\r\n") :])["number"])


def measure(callers: int, seconds: float) -> dict[str, float]:
    """Tickets a second, p50 and p99 in ms, hub CPU a ticket in µs. Raises ``AssertionError`` for a number twice."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.http_tickets", "--serve", folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as hub:
            assert hub.stdin is not None
            assert hub.stdout is not None
            port, token = hub.stdout.readline().split()
            numbers: list[str] = []
            late: list[float] = []
            began = time.monotonic()
            threads = [
                threading.Thread(target=call, args=(int(port), token, name, began + seconds, numbers, late))
                for name in range(callers)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            took = time.monotonic() - began
            hub.stdin.close()
            used = json.loads(hub.stdout.readline())["cpu"]
    assert len(set(numbers)) == len(numbers), "a number came twice"
    return {
        "tickets_a_second": len(numbers) / took,
        "p50_ms": statistics.median(late) * 1000,
        "p99_ms": statistics.quantiles(late, n=100)[98] * 1000,
        "hub_cpu_us": used / len(numbers) * 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--serve", type=Path)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.serve))
        return
    for name, value in measure(chosen.callers, chosen.seconds).items():
        print(f"{name:18} {value:.1f}")


if __name__ == "__main__":
    main()
