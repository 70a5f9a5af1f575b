from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.web.live_stream import MOST_CHANNELS
from tests.web.running import Hall, running_hall


@asynccontextmanager
async def stream(hall: Hall, *channels: str, **headers: str) -> AsyncIterator[tuple[int, asyncio.StreamReader, str]]:
    """Status, body and head of a live stream over a raw socket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port, limit=1 << 20)
    query = "&".join(f"channel={name}" for name in channels)
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"GET /live?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{more}\r\n".encode())
    try:
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)).decode()
        yield int(head.split()[1]), reader, head.lower()
    finally:
        writer.close()
        await writer.wait_closed()


async def event(reader: asyncio.StreamReader, name: str) -> dict[str, object]:
    """The next event of that name."""
    while True:
        line = await asyncio.wait_for(reader.readline(), 3)
        assert line, "the stream ended"
        if line == f"event: {name}\n".encode():
            return json.loads((await reader.readline()).removeprefix(b"data: "))


async def test_a_board_is_public_and_carries_snapshots_uncompressed(hall: Hall) -> None:
    hall.live.channel("board/hall", lambda: b"[1]")
    async with stream(hall, "board/hall") as (status, reader, head):
        assert status == 200
        assert "text/event-stream" in head
        assert "content-encoding" not in head
        assert "content-security-policy" in head
        snapshot = await event(reader, "snapshot")
    assert (snapshot["payload"], snapshot["boot"]) == ([1], hall.hub.boot)


async def test_a_change_committed_by_the_hub_reaches_the_page(hall: Hall) -> None:
    hall.live.channel("board/hall", lambda: b"%d" % len(hall.hub.day().tickets))
    hall.live.route(lambda committed: ["board/hall"])
    async with stream(hall, "board/hall") as (_, reader, _), hall.staff() as client:
        assert (await event(reader, "snapshot"))["payload"] == 0
        await client.post("/api/v1/tickets", json={"category": "A"}, headers={"Idempotency-Key": "1"})
        assert (await event(reader, "snapshot"))["payload"] == 1


async def test_one_stream_carries_several_channels(hall: Hall) -> None:
    hall.live.factory("board/", lambda name: lambda: json.dumps(name).encode())
    async with stream(hall, "board/hall", "board/floor/1") as (_, reader, _):
        got = {(await event(reader, "snapshot"))["payload"] for _ in range(2)}
    assert got == {"board/hall", "board/floor/1"}


async def test_the_hundredth_page_gets_no_more_headers_than_the_first(hall: Hall) -> None:
    hall.live.channel("board/hall", lambda: b"1")
    heads: set[int] = set()
    for _ in range(3):
        async with stream(hall, "board/hall") as (_, _, head):
            heads.add(head.count("\r\n"))
    assert len(heads) == 1


@pytest.mark.parametrize(
    ("channels", "status"),
    [
        ((), 422),
        (("board/none",), 404),
        (("overview",), 401),
        (("unheard-of",), 401),
        (("board/hall", "overview"), 401),
        (tuple(f"board/{n}" for n in range(MOST_CHANNELS + 1)), 422),
    ],
)
async def test_what_may_not_be_followed_is_refused(hall: Hall, channels: tuple[str, ...], status: int) -> None:
    hall.live.channel("board/hall", lambda: b"1")
    hall.live.channel("overview", lambda: b"1")
    async with stream(hall, *channels) as (got, _, _):
        assert got == status
    assert not hall.live.subscribers


async def test_a_role_follows_only_what_it_may_see(hall: Hall) -> None:
    hall.live.channel("devices", lambda: b"1")
    hall.live.channel("overview", lambda: b"1")
    clerk = {"Authorization": f"Bearer {hall.tokens['clerk']}"}
    async with stream(hall, "devices", **clerk) as (status, _, _):
        assert status == 403
    async with stream(hall, "overview", **clerk) as (status, _, _):
        assert status == 200


async def test_a_stream_ends_when_its_session_does(tmp_path: Path) -> None:
    async with running_hall(tmp_path, heartbeat=0.05) as hall, hall.signed_in("clerk") as browser:
        hall.live.channel("overview", lambda: b"1")
        async with stream(hall, "overview", Cookie=f"hall={browser.cookies['hall']}") as (_, reader, _):
            await event(reader, "snapshot")
            await event(reader, "heartbeat")
            await browser.post("/sign-out")
            await event(reader, "ended")


async def test_a_page_that_goes_away_is_forgotten(hall: Hall) -> None:
    hall.live.factory("board/", lambda name: lambda: b"1")
    async with stream(hall, "board/hall") as (_, reader, _):
        await event(reader, "snapshot")
        assert len(hall.live.subscribers) == 1
    for _ in range(200):
        if not hall.live.subscribers:
            break
        await asyncio.sleep(0.005)
    assert not hall.live.subscribers


async def test_a_page_that_never_reads_holds_up_nobody_and_costs_little(hall: Hall) -> None:
    big = json.dumps("x" * 200_000).encode()
    board = hall.live.channel("board/hall", lambda: big)
    stuck = socket.create_connection(("127.0.0.1", hall.server.port))
    stuck.sendall(b"GET /live?channel=board/hall HTTP/1.1\r\nHost: a\r\n\r\n")
    async with stream(hall, "board/hall") as (_, reader, _):
        await event(reader, "snapshot")
        for _ in range(30):
            board.touch()
            await event(reader, "snapshot")
        last = board.sequence
        kept = [chunk for page in hall.live.subscribers for chunk in page.unsent()]
    stuck.close()
    assert last >= 30
    assert sum(map(len, kept)) <= 2 * len(big) + 1000


async def test_a_stopping_hub_takes_no_new_streams(hall: Hall) -> None:
    hall.live.channel("board/hall", lambda: b"1")
    hall.live.stop()
    async with stream(hall, "board/hall") as (status, _, _):
        assert status == 503
