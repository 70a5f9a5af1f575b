"""The same resources served by the hub, for an online hall that can reach in (``[sync] serve = true``).

Entries are fetched with ``GET`` instead of posted, messages posted instead of fetched; numbers, chains and problems are
the same. Who asks has been proven before anything comes here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.core.epoch import Epoch
from hub.core.hub import Hub
from hub.core.submission import Committed
from hub.log.port import LogReader
from hub.sync.batch import Batches
from hub.sync.egress import Egress
from hub.sync.envelope import BATCH_TYPE
from hub.sync.feed import own_hash
from hub.sync.inbox import FIRST_HASH, fault_of
from hub.sync.port import HEAD, JSON
from hub.sync.protocol import LONG_POLL_SECONDS, PROBLEM_TYPE, UNREADABLE, Credit, InboxPage, Message, Problem, Standing
from hub.sync.taking import TakenInLog, Taking

MOST_POLLS: Final = 8
LARGEST_PAGE: Final = 8 * 1024 * 1024
_NO_STORE: Final = {"Cache-Control": "no-store"}


class Served:
    """``routes`` lie below ``/sync/v1``. ``reader`` is a connection of its own."""

    def __init__(self, hub: Hub, hall: str, epoch: Epoch, reader: LogReader, gate: Egress) -> None:
        self._hub = hub
        self._hall = hall
        self._epoch = epoch
        self._reader = reader
        self._batches = Batches(reader, gate, f"/halls/{hall}/{epoch.id}")
        self._taken = TakenInLog(hub, reader)
        self._taking = Taking(hub)
        self._grown = asyncio.Event()
        self._posting = asyncio.Lock()
        self._polls = 0
        hub.listen(self._on_committed)

    def routes(self) -> list[Route]:
        """For a mount at ``/sync/v1``."""
        return [
            Route("/halls/{hall}", self._stand, methods=["GET"]),
            Route("/halls/{hall}/{epoch}/entries", self._entries, methods=["GET"]),
            Route("/halls/{hall}/inbox", self._post, methods=["POST"]),
        ]

    # -- asking ---------------------------------------------------------------------------------------------------

    async def _stand(self, request: Request) -> Response:
        """How far the log goes, and how far the online hall's messages were taken."""
        if request.path_params["hall"] != self._hall:
            return _problem(404, Problem("not-yours"))
        return _said(await self._standing())

    async def _entries(self, request: Request) -> Response:
        """``after``, ``limit``, ``wait`` and, to be told of a fork, ``hash`` of the last entry that was taken."""
        asked = request.path_params
        if asked["hall"] != self._hall:
            return _problem(404, Problem("not-yours"))
        if asked["epoch"] != self._epoch.id:
            return _problem(409, Problem("epoch", epoch=self._epoch.id))
        after, limit, wait = (_number(request, name, of) for name, of in (("after", 0), ("limit", 1000), ("wait", 0)))
        if after is None or limit is None or wait is None:
            return _problem(400, Problem("unreadable"))
        hash = request.query_params.get("hash")
        own = await asyncio.to_thread(own_hash, self._reader, after)
        if own is None or (hash is not None and hash.lower() != own):
            head = await asyncio.to_thread(self._reader.head)
            return _problem(409, Problem("forked", committed=head.position, hash=head.hash.hex()))
        if after >= self._hub.head() and wait:
            if self._polls >= MOST_POLLS:
                return _problem(503, Problem("busy"), {"Retry-After": "5"})
            await self._wait(after, min(wait, LONG_POLL_SECONDS))
        batch = await asyncio.to_thread(self._batches.after, after, Credit(max(limit, 1)))
        return Response(batch.body, 200, {**_NO_STORE, HEAD: str(self._hub.head())}, BATCH_TYPE)

    async def _wait(self, after: int, seconds: float) -> None:
        self._polls += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while self._hub.head() <= after:
                        await self._grown.wait()
        finally:
            self._polls -= 1

    def _on_committed(self, _committed: Sequence[Committed]) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    # -- telling --------------------------------------------------------------------------------------------------

    async def _post(self, request: Request) -> Response:
        """A page of messages; those that were taken before are passed over. Answers the standing afterwards."""
        if request.path_params["hall"] != self._hall:
            return _problem(404, Problem("not-yours"))
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_PAGE:
                return _problem(413, Problem("too-large"))
        try:
            page = msgspec.json.decode(body, type=InboxPage)
        except UNREADABLE as error:
            return _problem(400, Problem("unreadable", detail=str(error)[:200]))
        async with self._posting:
            return await self._take(page.messages)

    async def _take(self, messages: Sequence[Message]) -> Response:
        taken, hash = self._taken.last()
        if messages and messages[0].n <= taken:
            await asyncio.to_thread(self._taken.look)
            fresh = [each for each in messages if each.n > taken or self._taken.hash_at(each.n) != each.hash]
            if fresh and fresh[0].n <= taken:
                # it goes on otherwise after a message that both had: it was put back to an older copy
                to = fresh[0].n - 1
                before = FIRST_HASH if to == 0 else self._taken.hash_at(to)
                if to == 0 or before is None or fault_of(fresh, to, before):
                    return self._expected(taken, hash)
                if not await self._taking.rewind(to, before):
                    return _problem(507, Problem("no-room"), {"Retry-After": "10"})
                taken, hash = to, before
            messages = fresh
        if fault_of(messages, taken, hash or FIRST_HASH):
            return self._expected(taken, hash)
        if not await self._taking.take(messages):
            return _problem(507, Problem("no-room"), {"Retry-After": "10"})
        return _said(await self._standing())

    def _expected(self, taken: int, hash: str) -> Response:
        return _problem(409, Problem("expected", inbox=taken, inbox_hash=hash or FIRST_HASH))

    async def _standing(self) -> Standing:
        taken, hash = self._taken.last()
        head = await asyncio.to_thread(self._reader.head)
        return Standing(self._epoch.id, head.position, head.hash.hex(), taken, hash or FIRST_HASH)


def _number(request: Request, name: str, otherwise: int) -> int | None:
    text = request.query_params.get(name, str(otherwise))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _said(body: object) -> Response:
    return Response(msgspec.json.encode(body), 200, _NO_STORE, JSON)


def _problem(status: int, told: Problem, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(told), status, {**_NO_STORE, **(headers or {})}, PROBLEM_TYPE)
