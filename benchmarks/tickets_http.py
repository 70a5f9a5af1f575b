"""Tickets over HTTP: ``POST /api/v1/tickets`` by eight callers, on the log on disk, no number twice."""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path
from typing import cast

from starlette.types import Receive, Scope, Send

from benchmarks.figures import Figure
from benchmarks.processes import BenchFailed, cpu_seconds, ended, free_port, hub, listening, load, started
from hub.web.live import Live
from hub.web.server import Listen, WebServer

CALLERS = 8


def http_tickets(folder: Path, quick: bool) -> list[Figure]:
    seconds = 0.5 if quick else 5.0
    floor = bare(folder, seconds)
    with hub(folder / "hub") as running:
        token = running.token("clerk")
        load("http_callers", running.web_port, CALLERS, seconds / 4, token, folder=folder)
        cpu = cpu_seconds(running.pid)
        found = load("http_callers", running.web_port, CALLERS, seconds, token, folder=folder)
        cpu = cpu_seconds(running.pid) - cpu
    share = cpu / (found["done"] / found["rate"])
    return [
        Figure(
            3,
            f"tickets over HTTP, {CALLERS} callers",
            found["rate"],
            "tickets/s",
            ("≥", 1000),
            f"{floor:,.0f}/s of the same server with nothing behind it",
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms; "
            f"hub CPU {cpu / found['done'] * 1e6:.0f} µs a ticket",
            f"the hub's CPU for {share:.0%} of the time, most of it FastAPI's and uvicorn's, else waiting",
        ),
        Figure(3, "numbers given twice over HTTP", found["twice"], "", ("=", 0), f"{found['done']:,} tickets"),
    ]


def bare(folder: Path, seconds: float, callers: int = CALLERS) -> float:
    """Answers a second when the hub's server has nothing behind it."""
    port = free_port()
    process = started([sys.executable, "-m", "benchmarks.tickets_http", str(port)], folder / "bare.out")
    try:
        if not listening(port, process):
            raise BenchFailed("the bare server does not listen")
        return float(load("http_callers", port, callers, seconds, "none", folder=folder)["rate"])
    finally:
        ended(process)


async def _serve(port: int) -> None:
    """``WebServer`` answering each request with a ticket of the next number."""
    numbers = itertools.count(1)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        while cast("bool", (await receive()).get("more_body", False)):
            pass
        body = b'{"ticket":"%032x","number":"A%03d","ahead":7,"wait_minutes":null,"printer":null}' % (0, next(numbers))
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 201, "headers": head})
        await send({"type": "http.response.body", "body": body})

    await WebServer(app, Live("bare", "0"), Listen("127.0.0.1", port)).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
