"""The resources that the hub serves to an online hall that can reach in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.routing import Mount

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.clock.commands import ReportClockStep
from hub.domain.online.events import InboxRewound, MessageAnswered
from hub.log.chain import GENESIS
from hub.log.entry import Head
from hub.log.memory import MemoryLog
from hub.sync.envelope import decode_batch, follow
from hub.sync.protocol import ROOT, InboxPage, Message, Problem, Standing
from hub.sync.served import Served
from tests.core.writers import MONDAY_AT_TEN, hub_on
from tests.sync.logs import FIRST, gate
from tests.sync.receivers import ModelReceiver

HALL = f"{ROOT}/halls/dongcheng"
ENTRIES = f"{HALL}/{FIRST.id}/entries"


@asynccontextmanager
async def served() -> AsyncGenerator[tuple[Hub, httpx.AsyncClient]]:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    routes = Served(hub, "dongcheng", FIRST, hub.log, gate()).routes()
    transport = httpx.ASGITransport(Starlette(routes=[Mount(ROOT, routes=routes)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        yield hub, client


async def write(hub: Hub) -> None:
    assert (await hub.submit(ReportClockStep(hub.now(), 400_000), actor="hub")).ok


def wishes(count: int, city: ModelReceiver | None = None) -> ModelReceiver:
    city = city or ModelReceiver()
    for _ in range(count):
        n = len(city.inbox) + len(city.abandoned) + 1
        city.post(f"{n:031x}{len(city.events) % 16:x}", "weather", {"n": n}, MONDAY_AT_TEN)
    return city


async def tell(client: httpx.AsyncClient, messages: list[Message], last: int = 0) -> httpx.Response:
    return await client.post(f"{HALL}/inbox", content=msgspec.json.encode(InboxPage(messages, last)))


def problem(answer: httpx.Response) -> Problem:
    return msgspec.json.decode(answer.content, type=Problem)


async def test_entries_are_fetched_in_pages_that_follow_the_chain() -> None:
    async with served() as (hub, client):
        head, after = Head(0, GENESIS), 0
        for _ in range(3):
            await write(hub)
        while events := decode_batch((await client.get(ENTRIES, params={"after": after, "limit": 2})).content):
            head = follow(events, head)
            after = head.position
        assert head == hub.log.head()
        standing = msgspec.json.decode((await client.get(HALL)).content, type=Standing)
        assert (standing.committed, standing.hash) == (head.position, head.hash.hex())


async def test_who_waits_hears_of_a_new_entry_at_once() -> None:
    async with served() as (hub, client):
        asked = asyncio.create_task(client.get(ENTRIES, params={"after": hub.head(), "wait": 20}))
        await asyncio.sleep(0.05)
        await write(hub)
        assert len(decode_batch((await asyncio.wait_for(asked, 10)).content)) == 1


async def test_another_epoch_hall_or_history_is_told() -> None:
    async with served() as (hub, client):
        other = await client.get(f"{HALL}/{'f' * 16}/entries")
        assert (other.status_code, problem(other).epoch) == (409, FIRST.id)
        assert (await client.get(f"{ROOT}/halls/xicheng")).status_code == 404
        for query in ({"after": "1", "hash": "ab"}, {"after": "999"}):
            forked = await client.get(ENTRIES, params=query)
            assert (problem(forked).code, problem(forked).committed) == ("forked", hub.head())
        assert (await client.get(ENTRIES, params={"after": "x"})).status_code == 400


async def test_messages_are_taken_in_order_and_those_that_came_before_are_passed_over() -> None:
    async with served() as (hub, client):
        city = wishes(5)
        assert (await tell(client, city.inbox[:3])).status_code == 200
        again = await tell(client, city.inbox)
        standing = msgspec.json.decode(again.content, type=Standing)
        assert (standing.inbox, standing.inbox_hash) == (5, city.inbox[-1].hash)
        answered = [hub.codec.decode(entry) for entry in hub.log.read_stream("online")]
        assert [each.n for each in answered if isinstance(each, MessageAnswered)] == [1, 2, 3, 4, 5]


async def test_a_gap_or_a_broken_chain_is_answered_with_what_is_expected() -> None:
    async with served() as (hub, client):
        city = wishes(5)
        await tell(client, city.inbox[:2])
        gap = await tell(client, city.inbox[3:])
        assert (gap.status_code, problem(gap).code, problem(gap).inbox) == (409, "expected", 2)
        broken = msgspec.structs.replace(city.inbox[2], data=msgspec.Raw(b"{}"))
        assert (await tell(client, [broken])).status_code == 409
        assert (await client.post(f"{HALL}/inbox", content=b"<html>")).status_code == 400
        assert len(list(hub.log.read_stream("online"))) == 2


async def test_an_online_hall_put_back_to_an_older_copy_goes_on_from_there() -> None:
    async with served() as (hub, client):
        city = wishes(5)
        await tell(client, city.inbox)
        city.restored(0, 3)
        city.post("f" * 32, "weather", {"n": "new"}, MONDAY_AT_TEN)
        assert (await tell(client, city.inbox[3:])).status_code == 200
        found = [hub.codec.decode(entry) for entry in hub.log.read_stream("online")]
        assert [each.to for each in found if isinstance(each, InboxRewound)] == [3]
        assert isinstance(found[-1], MessageAnswered)
        assert (found[-1].n, found[-1].id) == (4, "f" * 32)
