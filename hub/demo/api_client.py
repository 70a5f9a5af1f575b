"""The demo's own client of the hub's HTTP API: one connection kept open, JSON both ways."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

R = TypeVar("R")

_LIMIT = 4 * 1024 * 1024


class ApiRefused(Exception):
    """The API answered with a problem document."""

    def __init__(self, status: int, code: str, title: str) -> None:
        super().__init__(f"{status} {code}: {title}")
        self.status, self.code = status, code


class ApiUnreachable(Exception):
    """No answer, or none that HTTP knows; whether the act was done is not known."""


class _Problem(msgspec.Struct):
    code: str = ""
    title: str = ""


class ApiClient:
    """``url`` as the hub tells it, ``token`` a bearer's; ``certificate`` is the hub's own, trusted here."""

    def __init__(self, url: str, token: str, certificate: Path | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._host, self._port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        self._token = token
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=certificate)
            self._tls.check_hostname = False
        self._turn = asyncio.Lock()
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, reply: type[R]) -> R:
        """Raises ``ApiRefused`` or ``ApiUnreachable``."""
        return msgspec.json.decode(await self._ask("GET", path, b"", None), type=reply)

    async def post(self, path: str, body: object, reply: type[R], *, key: str | None = None) -> R:
        """``key`` is the idempotency key. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        return msgspec.json.decode(await self._ask("POST", path, msgspec.json.encode(body), key), type=reply)

    async def close(self) -> None:
        async with self._turn:
            self._drop()

    async def _ask(self, method: str, path: str, body: bytes, key: str | None) -> bytes:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        if key is not None:
            head += f"Idempotency-Key: {key}\r\n"
        async with self._turn:
            try:
                status, answer = await self._exchange(head.encode() + b"\r\n" + body, fresh=self._link is None)
            except BaseException:
                self._drop()
                raise
        if status >= 400:
            try:
                problem = msgspec.json.decode(answer, type=_Problem)
            except msgspec.DecodeError:
                problem = _Problem()
            raise ApiRefused(status, problem.code, problem.title)
        return answer

    async def _exchange(self, request: bytes, *, fresh: bool) -> tuple[int, bytes]:
        try:
            if self._link is None:
                self._link = await asyncio.open_connection(self._host, self._port, ssl=self._tls, limit=_LIMIT)
            reader, writer = self._link
            writer.write(request)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (OSError, asyncio.IncompleteReadError) as error:
            self._drop()
            if not fresh and (isinstance(error, ConnectionError) or not getattr(error, "partial", b"-")):
                # a connection kept open had been closed meanwhile: every act carries a key or may be repeated
                return await self._exchange(request, fresh=True)
            raise ApiUnreachable(str(error)) from error
        lines = head.split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        try:
            content = await reader.readexactly(int(fields.get("content-length", "0")))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise ApiUnreachable(str(error)) from error
        if fields.get("connection", "").lower() == "close":
            self._drop()
        return int(lines[0].split()[1]), content

    def _drop(self) -> None:
        if self._link is not None:
            self._link[1].close()
            self._link = None
