"""A ticket printer without metal: a socket on TCP 9100 whose paper is a picture, with faults that can be set.

Judged by emupos 0.4 (tests/devices/hardware/test_emupos.py): what prints here must print there. Run by itself:
`python -m devices.simulated.ticket_printer --port 9100 --out DIR`.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, Self

from devices.simulated.escpos_stream import Command, Stream, Token
from devices.simulated.paper import Head, Paper

_log = logging.getLogger(__name__)

Level = Literal["ok", "low", "out"]

_BUFFER: Final = 64 * 1024
_CUTTER: Final = 120  # dots from the head to the cutter: GS V 65/66 feed that far first


@dataclass
class Faults:
    """What is wrong with the printer. Set a field and it holds from then on; a standing printer resumes at once.

    `paper`, `cover_open`, `offline` stop the printing and are what the status bytes say. `never_reads`: accepts and
    takes nothing off the socket. `mute`: works, but answers no DLE EOT. `drop_fence`: GS r is never answered.
    `crossed_replies`: answers to data of a closed connection reach whoever is connected now. Armed ones fire once:
    `out_after_dots` (paper ends that much later), `reset_after_bytes` (buffer and connections lost that many bytes
    later), `power_loss_before_fence` (off after the cut, before the answer). `delay` is the seconds before a fence is
    answered.
    """

    paper: Level = "ok"
    cover_open: bool = False
    offline: bool = False
    never_reads: bool = False
    mute: bool = False
    drop_fence: bool = False
    crossed_replies: bool = False
    out_after_dots: int | None = None
    reset_after_bytes: int | None = None
    power_loss_before_fence: bool = False
    delay: float = 0.0
    changed: Callable[[], None] = field(default=lambda: None, repr=False)

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        changed = self.__dict__.get("changed")
        if changed is not None and name != "changed":
            changed()


@dataclass(eq=False, slots=True)
class _Connection:
    writer: asyncio.StreamWriter
    stream: Stream = field(default_factory=Stream)
    automatic: bytes | None = None


class SimulatedPrinter:
    """The printer. `papers` keeps the last pieces of paper, `unknown` counts bytes that were no command it knows.

    One connection is served at a time, as network cards of printers do; others wait. What was received stays in the
    buffer when its connection closes, and is printed when paper is back: a late flush.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        keep: int = 20,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_paper: Callable[[Paper], None] | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.papers: deque[Paper] = deque(maxlen=keep)
        self.printed = 0
        self.unknown = 0
        self.received = 0
        self._clock, self._on_paper = clock, on_paper
        self._server: asyncio.Server | None = None
        self._connections: list[_Connection] = []
        self._handlers: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._buffer: deque[tuple[_Connection, Token]] = deque()
        self._held = 0
        self._head = Head()
        self._waiting: asyncio.TimerHandle | None = None
        self._pumping = False
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self.faults = Faults(changed=self._faults_changed)

    async def __aenter__(self) -> Self:
        await self.power_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.power_off()

    async def power_on(self) -> None:
        """Listens; the port stays the same over power cycles. Raises OSError when it is taken."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, self.host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def power_off(self) -> None:
        """Drops connections, buffer and modes, as pulling the plug does; a piece of half-printed paper stays."""
        self._lose_power()
        for handler in list(self._handlers):
            handler.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for a condition that is looked at whenever the printer received or printed something."""
        while not condition():
            self._moved.clear()
            await self._moved.wait()

    def _lose_power(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._reset()

    def _reset(self) -> None:
        for connection in self._connections:
            connection.writer.transport.abort()
        self._buffer.clear()
        self._held = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._tear(cut=False)
        self._head = Head()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(writer)
        try:
            async with self._turn:
                self._connections.append(connection)
                with contextlib.suppress(ConnectionError):
                    await self._read(reader, connection)
        finally:
            if connection in self._connections:
                self._connections.remove(connection)
            self.unknown += connection.stream.unknown
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, connection: _Connection) -> None:
        while True:
            while self.faults.never_reads or self._held > _BUFFER:
                self._wake.clear()
                await self._wake.wait()
            data = await reader.read(4096)
            if not data:
                return
            self.received += len(data)
            limit = self.faults.reset_after_bytes
            taken = data if limit is None else data[:limit]
            for token in connection.stream.feed(taken):
                if isinstance(token, Command) and token.name == "DLE EOT":
                    self._real_time(connection, token.args[0])
                else:
                    self._buffer.append((connection, token))
                    self._held += _size(token)
            self._pump()
            if limit is not None and len(data) >= limit:
                self.faults.reset_after_bytes = None
                self._reset()
                return
            if limit is not None:
                self.faults.reset_after_bytes = limit - len(data)

    @property
    def _standing(self) -> bool:
        faults = self.faults
        return faults.paper == "out" or faults.cover_open or faults.offline

    def _faults_changed(self) -> None:
        self._wake.set()
        for connection in self._connections:
            if connection.automatic is not None and connection.automatic != self._automatic():
                self._send_automatic(connection)
        self._pump()

    def _pump(self) -> None:
        """Works off the buffer in order until it is empty or something stops the head."""
        if not self._pumping:  # a fault that fires while printing gets here again
            self._pumping = True
            while self._buffer and not self._standing and self._waiting is None:
                connection, token = self._buffer.popleft()
                self._held -= _size(token)
                self._print(connection, token)
            self._pumping = False
        self._wake.set()
        self._moved.set()

    def _print(self, connection: _Connection, token: Token) -> None:
        if isinstance(token, Command) and token.name == "GS r":
            self._fence(connection)
            return
        if isinstance(token, Command) and token.name == "GS a":
            connection.automatic = b"" if token.args[0] else None
            if token.args[0]:
                self._send_automatic(connection)
            return
        used = self._head.apply(token)
        if isinstance(token, Command) and token.name == "GS V":
            used += _CUTTER
            self._tear(cut=True)
        left = self.faults.out_after_dots
        if left is not None and used:
            self.faults.out_after_dots = max(0, left - used) if left > used else None
            if left <= used:
                self._tear(cut=False)
                self.faults.paper = "out"

    def _tear(self, *, cut: bool) -> None:
        strokes = self._head.take()
        if not strokes:
            return
        paper = Paper(strokes, self._clock(), cut)
        self.papers.append(paper)
        self.printed += 1
        if self._on_paper is not None:
            self._on_paper(paper)

    def _fence(self, connection: _Connection) -> None:
        if self.faults.power_loss_before_fence:
            self.faults.power_loss_before_fence = False
            self._lose_power()
        elif self.faults.drop_fence:
            pass
        elif self.faults.delay > 0:
            self._waiting = asyncio.get_running_loop().call_later(self.faults.delay, self._answer_late, connection)
        else:
            self._answer(connection)

    def _answer_late(self, connection: _Connection) -> None:
        self._waiting = None
        self._answer(connection)
        self._pump()

    def _answer(self, connection: _Connection) -> None:
        answer = {"ok": 0x00, "low": 0x03, "out": 0x0F}[self.faults.paper]
        if connection in self._connections:
            connection.writer.write(bytes((answer,)))
        elif self.faults.crossed_replies and self._connections:
            self._connections[-1].writer.write(bytes((answer,)))

    def _real_time(self, connection: _Connection, n: int) -> None:
        faults = self.faults
        if faults.mute or n not in (1, 2, 3, 4):
            return
        bits = {
            1: 0x08 if self._standing else 0,
            2: (0x04 if faults.cover_open else 0) | (0x20 if faults.paper == "out" else 0),
            3: 0,
            4: {"ok": 0x00, "low": 0x0C, "out": 0x6C}[faults.paper],
        }
        connection.writer.write(bytes((0x12 | bits[n],)))

    def _automatic(self) -> bytes:
        first = 0x10 | (0x08 if self._standing else 0) | (0x20 if self.faults.cover_open else 0)
        return bytes((first, 0, {"ok": 0x00, "low": 0x03, "out": 0x0F}[self.faults.paper], 0))

    def _send_automatic(self, connection: _Connection) -> None:
        connection.automatic = self._automatic()
        connection.writer.write(connection.automatic)


def _size(token: Token) -> int:
    return len(token.args) + 2 if isinstance(token, Command) else len(token.data)


async def _run(host: str, port: int, out: Path) -> None:
    def keep(paper: Paper) -> None:
        name = f"{paper.at:%Y%m%dT%H%M%S}-{printer.printed:04d}{'' if paper.cut else '-torn'}"
        (out / f"{name}.png").write_bytes(paper.image_png)
        (out / f"{name}.txt").write_text(paper.text + "\n", encoding="utf-8")
        _log.info("paper %s", out / f"{name}.png")

    printer = SimulatedPrinter(host=host, port=port, on_paper=keep)
    async with printer:
        _log.info("a simulated ticket printer listens on %s:%d, its paper goes to %s", printer.host, printer.port, out)
        await asyncio.Event().wait()


def main(arguments: list[str] | None = None) -> None:
    """Command line; runs until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m devices.simulated.ticket_printer", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--out", type=Path, default=Path("papers"), metavar="DIR")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(options.host, options.port, options.out))


if __name__ == "__main__":
    main()
