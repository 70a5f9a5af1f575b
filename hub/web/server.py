"""The HTTP server inside the hub's event loop. It owns no signals: ``hub.compose`` starts and stops it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from hub.quiet_server import QuietServer
from hub.web.bounded_http import BoundedHttp
from hub.web.live import Live
from hub.web.security import is_loopback

_GRACE_SECONDS = 0.4
_FLUSH_SECONDS = 0.3


class ListenRefused(Exception):
    """The settings of ``[web]`` do not allow to listen; the message names the keys, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen; ``port`` 0 lets the system choose. ``certificate`` and ``key`` are PEM files, both or none."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    @property
    def secure(self) -> bool:
        return self.certificate is not None


def check_listen(listen: Listen) -> None:
    """Refuse plain HTTP off loopback, where ``__Host-`` cookies do not work. Raises ``ListenRefused``."""
    if (listen.certificate is None) != (listen.key is None):
        missing = "key" if listen.key is None else "certificate"
        raise ListenRefused(
            f"[web] certificate 和 key 必须同时设置，缺少 [web] {missing}。 "
            f"[web] certificate and key go together; [web] {missing} is missing."
        )
    if not listen.secure and not is_loopback(listen.host):
        raise ListenRefused(
            f"[web] listen = {listen.host}:{listen.port} 不是本机地址，必须设置 [web] certificate 和 [web] key。 "
            f"[web] listen = {listen.host}:{listen.port} is not a loopback address: "
            f"set [web] certificate and [web] key."
        )


class WebServer:
    """``await start()`` listens, ``await stop()`` ends within a second however many live streams are open."""

    def __init__(self, app: ASGIApp, live: Live, listen: Listen) -> None:
        check_listen(listen)
        self._live = live
        self._listen = listen
        self._port: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._server = _Server(
            uvicorn.Config(
                app,
                http=BoundedHttp,
                ws="none",
                loop="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=30,
                backlog=1024,
                h11_max_incomplete_event_size=None,
            )
        )

    @property
    def port(self) -> int:
        """The bound port, after ``start``."""
        assert self._port is not None
        return self._port

    @property
    def url(self) -> str:
        scheme = "https" if self._listen.secure else "http"
        host = f"[{self._listen.host}]" if ":" in self._listen.host else self._listen.host
        return f"{scheme}://{host}:{self.port}"

    async def start(self) -> None:
        """Bind and serve. Raises ``OSError`` when the address is taken, ``ListenRefused`` for an unreadable key."""
        config = self._server.config
        config.load()
        if self._listen.certificate is not None:
            config.ssl = _tls(self._listen.certificate, self._listen.key)
        listening = await _bind(self._listen.host, self._listen.port)
        self._port = int(listening.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]), name="web server")
        await self._server.listening(self._task)

    async def stop(self) -> None:
        """End every stream, let short requests finish for 0.4 s, close. Twice is once."""
        self._live.stop()
        self._server.should_exit = True
        self._server.tick.set()
        if self._task is None:
            return
        await asyncio.gather(self._task, return_exceptions=True)


class _Server(QuietServer):
    """One whose exit does not wait for its next tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.tick = asyncio.Event()

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 10) % 864000
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.tick.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, but it waits for requests themselves instead of looking at them every 0.1 s."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = set(self.server_state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
        until = asyncio.get_running_loop().time() + _FLUSH_SECONDS
        while self.server_state.connections and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110 (a plain set)
            await asyncio.sleep(0.005)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


async def _bind(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    family, kind, protocol, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))[0]
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def _tls(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ListenRefused(
            f"[web] certificate = {certificate} 或 [web] key = {key} 无法使用。 "
            f"[web] certificate = {certificate} or [web] key = {key} cannot be used: {error}"
        ) from error
    return context
