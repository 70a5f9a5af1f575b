"""A TCP proxy between a hall and its city that misbehaves as told: the demo's switch, and the tests' bad line.

``plan`` may be changed at any time: cuts act on open connections at once, the rest on what is read from then on. It
sees bytes, so whoever wants to look into a captured request lets it stand before TLS is put on.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hub.demo.fault_plan import Counters, Plan, Way

_PART = 64 * 1024
_UNDER_WAY = 256


@dataclass(eq=False, slots=True)
class _Connection:
    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    far: asyncio.StreamWriter | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    sent: bytearray = field(default_factory=bytearray)

    def reset(self) -> None:
        self.broken.set()
        for writer in (self.writer, self.far):
            if writer is not None:
                # abort, so that nothing waiting in a buffer still gets through
                writer.transport.abort()

    async def pause(self, seconds: float) -> None:
        """Ends early when the connection breaks."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.broken.wait(), seconds)


class FaultProxy:
    """Listens on a free port of loopback for connections to ``host:port``. Use it with ``async with``.

    ``capture`` is called with the number of the connection and each part that goes up, before any fault; ``keep``: so
    many bytes that went up of each connection are kept, so that ``replay`` can send them again.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        listen: int = 0,
        seed: int = 0,
        keep: int = 0,
        capture: Callable[[int, bytes], None] | None = None,
    ) -> None:
        self.plan = Plan()
        self.counters = Counters()
        self.changed = asyncio.Event()
        """Set whenever a connection begins or ends; a test clears it and waits."""
        self._target = (host, port)
        self._listen = listen
        self._random = random.Random(seed)  # noqa: S311 - a plan that can be repeated, no secret
        self._keep = keep
        self._capture = capture
        self._server: asyncio.Server | None = None
        self._open: list[_Connection] = []
        self._sent: dict[int, bytes] = {}
        self._arrived = asyncio.Condition()

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._listen)
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._server is not None:
            self._server.close()
        self._reset_all()
        while self._open:
            self.changed.clear()
            await self.changed.wait()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the proxy is not started")
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self, way: Way = "refuse", *, up: bool = True, down: bool = True) -> None:
        """Cuts the line, or one direction of it. Cut by ``refuse``, open connections are reset."""
        self.plan = replace(
            self.plan,
            up=replace(self.plan.up, way=way) if up else self.plan.up,
            down=replace(self.plan.down, way=way) if down else self.plan.down,
        )
        if way == "refuse":
            self._reset_all()

    def mend(self) -> None:
        """The line is open again, with whatever else the plan has. Connections that were silent are reset: bytes were
        lost on them, as on a real line whose state was dropped.
        """
        silent = "silent" in (self.plan.up.way, self.plan.down.way)
        self.plan = replace(self.plan, up=replace(self.plan.up, way="open"), down=replace(self.plan.down, way="open"))
        if silent:
            self._reset_all()

    @property
    def is_cut(self) -> bool:
        return self.plan.up.way != "open" or self.plan.down.way != "open"

    async def replay(self, number: int = 0, *, seconds: float = 5.0) -> bytes:
        """Sends what went up on connection ``number``, the last one for 0, again on a new one; the answer's bytes.

        Reads until the target closes or is silent for ``seconds``. Raises ``KeyError`` where nothing was kept.
        """
        for connection in self._open:
            self._sent[connection.number] = bytes(connection.sent)
        sent = self._sent[number or max(self._sent, default=0)]
        reader, writer = await asyncio.open_connection(*self._target)
        self.counters.replayed += 1
        answer = bytearray()
        try:
            writer.write(sent)
            await writer.drain()
            with suppress(TimeoutError):
                while part := await asyncio.wait_for(reader.read(_PART), seconds):
                    answer += part
        finally:
            writer.transport.abort()
        return bytes(answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counters.connections += 1
        connection = _Connection(self.counters.connections, reader, writer)
        if "refuse" in (self.plan.up.way, self.plan.down.way):
            self.counters.refused += 1
            connection.reset()
            self.changed.set()
            return
        self._open.append(connection)
        self.changed.set()
        try:
            async with self._arrived:
                self._arrived.notify_all()
            await self._carry(connection)
        finally:
            connection.reset()
            connection.answered.set()
            self._open.remove(connection)
            if self._keep:
                self._sent[connection.number] = bytes(connection.sent)
                self._sent.pop(connection.number - 100, None)
            self.changed.set()

    async def _carry(self, connection: _Connection) -> None:
        if self.plan.hold_every and connection.number % self.plan.hold_every == 0:
            await self._let_pass(connection)
        try:
            far_reader, far = await asyncio.open_connection(*self._target)
        except OSError:
            self.counters.unreachable += 1
            return
        connection.far = far
        for writer in (far, connection.writer):
            writer.transport.set_write_buffer_limits(0)
        ways = (
            self._pump(connection, connection.reader, far, up=True),
            self._pump(connection, far_reader, connection.writer, up=False),
        )
        await asyncio.gather(*ways)

    async def _let_pass(self, connection: _Connection) -> None:
        """Waits until a connection that came later got an answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan.hold_seconds):
                async with self._arrived:
                    await self._arrived.wait_for(lambda: self._open[-1].number > connection.number)
                    later = self._open[-1]
                await later.answered.wait()
                self.counters.overtaken += 1

    async def _pump(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool
    ) -> None:
        """Reads on while parts are under way, so that a delay is one and not a limit of the rate."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_UNDER_WAY)
        delivery = asyncio.create_task(self._deliver(connection, under_way, writer, up=up))
        try:
            while part := await reader.read(_PART):
                if up:
                    self._note(connection, part)
                await under_way.put((time.monotonic(), part))
        except ConnectionError:
            connection.reset()
        await under_way.put((time.monotonic(), b""))
        await delivery

    async def _deliver(
        self,
        connection: _Connection,
        under_way: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        *,
        up: bool,
    ) -> None:
        passed = 0
        while True:
            began, part = await under_way.get()
            told = self.plan.up if up else self.plan.down
            if not part:
                if told.way == "open" and not connection.broken.is_set() and writer.can_write_eof():
                    writer.write_eof()
                return
            if connection.broken.is_set():
                continue
            if told.way == "silent":
                self.counters.swallowed += len(part)
                continue
            if told.drop and self._random.random() < told.drop:
                self._broken(connection)
                continue
            late = began + told.delay + self._random.uniform(0.0, told.jitter) - time.monotonic()
            if late > 0:
                await connection.pause(late)
            ends = told.truncate is not None and passed + len(part) >= told.truncate
            part = part[: (told.truncate or 0) - passed] if ends else part
            try:
                await _written(connection, writer, part, told.rate)
            except ConnectionError:
                connection.reset()
                continue
            passed += len(part)
            self._count(connection, len(part), up=up)
            if ends:
                self._broken(connection)

    def _note(self, connection: _Connection, part: bytes) -> None:
        if self._capture is not None:
            self._capture(connection.number, part)
        connection.sent += part[: max(0, self._keep - len(connection.sent))]

    def _count(self, connection: _Connection, size: int, *, up: bool) -> None:
        if up:
            self.counters.up += size
        else:
            self.counters.down += size
            connection.answered.set()

    def _broken(self, connection: _Connection) -> None:
        self.counters.reset += 1
        connection.reset()

    def _reset_all(self) -> None:
        for connection in self._open:
            self._broken(connection)


async def _written(connection: _Connection, writer: asyncio.StreamWriter, part: bytes, rate: float) -> None:
    """On the wire when this returns, so that a reset after it does not take it along."""
    piece = max(1, int(rate / 20)) if rate else len(part)
    for start in range(0, len(part), max(piece, 1)):
        writer.write(part[start : start + piece])
        await writer.drain()
        if rate:
            await connection.pause(min(piece, len(part) - start) / rate)
