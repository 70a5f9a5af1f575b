"""A model of the receiver: the whole contract in memory, for simulations, and behind a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import msgspec
import uvicorn

from hub.log.chain import GENESIS
from hub.log.entry import Head
from hub.sync.envelope import BadEnvelope, CloudEvent, decode_batch, follow, position
from hub.sync.inbox_chain import START, message_hash
from hub.sync.lines import decode_any
from hub.sync.port import Answer, Ask
from hub.sync.protocol import (
    Appended,
    Credit,
    InboxPage,
    Message,
    Opening,
    Problem,
    Standing,
)


@dataclass
class ModelReceiver:
    """One hall's history as a city keeps it. ``restored(n)`` puts it back to an older copy."""

    epoch: str = ""
    left: set[str] = field(default_factory=set[str])
    events: list[CloudEvent] = field(default_factory=list[CloudEvent])
    abandoned: list[CloudEvent] = field(default_factory=list[CloudEvent])
    inbox: list[Message] = field(default_factory=list[Message])
    credit: Credit = field(default_factory=Credit)
    requests: int = 0
    versions: tuple[int, ...] = (1,)
    """``()``: as a receiver that has never heard of versions."""
    came: set[str] = field(default_factory=set[str])
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def head(self) -> Head:
        return Head(len(self.events), self.events[-1].chainhash) if self.events else Head(0, GENESIS)

    def hash_at(self, at: int) -> str:
        return (self.events[at - 1].chainhash if at else GENESIS).hex()

    def restored(self, entries: int, inbox: int) -> None:
        del self.events[entries:], self.inbox[inbox:]

    def post(self, id: str, type: str, data: object, at: int = 0) -> Message:
        """A citizen's wish: the next message of the inbox."""
        body = msgspec.json.encode(data)
        n = len(self.inbox) + 1
        before = bytes.fromhex(self.inbox[-1].hash) if self.inbox else START
        made = Message(n, id, type, at, msgspec.Raw(body), message_hash(before, n, id, type, at, body).hex())
        self.inbox.append(made)
        self.grown.set()
        return made

    def answer(self, ask: Ask) -> Answer:
        """What a receiver with these entries says."""
        self.requests += 1
        parts = ask.path.strip("/").split("/")
        if ask.method == "PUT" and parts[-2] == "epochs":
            return self._open(parts[-1], msgspec.json.decode(ask.body, type=Opening))
        if ask.method == "POST" and parts[-1] == "entries":
            self.came.add(ask.type)
            return self._append(parts[-2], int(ask.query["base"]), ask)
        if ask.method == "GET" and parts[-1] == "inbox":
            return self._page(int(ask.query["after"]), ask.query["hash"])
        return Answer(404)

    def _open(self, epoch: str, opening: Opening) -> Answer:
        if epoch in self.left:
            return _said(409, Problem("epoch", epoch=self.epoch))
        if epoch != self.epoch:
            head = self.head
            if opening.after > head.position or self.hash_at(opening.after) != opening.hash:
                return _said(409, Problem("forked", committed=head.position, hash=head.hash.hex()))
            self.abandoned += self.events[opening.after :]
            del self.events[opening.after :]
            if self.epoch:
                self.left.add(self.epoch)
            self.epoch = epoch
        return _said(200, self.standing())

    def standing(self) -> Standing:
        head = self.head
        last = self.inbox[-1].hash if self.inbox else ""
        return Standing(
            self.epoch, head.position, head.hash.hex(), len(self.inbox), last, self.credit, versions=self.versions
        )

    def _append(self, epoch: str, base: int, ask: Ask) -> Answer:
        if epoch != self.epoch:
            return _said(409, Problem("epoch", epoch=self.epoch))
        head = self.head
        if base != head.position + 1:
            return _said(409, Problem("expected", committed=head.position, hash=head.hash.hex()))
        try:
            if self.versions == (1,):
                events = decode_batch(ask.body)
            else:
                events = decode_any(ask.body, ask.type, ask.headers.get("Content-Encoding", ""))
            follow(events, head)
        except BadEnvelope as bad:
            return _said(400, Problem("unreadable", detail=str(bad)))
        assert position(events[0]) == base
        self.events += events
        return _said(200, Appended(len(self.events), self.credit))

    def _page(self, after: int, hash: str) -> Answer:
        mine = self.inbox[after - 1].hash if 0 < after <= len(self.inbox) else START.hex()
        if after > len(self.inbox) or mine != hash:
            last = self.inbox[-1].hash if self.inbox else START.hex()
            return _said(409, Problem("inbox-behind", inbox=len(self.inbox), inbox_hash=last))
        return _said(200, InboxPage(self.inbox[after : after + 100], len(self.inbox)))


def _said(status: int, body: object) -> Answer:
    return Answer(status, msgspec.json.encode(body))


class Direct:
    """A ``Line`` to a model without a wire."""

    def __init__(self, receiver: ModelReceiver) -> None:
        self._receiver = receiver

    async def call(self, ask: Ask) -> Answer:
        await asyncio.sleep(0)
        return self._receiver.answer(ask)


class Served:
    """The model as an ASGI application; the inbox is a long poll."""

    def __init__(self, receiver: ModelReceiver) -> None:
        self.receiver = receiver

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        assert scope["type"] == "http"
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {name.decode().title(): value.decode() for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode()))
        kind = headers.get("Content-Type", "")
        ask = Ask(scope["method"], scope["path"], query, body, kind, headers=headers)
        answer = self.receiver.answer(ask)
        if ask.path.endswith("/inbox") and answer.status == 200 and answer.body.startswith(b'{"messages":[]'):
            self.receiver.grown.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.receiver.grown.wait(), min(float(ask.query.get("wait", "0")), 5))
            answer = self.receiver.answer(ask)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})


@contextlib.asynccontextmanager
async def listening(receiver: ModelReceiver) -> AsyncGenerator[str]:
    """The model's address on the loopback."""
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Served(receiver), log_config=None, lifespan="off", ws="none", loop="none")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        receiver.grown.set()
        await task
