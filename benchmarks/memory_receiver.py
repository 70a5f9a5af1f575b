"""A receiver that only keeps what comes, in memory: ``python -m benchmarks.memory_receiver PORT``.

It decodes each batch, follows its chain and keeps the events, as the contract has it, and nothing else: what a feed
reaches here is what its own side and the line allow. ``GET /figures`` tells what came, and the seconds from the first
opening of an epoch to the last entry.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import uvicorn
from starlette.types import Receive, Scope, Send

from hub.sync.protocol import Credit
from tests.sync.receivers import ModelReceiver, Served

CREDIT = Credit(2000, 4 * 1024 * 1024)


class Timed:
    """The model, and when it heard what."""

    def __init__(self) -> None:
        self._model = ModelReceiver(credit=CREDIT, versions=(1, 2))
        self._served = Served(self._model)
        self._opened = self._last = 0.0
        self._batches = self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/figures":
            await self._figures(send)
            return
        await self._served(scope, receive, send)
        now = time.perf_counter()
        if scope["method"] == "PUT":
            self._opened = self._opened or now
        elif scope["method"] == "POST":
            self._last = now
            self._batches += 1
            self._bytes += sum(int(value) for name, value in scope["headers"] if name == b"content-length")

    async def _figures(self, send: Send) -> None:
        body = json.dumps(
            {
                "entries": len(self._model.events),
                "seconds": self._last - self._opened,
                "batches": self._batches,
                "bytes": self._bytes,
            }
        ).encode()
        head = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    config = uvicorn.Config(
        Timed(), host="127.0.0.1", port=int(sys.argv[1]), log_config=None, lifespan="off", ws="none", access_log=False
    )
    asyncio.run(uvicorn.Server(config).serve())
