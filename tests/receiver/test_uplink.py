"""The halls' line over a real socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from hub.receiver.desk import Desk
from hub.receiver.overview import overview
from hub.sync.envelope import encode_batch
from tests.receiver.halls import AT, Hall
from tests.receiver.running import open_epoch, receiver, send, until

Line = tuple[Desk, httpx.AsyncClient]


@pytest_asyncio.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    async with receiver(tmp_path) as running:
        yield running


async def begun(client: httpx.AsyncClient, count: int = 30) -> Hall:
    hall = Hall()
    hall.tickets(count)
    assert (await open_epoch(client, hall)).status_code == 200
    assert (await send(client, hall, 0)).status_code == 200
    return hall


async def test_a_hub_opens_its_epoch_and_sends_its_log(line: Line) -> None:
    desk, client = line
    stands = (await client.get("/sync/v1/halls/hall-1")).json()
    assert (stands["epoch"], stands["committed"], stands["hash"]) == ("", 0, "00" * 32)
    hall = await begun(client)
    answer = await send(client, hall, 30)
    assert answer.json()["committed"] == 30
    hall.tickets(20)
    answer = await send(client, hall, 30)
    assert answer.json()["committed"] == 50
    assert answer.json()["credit"]["entries"] > 0
    stands = (await client.get("/sync/v1/halls/hall-1")).json()
    assert (stands["epoch"], stands["committed"], stands["hash"]) == ("e1", 50, hall.hash(50))
    assert desk.store.read(hall.name, 0, 100) == hall.events()


async def test_another_base_is_told_what_is_expected(line: Line) -> None:
    _, client = line
    hall = await begun(client)
    answer = await send(client, hall, 10)
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["committed"], problem["hash"]) == ("expected", 30, hall.hash(30))
    assert answer.headers["content-type"] == "application/problem+json"


async def test_another_epoch_and_another_history_are_told(line: Line) -> None:
    desk, client = line
    hall = await begun(client)
    hall.epoch = "e9"
    answer = await send(client, hall, 30)
    assert (answer.status_code, answer.json()["code"], answer.json()["epoch"]) == (409, "epoch", "e1")
    other = Hall(epoch="e2")
    other.tickets(40)
    answer = await open_epoch(client, other, 20)
    assert (answer.status_code, answer.json()["code"]) == (409, "forked")
    other.epoch = "e1"
    answer = await send(client, other, 30)
    assert (answer.json()["code"], answer.json()["committed"]) == ("forked", 30)
    assert (await overview(desk)).halls[0].forked
    hall.epoch = "e1"
    hall.tickets(1)
    await send(client, hall, 30)
    assert not (await overview(desk)).halls[0].forked


async def test_rubbish_is_refused_and_changes_nothing(line: Line) -> None:
    desk, client = line
    hall = await begun(client)
    hall.tickets(2)
    path = f"/sync/v1/halls/{hall.name}/e1/entries?base=31"
    for body in (b"", b"{}", b"[{}]", b"\xff\xff", encode_batch(hall.events(30))[:-20]):
        answer = await client.post(path, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    answer = await client.put(f"/sync/v1/halls/{hall.name}/epochs/e2", json={"after": 1, "hash": "zz"})
    assert answer.status_code == 400
    answer = await client.put("/sync/v1/halls/a%20b/epochs/e2", json={"after": 0, "hash": "00" * 32})
    assert answer.status_code == 400
    digest = base64.b64encode(hashlib.sha256(b"another").digest()).decode()
    answer = await send(client, hall, 30, **{"Content-Digest": f"sha-256=:{digest}:"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unsigned")
    assert desk.store.standing(hall.name).committed == 30  # type: ignore[union-attr]


async def test_a_body_over_what_was_granted_is_refused_before_it_is_read(line: Line) -> None:
    desk, client = line
    hall = await begun(client)
    granted = desk.admission.credit(hall.name).bytes
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    head = f"POST /sync/v1/halls/hall-1/e1/entries?base=31 HTTP/1.1\r\nHost: x\r\nContent-Length: {granted + 1}\r\n\r\n"
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(200), 5)
    assert b"413" in answer
    writer.close()
    answer = await client.post("/sync/v1/halls/hall-1/e1/entries?base=31", content=_chunks())
    assert answer.status_code == 411


async def _chunks() -> AsyncIterator[bytes]:
    yield b"[]"


async def test_a_long_poll_answers_as_soon_as_there_is_a_message(line: Line) -> None:
    desk, client = line
    hall = await begun(client)
    path = f"/sync/v1/halls/{hall.name}/inbox"
    waiting = asyncio.create_task(client.get(path, params={"after": 0, "wait": 20}))
    await until(lambda: hall.name in desk.bells._sleepers)
    desk.store.say(hall.name, "ab" * 16, "test", b'{"a":1}', AT)
    desk.bells.ring(hall.name)
    page = (await asyncio.wait_for(waiting, 5)).json()
    assert [(each["n"], each["id"], each["data"]) for each in page["messages"]] == [(1, "ab" * 16, {"a": 1})]
    assert page["last"] == 1
    empty = await client.get(path, params={"after": 1, "hash": page["messages"][0]["hash"], "wait": 0.05})
    assert empty.json() == {"messages": [], "last": 1}


async def test_a_newer_long_poll_wakes_the_older_one(line: Line) -> None:
    desk, client = line
    hall = await begun(client)
    path = f"/sync/v1/halls/{hall.name}/inbox?wait=20"
    first = asyncio.create_task(client.get(path))
    await until(lambda: hall.name in desk.bells._sleepers)
    second = asyncio.create_task(client.get(path))
    assert (await asyncio.wait_for(first, 5)).json()["messages"] == []
    desk.bells.close()
    await asyncio.wait_for(second, 5)


async def test_an_inbox_that_lost_its_end_says_where_it_ends(line: Line) -> None:
    desk, client = line
    hall = await begun(client)
    path = f"/sync/v1/halls/{hall.name}/inbox"
    for n in range(1, 5):
        desk.store.say(hall.name, f"{n:032x}", "test", b"{}", AT)
    answer = await client.get(path, params={"after": 7, "hash": "11" * 32})
    assert answer.status_code == 409
    messages = desk.store.inbox(hall.name, 0, 10)
    assert (answer.json()["code"], answer.json()["inbox"]) == ("inbox-behind", 4)
    assert answer.json()["inbox_hash"] == messages[3].hash


async def test_an_inbox_that_went_on_otherwise_goes_back_to_what_both_know(line: Line) -> None:
    desk, client = line
    hall = await begun(client, 1)
    for n in range(1, 6):
        desk.store.say(hall.name, f"{n:032x}", "test", b"{}", AT)
    messages = desk.store.inbox(hall.name, 0, 10)
    answer = await client.get(f"/sync/v1/halls/{hall.name}/inbox", params={"after": 4, "hash": "11" * 32})
    assert answer.json()["inbox"] == 0
    for message in messages[:4]:
        hash = message.hash if message.n < 3 else "11" * 32
        hall.write("online", "message-answered", n=message.n, id=message.id, kind="test", ok=True, hash=hash)
    await send(client, hall, 1)
    await until(lambda: desk.store.standing(hall.name).viewed == 5)  # type: ignore[union-attr]
    answer = await client.get(f"/sync/v1/halls/{hall.name}/inbox", params={"after": 4, "hash": "11" * 32})
    assert (answer.json()["inbox"], answer.json()["inbox_hash"]) == (2, messages[1].hash)
