"""Signed requests over a line that misbehaves: real sockets, uvicorn, httpx and the proxy."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from hub.demo.fault_plan import Direction, Plan
from hub.demo.fault_proxy import FaultProxy
from tests.sync.parties import HALL, Parties

TARGET = f"/sync/v1/halls/{HALL}/e1/entries"


@asynccontextmanager
async def bad_line(parties: Parties) -> AsyncGenerator[tuple[FaultProxy, httpx.AsyncClient]]:
    config = uvicorn.Config(parties.app, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            async with FaultProxy(*listening.getsockname(), keep=100_000) as proxy:
                base = f"http://127.0.0.1:{proxy.port}"
                async with httpx.AsyncClient(base_url=base, auth=parties.line(), trust_env=False) as client:
                    yield proxy, client
        finally:
            server.should_exit = True
            await running


async def test_a_recorded_request_that_is_sent_again_is_refused(tmp_path: Path) -> None:
    parties = Parties(tmp_path)
    async with bad_line(parties) as (proxy, client):
        assert (await client.post(TARGET, content=b"[1]")).is_success
        said = await proxy.replay(seconds=0.3)
        assert said.count(b"HTTP/1.1 401") == 2
        assert b'"replayed"' in said
        assert len(parties.seen) == 1


async def test_an_answer_that_was_lost_is_asked_for_again_under_a_new_count(tmp_path: Path) -> None:
    parties = Parties(tmp_path)
    async with bad_line(parties) as (proxy, client):
        await client.post(TARGET, content=b"[1]")
        proxy.plan = Plan(down=Direction(truncate=20))
        with pytest.raises(httpx.TransportError):
            await client.post(TARGET, content=b"[2]")
        proxy.plan = Plan()
        assert (await client.post(TARGET, content=b"[2]")).is_success
    # signatures say who asks; that it is done once is the receiver's numbering
    assert [body for _, _, body in parties.seen] == [b"[1]", b"[2]", b"[2]"]


async def test_a_large_request_without_a_challenge_hears_that_it_needs_one(tmp_path: Path) -> None:
    parties = Parties(tmp_path)
    async with bad_line(parties) as (_, client):
        assert (await client.post(TARGET, content=bytes(4 * 1024 * 1024))).is_success
    assert [len(body) for _, _, body in parties.seen] == [4 * 1024 * 1024]
