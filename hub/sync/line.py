"""The real line: HTTP/1.1 with connections kept open, over TLS with the hall's certificate where one is set.

A certificate that was renewed on the disk is taken with the next request, without a restart; one that ran out is a
trouble of its own name. Proxies named in the environment are not used, and no redirect is followed: whoever answers at
the address is the online hall or nobody.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from hub.sync.certificates import BadCertificate, certificate_of, days_left
from hub.sync.identity import BadKey
from hub.sync.port import Answer, Ask, LinkDown
from hub.sync.signed_line import UntrustedAnswer

CONNECT_SECONDS: Final = 10.0
SLACK_SECONDS: Final = 30.0
"""Beyond what an answer may take to begin: for what it takes to come."""
LARGEST_ANSWER: Final = 32 * 1024 * 1024
_OPTIONS: Final = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
]


@dataclass(frozen=True, slots=True)
class Tls:
    """``ca``: the authority of the receiver (None: the system's); ``certificate`` and ``key`` of this hall, PEM."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def state(self) -> tuple[int, ...]:
        """Changes when a file does."""
        return tuple(_changed(path) for path in (self.ca, self.certificate, self.key))

    def ended(self) -> bool:
        """Whether the hall's certificate has run out, by this clock."""
        try:
            return (
                self.certificate is not None
                and days_left(certificate_of(self.certificate.read_bytes()), datetime.now(UTC)) < 0
            )
        except (OSError, BadCertificate):
            return False

    def context(self) -> ssl.SSLContext:
        """Raises ``OSError`` or ``ssl.SSLError`` for files that cannot be used."""
        made = ssl.create_default_context(cafile=self.ca)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate is not None:
            made.load_cert_chain(self.certificate, self.key)
        return made


class HttpLine:
    """A ``Line`` to ``url``. ``auth`` signs what is sent and believes only signed answers (``docs/sync-trust.md``).

    ``transport`` stands in for the network, for tests.
    """

    def __init__(
        self,
        url: str,
        tls: Tls | None = None,
        auth: httpx.Auth | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._tls = tls if url.startswith("https:") else None
        self._auth = auth
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._made_of: tuple[int, ...] = ()

    async def call(self, ask: Ask) -> Answer:
        """Raises ``LinkDown``."""
        try:
            client = await self._connected()
        except (OSError, ValueError) as error:
            raise LinkDown("files", f"{type(error).__name__}: {error}"[:200]) from error
        try:
            headers = {"Content-Type": ask.type, **ask.headers} if ask.body else dict(ask.headers)
            timeout = httpx.Timeout(SLACK_SECONDS, connect=CONNECT_SECONDS, read=ask.seconds)
            request = client.build_request(
                ask.method, self._url + ask.path, params=dict(ask.query), content=ask.body, headers=headers,
                timeout=timeout,
            )  # fmt: skip
            async with asyncio.timeout(ask.seconds + SLACK_SECONDS):
                return await _answered(client, request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
            down = _down(error)
            if down.code == "broken-off" and self._tls is not None and self._tls.ended():
                # the other side says so only after the handshake, and the reason is lost on the way
                down = LinkDown("certificate", down.detail)
            raise down from error

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _connected(self) -> httpx.AsyncClient:
        state = () if self._tls is None else self._tls.state()
        if self._client is not None and state == self._made_of:
            return self._client
        await self.close()
        verify: ssl.SSLContext | bool = False if self._tls is None else self._tls.context()
        limits = httpx.Limits(max_connections=4, max_keepalive_connections=4, keepalive_expiry=120)
        transport = self._transport or httpx.AsyncHTTPTransport(
            verify=verify, trust_env=False, limits=limits, socket_options=_OPTIONS
        )
        self._client = httpx.AsyncClient(transport=transport, auth=self._auth, trust_env=False, follow_redirects=False)
        self._made_of = state
        return self._client


async def _answered(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    response = await client.send(request, stream=True)
    try:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > LARGEST_ANSWER:
                raise LinkDown("too-long", f"> {LARGEST_ANSWER}")
            parts.append(part)
    finally:
        await response.aclose()
    return Answer(response.status_code, b"".join(parts), _seconds(response), dict(response.headers))


def _seconds(response: httpx.Response) -> float | None:
    """Retry-After in seconds; a date is not understood."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _down(error: Exception) -> LinkDown:
    told = f"{type(error).__name__}: {error}".removesuffix(": ")[:200]
    if isinstance(error, UntrustedAnswer):
        return LinkDown("untrusted", told)
    if isinstance(error, BadKey | FileNotFoundError | PermissionError):
        return LinkDown("files", told)
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError) or "certificate" in str(seen).lower():
            return LinkDown("certificate", told)
        if isinstance(seen, ssl.SSLError):
            return LinkDown("tls", told)
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, (httpx.TimeoutException, TimeoutError)):
        return LinkDown("timeout", told)
    if isinstance(error, (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return LinkDown("unreachable", told)
    return LinkDown("broken-off", told)


def _changed(path: Path | None) -> int:
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        return -1
