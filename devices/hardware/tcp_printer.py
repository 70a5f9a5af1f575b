"""A printer on TCP port 9100: one job at a time, and an outcome that claims no more than was proved.

A connection lives for one job or one look at the status. So two writers can share a printer whose card serves one
connection, and an answer to an earlier job dies with its connection. On cards that send it to the next one, the
next job first sends a fence of its own and waits for silence.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, Literal

from devices.hardware.escpos import (
    FENCE,
    PaperLevel,
    PrinterStatus,
    Reply,
    ReplyReader,
    ask_status,
    read_fence,
    read_status,
)


class PrinterUnreachable(Exception):
    """Nothing could be asked: connection refused, no route, or no answer in time. `reason` is a result's reason."""

    def __init__(self, reason: Literal["refused", "unreachable", "no-answer"]) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each step may take, in seconds.

    `answer` is for one DLE EOT; `fence` from the last byte sent to the answer after the cut; `grace` is the time of
    polling that follows a missing fence; `silence` must pass after the fence that clears an unproven job.
    """

    connect: float = 3.0
    answer: float = 1.0
    fence: float = 15.0
    grace: float = 2.0
    silence: float = 3.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """`done`: the fence came back after the cut. `failed`: not one byte of the job was sent. `unknown`: anything else.

    `status` is what the printer last said of itself, if it said anything.
    """

    state: Literal["done", "failed", "unknown"]
    reason: str | None = None
    status: PrinterStatus | None = None


class TcpPrinter:
    """One printer by address. `unproven` is set when a job ended without proof, so that its late answer is expected."""

    def __init__(self, host: str, port: int = 9100, limits: Limits | None = None, *, unproven: bool = False) -> None:
        self.host, self.port = host, port
        self.limits: Final = limits or Limits()
        self.unproven = unproven
        self._turn = asyncio.Lock()

    async def status(self) -> PrinterStatus:
        """Asks DLE EOT 1 to 4; waits for a running job to end. Raises PrinterUnreachable."""
        async with self._turn, self._connected() as line:
            status = await line.status()
        if status is None:
            raise PrinterUnreachable("no-answer")
        return status

    async def print_job(self, job: bytes) -> Outcome:
        """Prints a job that ends with `FENCE`. Never sends it twice, and never raises for what a printer does."""
        if not job.endswith(FENCE):
            raise ValueError("a job ends with its fence")
        async with self._turn:
            try:
                async with self._connected() as line:
                    return await self._print(line, job)
            except PrinterUnreachable as cause:
                return Outcome("failed", cause.reason)

    async def _print(self, line: "_Line", job: bytes) -> Outcome:
        status = await line.status()
        if status is not None and status.obstacle is not None:
            return Outcome("failed", status.obstacle, status)
        if line.lost:
            return Outcome("failed", "no-answer", status)
        if self.unproven:
            if not await self._clear(line):
                return Outcome("failed", "busy-with-earlier-job", status)
            self.unproven = False
        self.unproven = True
        outcome = await self._send(line, job, status)
        self.unproven = outcome.state == "unknown"
        return outcome

    async def _clear(self, line: "_Line") -> bool:
        """Sends a fence of its own: its answer, and silence after it, mean that no earlier answer is under way."""
        line.send(FENCE)
        if await line.fence(self.limits.fence) is None:
            return False
        while await line.fence(self.limits.silence) is not None:
            pass
        return not line.lost

    async def _send(self, line: "_Line", job: bytes, before: PrinterStatus | None) -> Outcome:
        line.discard()
        line.send(job)
        answer = await line.fence(self.limits.fence)
        status = None
        end = time.monotonic() + self.limits.grace
        while answer is None and not line.lost and time.monotonic() < end:
            # Unanswered: ask what is wrong, and go on listening; nothing is ever sent again.
            status = await line.status(stop_at_fence=True)
            answer = await line.fence(min(0.25, self.limits.grace))
        if answer is not None:
            return Outcome("done", None, _after(before, read_fence(answer)))
        if line.lost:
            return Outcome("unknown", "connection-lost")
        reason = status.obstacle if status is not None else None
        return Outcome("unknown", reason or ("no-fence" if status is not None else "no-answer"), status)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncGenerator["_Line"]:
        try:
            async with asyncio.timeout(self.limits.connect):
                reader, writer = await asyncio.open_connection(self.host, self.port)
        except ConnectionRefusedError as cause:
            raise PrinterUnreachable("refused") from cause
        except OSError as cause:  # TimeoutError is one
            raise PrinterUnreachable("unreachable") from cause
        try:
            yield _Line(reader, writer, self.limits.answer)
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(0.5):
                    await writer.wait_closed()
            writer.transport.abort()  # a peer that never reads would hold the close back for ever


def _after(before: PrinterStatus | None, paper: PaperLevel) -> PrinterStatus:
    if before is not None and before.paper is PaperLevel.LOW and paper is PaperLevel.OK:
        return before  # some printers report near end only in real time
    return PrinterStatus(paper=paper)


class _Line:
    """One connection: what was sent, and the replies that came, in two kinds that cannot be confused."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: float) -> None:
        self._reader, self._writer, self._answer = reader, writer, answer
        self._replies = ReplyReader()
        self._in_order: list[int] = []
        self._real_time: list[int] = []
        self.lost = False

    def send(self, data: bytes) -> None:
        """Hands bytes to the kernel; whether they arrive is only known from answers."""
        if not self.lost:
            self._writer.write(data)

    def discard(self) -> None:
        """Forgets answers that came so far."""
        self._in_order.clear()
        self._real_time.clear()

    async def status(self, *, stop_at_fence: bool = False) -> PrinterStatus | None:
        """The answers to DLE EOT 1 to 4, asked one by one; None when the printer gives none at all."""
        answers: dict[int, int] = {}
        for n in (1, 2, 3, 4):
            self._real_time.clear()
            self.send(ask_status(n))
            await self._receive(self._answer, self._real_time, self._in_order if stop_at_fence else None)
            if self._real_time:
                answers[n] = self._real_time.pop()
            if self.lost or n not in answers or (stop_at_fence and self._in_order):
                break
        return read_status(answers) if answers else None

    async def fence(self, limit: float) -> int | None:
        """The next in-order answer; None when none comes within `limit` seconds or the connection is lost."""
        await self._receive(limit, self._in_order)
        return self._in_order.pop(0) if self._in_order else None

    async def _receive(self, limit: float, wanted: list[int], also: list[int] | None = None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while not self.lost and not wanted and not also:
                    await self._read()

    async def _read(self) -> None:
        try:
            data = await self._reader.read(256)
        except OSError:
            data = b""
        if not data:
            self.lost = True
        for reply in self._replies.feed(data):
            self._sort(reply)

    def _sort(self, reply: Reply) -> None:
        if reply.kind == "in-order":
            self._in_order.append(reply.data[0])
        elif reply.kind == "real-time":
            self._real_time.append(reply.data[0])
