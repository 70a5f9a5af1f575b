"""The receiver as a server: sockets, TLS with client certificates, and the fold of rows beside it."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from hub.quiet_server import QuietServer
from hub.receiver.admission import Admission, Room
from hub.receiver.app import build
from hub.receiver.desk import Desk, open_files, wall_ms
from hub.receiver.open import open_store
from hub.receiver.projecting import projecting
from hub.receiver.settings import ReceiverSettings
from hub.receiver.signed import mutual, signatures
from hub.receiver.trust import Trust
from hub.sync.certified import CertifiedProtocol

_GRACE_SECONDS = 5


def open_desk(settings: ReceiverSettings, trust: Trust | None = None) -> Desk:
    """Raises ``BadUrl``, ``Unavailable``, ``LogBroken``, ``NoRoom``."""
    store = open_store(settings.url)
    try:
        files, uploads = open_files(settings.files, wall_ms, settings.file_mb)
    except BaseException:
        store.close()
        raise
    loop = asyncio.get_running_loop()
    made = Desk(
        store,
        files,
        uploads,
        snapshots=settings.snapshots,
        stale_minutes=settings.stale_minutes,
        admission=Admission(Room(total=settings.memory_mb * 1024 * 1024), loop.time),
    )
    if trust is not None:
        made.trust = trust
    made.appended.set()  # what was not folded when the last process ended
    return made


@asynccontextmanager
async def serving(settings: ReceiverSettings, trust: Trust | None = None) -> AsyncGenerator[tuple[Desk, list[str]]]:
    """The desk and the addresses that are served; everything ends with the block. ``trust`` None: by signatures where
    the settings name the halls' keys, else whoever reaches the address is believed. Raises ``BadKey``."""
    signed = signatures(settings) if trust is None else None
    desk = open_desk(settings, trust if signed is None else signed.trust)
    servers: list[tuple[QuietServer, asyncio.Task[None]]] = []
    urls: list[str] = []
    folding = asyncio.create_task(projecting(desk), name="projecting")
    try:
        apart = bool(settings.city_listen)
        listened = [(settings.listen, build(desk, halls=True, city=not apart, signed=signed), True)]
        if apart:
            listened.append((settings.city_listen, build(desk, halls=False, city=True), False))
        for listen, app, of_halls in listened:
            bound = _bind(listen)
            server = QuietServer(_config(app, settings, of_halls=of_halls))
            task = asyncio.create_task(server.serve(sockets=[bound]), name=f"listening on {listen}")
            servers.append((server, task))
            scheme = "https" if settings.certificate is not None else "http"
            urls.append(f"{scheme}://{listen.rpartition(':')[0]}:{bound.getsockname()[1]}")
            await server.listening(task)
        yield desk, urls
    finally:
        desk.bells.close()
        for server, _ in servers:
            server.should_exit = True
        for _, task in servers:
            await asyncio.gather(task, return_exceptions=True)
        folding.cancel()
        with suppress(asyncio.CancelledError):
            await folding
        desk.close()


async def run(settings: ReceiverSettings, tell: Callable[[list[str]], None]) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings) as (_, urls):
        tell(urls)
        await stop.wait()


def _bind(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def _config(app: ASGIApp, settings: ReceiverSettings, *, of_halls: bool) -> uvicorn.Config:
    ca, certificate, key = settings.client_ca, settings.certificate, settings.key
    context: ssl.SSLContext | None = None
    if of_halls and ca is not None and certificate is not None:
        context = mutual(certificate, key, ca, settings.crl)
    return uvicorn.Config(
        app,
        http=CertifiedProtocol,
        ws="none",
        loop="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        limit_concurrency=5000,
        ssl_certfile=certificate if context is None else None,
        ssl_keyfile=key if context is None else None,
        ssl_context_factory=None if context is None else lambda _config, _default: context,
    )
