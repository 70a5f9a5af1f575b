"""The demo's own client of the hub's HTTP API: one connection kept open, JSON both ways, files up.

It acts with a token, or in the session of an account.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from hub.web.security import cookie_name

R = TypeVar("R")

_LIMIT = 4 * 1024 * 1024
_JSON = {"Content-Type": "application/json"}
_BYTES = {"Content-Type": "application/octet-stream"}
_TUS = {"Tus-Resumable": "1.0.0"}
_CHUNK = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}


class ApiRefused(Exception):
    """The API answered with a problem document."""

    def __init__(self, status: int, code: str, title: str) -> None:
        super().__init__(f"{status} {code}: {title}")
        self.status, self.code = status, code


class ApiUnreachable(Exception):
    """No answer, or none that HTTP knows; whether the act was done is not known."""


class _Detail(msgspec.Struct, frozen=True):
    zh: str = ""
    en: str = ""


class _Problem(msgspec.Struct):
    code: str = ""
    title: str = ""
    detail: _Detail | str = ""


class _Me(msgspec.Struct):
    csrf: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    fields: Mapping[str, str]
    content: bytes


class ApiClient:
    """``url`` as the hub tells it, ``token`` a bearer's, None before ``take_session``; ``certificate`` its own."""

    def __init__(self, url: str, token: str | None, certificate: Path | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._host, self._port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        self._origin = f"{parts.scheme}://{self._host}:{self._port}"
        self._who = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._tls: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cafile=certificate)
            self._tls.check_hostname = False
        self._turn = asyncio.Lock()
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def take_session(self, session: str) -> None:
        """Act as the account of that session from now on. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        self._who = {"Origin": self._origin, "Cookie": f"{cookie_name(secure=self._tls is not None)}={session}"}
        self._who["X-CSRF-Token"] = (await self.get("/api/v1/me", _Me)).csrf

    async def get(self, path: str, reply: type[R]) -> R:
        """Raises ``ApiRefused`` or ``ApiUnreachable``."""
        return msgspec.json.decode((await self._ask("GET", path, b"", _JSON)).content, type=reply)

    async def post(self, path: str, body: object, reply: type[R], *, key: str | None = None) -> R:
        """``key`` is the idempotency key. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        more = _JSON if key is None else {**_JSON, "Idempotency-Key": key}
        return msgspec.json.decode((await self._ask("POST", path, msgspec.json.encode(body), more)).content, type=reply)

    async def put(self, path: str, content: bytes, reply: type[R]) -> R:
        """Raises ``ApiRefused`` or ``ApiUnreachable``."""
        return msgspec.json.decode((await self._ask("PUT", path, content, _BYTES)).content, type=reply)

    async def upload(self, content: bytes) -> str:
        """Store a file over tus; its SHA-256. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        begun = await self._ask("POST", "/api/v1/uploads", b"", {**_TUS, "Upload-Length": str(len(content))})
        sent = await self._ask("PATCH", begun.fields["location"], content, {**_TUS, **_CHUNK})
        return sent.fields["material-sha256"]

    async def close(self) -> None:
        async with self._turn:
            self._drop()

    async def _ask(self, method: str, path: str, body: bytes, more: Mapping[str, str]) -> _Answer:
        fields = {"Host": f"{self._host}:{self._port}", **self._who, **more, "Content-Length": str(len(body))}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        async with self._turn:
            try:
                answer = await self._exchange(head.encode() + b"\r\n" + body, fresh=self._link is None)
            except BaseException:
                self._drop()
                raise
        if answer.status >= 400:
            try:
                problem = msgspec.json.decode(answer.content, type=_Problem)
            except msgspec.DecodeError:
                problem = _Problem()
            detail = problem.detail
            said = (detail if isinstance(detail, str) else f"{detail.zh} {detail.en}".strip()) or problem.title
            raise ApiRefused(answer.status, problem.code, said)
        return answer

    async def _exchange(self, request: bytes, *, fresh: bool) -> _Answer:
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
        return _Answer(int(lines[0].split()[1]), fields, content)

    def _drop(self) -> None:
        if self._link is not None:
            self._link[1].close()
            self._link = None
