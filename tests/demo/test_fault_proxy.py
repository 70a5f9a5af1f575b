"""Every fault of the proxy, against a small HTTP server on real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from hub.demo.fault_plan import Direction, Plan
from hub.demo.fault_proxy import FaultProxy


@dataclass
class Server:
    """Keeps what is posted and gives the same answer to all of it."""

    bodies: list[bytes] = field(default_factory=list)
    answer: bytes = b"ok"
    port: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = next(
                    int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-le")
                )
                self.bodies.append(await reader.readexactly(size))
                self.asked.set()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(self.answer), self.answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()


@dataclass
class Bench:
    server: Server
    proxy: FaultProxy

    async def post(self, body: bytes = b"x", timeout: float = 5.0) -> bytes:
        async with self.client(timeout) as client:
            return (await client.post("/", content=body)).content

    def client(self, timeout: float = 5.0) -> httpx.AsyncClient:
        base = f"http://127.0.0.1:{self.proxy.port}"
        return httpx.AsyncClient(base_url=base, timeout=timeout, trust_env=False)


@asynccontextmanager
async def bench(keep: int = 0, seed: int = 0, captured: list[bytes] | None = None) -> AsyncGenerator[Bench]:
    server = Server()
    async with AsyncExitStack() as stack:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        stack.callback(listening.close)
        server.port = listening.sockets[0].getsockname()[1]
        capture = None if captured is None else lambda number, part: captured.append(part)
        proxy = FaultProxy("127.0.0.1", server.port, keep=keep, seed=seed, capture=capture)
        await stack.enter_async_context(proxy)
        yield Bench(server, proxy)


async def test_an_open_line_carries_everything_both_ways_and_counts_it() -> None:
    async with bench() as line:
        line.server.answer = bytes(range(256)) * 8192
        assert await line.post(b"y" * 3_000_000) == line.server.answer
        assert line.server.bodies == [b"y" * 3_000_000]
        assert line.proxy.counters.up > 3_000_000
        assert line.proxy.counters.down > 2_000_000


async def test_a_cut_line_refuses_and_resets_and_a_mended_one_carries_again() -> None:
    async with bench() as line, line.client() as client:
        assert (await client.post("/", content=b"1")).content == b"ok"
        line.proxy.cut()
        for _ in range(2):
            with pytest.raises(httpx.TransportError):
                await client.post("/", content=b"2")
        assert line.proxy.is_cut
        line.proxy.mend()
        assert (await client.post("/", content=b"3")).content == b"ok"
    assert line.server.bodies == [b"1", b"3"]
    assert line.proxy.counters.refused >= 1


async def test_a_silent_line_swallows_and_tells_nobody() -> None:
    async with bench() as line:
        line.proxy.cut("silent")
        with pytest.raises(httpx.ReadTimeout):
            await line.post(timeout=0.2)
        assert line.server.bodies == []
        assert line.proxy.counters.swallowed > 0
        line.proxy.mend()
        assert await line.post() == b"ok"


async def test_one_way_lost_the_server_did_it_and_nobody_hears() -> None:
    async with bench() as line:
        line.proxy.cut("silent", up=False)
        with pytest.raises(httpx.ReadTimeout):
            await line.post(b"done", timeout=0.2)
        assert line.server.bodies == [b"done"]


async def test_a_cut_while_an_answer_is_under_way_takes_it_along() -> None:
    async with bench() as line:
        line.proxy.plan = Plan(down=Direction(delay=5.0))
        asked = asyncio.create_task(line.post(b"under way"))
        await line.server.asked.wait()
        line.proxy.cut()
        with pytest.raises(httpx.TransportError):
            await asked
    assert line.server.bodies == [b"under way"]


async def test_a_delay_is_one_delay_however_much_is_sent() -> None:
    async with bench() as line:
        line.proxy.plan = Plan(up=Direction(delay=0.1, jitter=0.05), down=Direction(delay=0.1))
        began = time.monotonic()
        assert await line.post(b"z" * 2_000_000) == b"ok"
        assert 0.2 <= time.monotonic() - began < 2.0
        assert line.server.bodies == [b"z" * 2_000_000]


async def test_a_narrow_line_takes_its_time() -> None:
    async with bench() as line:
        line.proxy.plan = Plan(up=Direction(rate=100_000))
        began = time.monotonic()
        await line.post(b"z" * 30_000)
        assert time.monotonic() - began >= 0.28


@pytest.mark.parametrize("limit", [0, 1, 40, 100_000])
async def test_a_request_is_cut_off_after_so_many_bytes(limit: int) -> None:
    async with bench() as line:
        line.proxy.plan = Plan(up=Direction(truncate=limit))
        with pytest.raises(httpx.TransportError):
            await line.post(b"z" * 1_000_000)
        assert (line.server.bodies, line.proxy.counters.up) == ([], limit)


async def test_an_answer_is_cut_off_after_so_many_bytes() -> None:
    async with bench() as line:
        line.server.answer = b"a" * 100_000
        line.proxy.plan = Plan(down=Direction(truncate=5_000))
        with pytest.raises(httpx.TransportError):
            await line.post()
        assert (line.server.bodies, line.proxy.counters.down) == ([b"x"], 5_000)


async def test_a_request_is_sent_again_byte_for_byte() -> None:
    async with bench(keep=10_000) as line:
        await line.post(b"once")
        answer = await line.proxy.replay(seconds=0.1)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert line.server.bodies == [b"once", b"once"]
        assert line.proxy.counters.replayed == 1


async def test_a_connection_is_overtaken_by_the_next() -> None:
    async with bench() as line:
        await line.post(b"first")
        line.proxy.plan = Plan(hold_every=2)
        line.proxy.changed.clear()
        second = asyncio.create_task(line.post(b"second"))
        await line.proxy.changed.wait()
        third = asyncio.create_task(line.post(b"third"))
        await asyncio.gather(second, third)
        assert line.server.bodies == [b"first", b"third", b"second"]
        assert line.proxy.counters.overtaken == 1


async def dropped(seed: int) -> list[bool]:
    async with bench(seed=seed) as line:
        line.proxy.plan = Plan(up=Direction(drop=0.5))
        found: list[bool] = []
        for n in range(12):
            try:
                await line.post(b"%d" % n)
                found.append(True)
            except httpx.TransportError:
                found.append(False)
        return found


async def test_drops_come_by_a_seed() -> None:
    once = await dropped(7)
    assert len(set(once)) == 2


async def test_what_goes_up_is_captured_whatever_becomes_of_it() -> None:
    captured: list[bytes] = []
    async with bench(captured=captured) as line:
        line.proxy.cut("silent")
        with pytest.raises(httpx.ReadTimeout):
            await line.post("张三丰".encode(), timeout=0.2)
    assert "张三丰".encode() in b"".join(captured)


async def test_a_target_that_is_away_looks_like_a_line_that_broke() -> None:
    async with bench() as line:
        async with FaultProxy("127.0.0.1", 1) as proxy:
            line.proxy, kept = proxy, line.proxy
            with pytest.raises(httpx.TransportError):
                await line.post()
            line.proxy = kept
        assert proxy.counters.unreachable == 1
