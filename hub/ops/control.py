"""The control socket of a running hub, and asking it: one JSON line there, one back.

``{"op": name, "values": {...}}`` → ``{"ok": true, "data": {...}}`` or ``{"ok": false, "exit": n, "zh", "en"}``. The
socket belongs to the hub's own user (0600); whoever may open it may do what the hub's files allow anyway.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from hub.core.paths import StatePaths
from hub.log.lock import InUse
from hub.log.open import log_path
from hub.ops.faults import FATAL, Fault, explain
from hub.ops.premises import Premises, carry_out, closed_premises
from hub.settings import Settings

log = logging.getLogger(__name__)

LINE_BYTES = 8 * 1024 * 1024
STARTING_SECONDS = 10.0
_MAY_BEGIN = ("publish-profile", "publish-calendar", "publish-catalogue")
"""What may be done before the hub's first start; anything else on a log that is not there is a wrong path."""


class _Request(msgspec.Struct):
    op: str
    values: dict[str, object] = {}


class _Answer(msgspec.Struct):
    ok: bool
    data: dict[str, object] = {}
    exit: int = FATAL
    zh: str = ""
    en: str = ""


class ControlSocket:
    """``await start()`` once the hub takes commands, ``await stop()`` before it ends."""

    def __init__(self, premises: Premises, path: Path) -> None:
        self._premises = premises
        self._path = path
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """A socket left by a killed hub is replaced: whoever calls this holds the log's lock."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(self._path) as short:
            listening.bind(short)
        self._path.chmod(0o600)  # before anybody can connect: listening begins below
        self._server = await asyncio.start_unix_server(self._talk, sock=listening, limit=LINE_BYTES)

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for writer in tuple(self._talks):
            writer.close()
        self._path.unlink(missing_ok=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(writer)
        try:
            with suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):
                while line := await reader.readline():
                    answer = await self._answer(line)
                    writer.write(msgspec.json.encode(answer) + b"\n")
                    await writer.drain()
        finally:
            self._talks.discard(writer)
            writer.close()

    async def _answer(self, line: bytes) -> _Answer:
        try:
            request = msgspec.json.decode(line, type=_Request)
            return _Answer(True, await carry_out(self._premises, request.op, request.values))
        except Exception as error:
            fault = explain(error)
            if fault is None:
                log.exception("an operation failed")
                fault = Fault(FATAL, "操作失败，见日志。", "The operation failed; see the hub's logs.")
            return _Answer(False, {}, fault.exit, str(fault))


async def ask_running(path: Path, op: str, values: Mapping[str, object]) -> dict[str, object] | None:
    """What a running hub answers; None when none listens. Raises ``Fault`` for what it refuses."""
    with _short(path) as short:
        try:
            reader, writer = await asyncio.open_unix_connection(short, limit=LINE_BYTES)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
    try:
        writer.write(msgspec.json.encode(_Request(op, dict(values))) + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise Fault(FATAL, "中枢没有回答。", "The hub ended without an answer.")
    answer = msgspec.json.decode(line, type=_Answer)
    if not answer.ok:
        raise Fault(answer.exit, answer.zh, answer.en)
    return answer.data


async def operate(settings: Settings, op: str, values: Mapping[str, object] | None = None) -> dict[str, object]:
    """Have the running hub do it, else do it here. Raises ``Fault``, ``InUse``,
    ``FileNotFoundError`` without a log, and what the operation raises."""
    log_file = log_path(settings.log.url)
    if op not in _MAY_BEGIN and not log_file.exists():
        raise FileNotFoundError(2, "no log", str(log_file))
    log_file.parent.mkdir(parents=True, exist_ok=True)
    path = StatePaths.of(log_file).socket
    loop = asyncio.get_running_loop()
    until = loop.time() + STARTING_SECONDS
    while True:
        answer = await ask_running(path, op, values or {})
        if answer is not None:
            return answer
        try:
            async with closed_premises(settings) as premises:
                return await carry_out(premises, op, values or {})
        except InUse:
            # a hub that starts or stops: its log is held, its socket is not there
            if loop.time() > until:
                raise
            await asyncio.sleep(0.1)


@contextmanager
def _short(path: Path) -> Generator[str]:
    """A name for the socket that fits the 108 bytes of its address, however deep the folder lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
