"""A city with a small authority and a receiver behind TLS, on a real socket."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from hub.sync.authority import Authority
from hub.sync.certified import CertifiedProtocol, of_socket
from hub.sync.signed_app import SignedApp
from hub.sync.signing import AnswerSigner
from hub.sync.tls import hub_context, receiver_context
from hub.sync.trust_routes import trust_routes
from tests.sync.parties import HALL, Parties

NOW = datetime.now(UTC)


@dataclass
class City:
    parties: Parties
    authority: Authority
    ca: Path
    pair: Path
    server: Path


def begun(tmp_path: Path) -> City:
    authority = Authority.begin(tmp_path / "ca", "示例市 CA", NOW)
    pair = tmp_path / "line.pem"
    authority.issue(HALL, NOW).rename(pair)
    return City(Parties(tmp_path), authority, tmp_path / "ca/ca.pem", pair, authority.serve(["127.0.0.1"], NOW))


@asynccontextmanager
async def served(city: City, crl: Path | None = None) -> AsyncGenerator[str]:
    routes = trust_routes(city.parties.halls, city.authority)
    inner = city.parties._served()
    inner.router.routes[:0] = routes.routes
    app = SignedApp(inner, city.parties.verifier, AnswerSigner(lambda: city.parties.city), certified=of_socket)
    config = uvicorn.Config(
        app,
        http=CertifiedProtocol,
        log_config=None,
        lifespan="off",
        ssl_context_factory=lambda _config, _default: receiver_context(city.server, city.ca, crl),
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            # who connects before it listens is served once it does
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


def line(city: City, base: str, context: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    verify = context or hub_context(city.pair, city.ca)
    return httpx.AsyncClient(base_url=base, verify=verify, auth=city.parties.line(), trust_env=False)
