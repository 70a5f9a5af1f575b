"""The hub's session with a broker: one link at a time, and acknowledgements that belong to their link."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.mqtt import session as module
from hub.mqtt.session import BrokerAddress, Delivery, HubSession, Will
from tests.scenarios.waiting import until

from .brokers import BOTH, broker_of
from .raw_client import RawClient, publish

WILL = Will("hub/state", b"lost")


class End:
    """The hub's end: a session and what it heard."""

    def __init__(self, address: Callable[[], BrokerAddress]) -> None:
        self.messages: list[tuple[bytes, Delivery]] = []
        self.acknowledge_all = False
        self.ups = self.downs = 0
        self._news = asyncio.Event()
        self.session = HubSession(address, "hub-t", [("in/#", 1)], WILL, self._receive, self._up, self._down)

    def _receive(self, topic: str, payload: bytes, retained: bool, delivery: Delivery) -> None:
        self.messages.append((payload, delivery))
        if self.acknowledge_all:
            self.session.acknowledge(delivery)
        self._news.set()

    def _up(self) -> None:
        self.ups += 1
        self._news.set()

    def _down(self) -> None:
        self.downs += 1
        self._news.set()

    async def until(self, holds: Callable[[], object], seconds: float = 8) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def cut(self) -> None:
        """As a network does it: without a word."""
        sock = self.session._sock
        assert sock is not None
        sock._sock.shutdown(socket.SHUT_RDWR)

    async def next_link(self) -> None:
        ups = self.ups
        self.cut()
        await self.until(lambda: self.ups > ups)


@asynccontextmanager
async def an_end(*ports: int, user: str | None = None, word: str | None = None) -> AsyncIterator[End]:
    """A session that runs: its n-th link goes to the n-th port, and all further ones to the last."""
    order = itertools.chain(ports, itertools.repeat(ports[-1]))
    end = End(lambda: BrokerAddress("127.0.0.1", next(order), user, word))
    task = asyncio.create_task(end.session.run())
    try:
        yield end
    finally:
        await end.session.stop()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def a_fake(talk: Callable[[RawClient], Awaitable[None]]) -> AsyncIterator[int]:
    """A server that says to each client what ``talk`` says, then nothing."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            client = RawClient(reader, writer)
            await talk(client)
            await client.packet(600)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


CONNACK = b"\x20\x02\x00\x00"


async def says_nothing(client: RawClient) -> None:
    await client.packet()


async def accepts_and_says_no_more(client: RawClient) -> None:
    await client.packet()
    client.send(CONNACK)
    await client.packet()


async def refuses_the_filter(client: RawClient) -> None:
    await client.packet()
    client.send(CONNACK)
    subscription = await client.packet()
    client.send(b"\x90\x03" + subscription.body[:2] + b"\x80")


@pytest.fixture(params=BOTH)
async def port(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[int]:
    async with broker_of(request.param, tmp_path) as port:
        yield port


async def test_a_late_acknowledgement_of_an_older_link_is_ignored(port: int) -> None:
    client = await RawClient.connected(port, "pad")
    async with an_end(port) as end:
        await end.until(lambda: end.ups)
        await client.published("in/a", b"one")
        await end.until(lambda: len(end.messages) == 1)
        await end.next_link()
        await end.until(lambda: len(end.messages) == 2)
        first, second = end.messages[0][1], end.messages[1][1]
        assert (first.mid, first.link + 1) == (second.mid, second.link)
        end.session.acknowledge(first)
        await end.next_link()
        await end.until(lambda: len(end.messages) == 3)
        end.session.acknowledge(end.messages[2][1])
        await client.published("in/a", b"two", packet_id=2)
        await end.until(lambda: len(end.messages) == 4)
        end.session.acknowledge(end.messages[3][1])
        await client.published("in/a", b"three", packet_id=3)
        await end.until(lambda: len(end.messages) == 5)
        assert [payload for payload, _ in end.messages] == [b"one", b"one", b"one", b"two", b"three"]


async def test_what_was_acknowledged_does_not_come_again(port: int) -> None:
    client = await RawClient.connected(port, "pad")
    await client.subscribed(("out/#", 0))
    async with an_end(port) as end:
        end.acknowledge_all = True
        await end.until(lambda: end.ups)
        await client.published("in/a", b"one")
        await end.until(lambda: end.messages)
        end.session.publish("out/a", b"behind the acknowledgement", 0)
        await client.message()
        await end.next_link()
        await client.published("in/a", b"two", packet_id=2)
        await end.until(lambda: len(end.messages) > 1)
        assert [payload for payload, _ in end.messages] == [b"one", b"two"]


async def test_what_came_while_the_link_was_down_is_delivered_with_the_next(port: int) -> None:
    client = await RawClient.connected(port, "pad")
    async with an_end(port) as end:
        end.acknowledge_all = True
        await end.until(lambda: end.ups)
        end.cut()
        await end.until(lambda: end.downs)
        assert not end.session.publish("out/a", b"x")
        assert not end.session.up
        await client.published("in/a", b"meanwhile")
        await end.until(lambda: end.messages and end.ups == 2)
        assert [payload for payload, _ in end.messages] == [b"meanwhile"]
        assert end.downs == 1


async def test_what_a_kept_session_brings_before_suback_can_be_answered_at_once() -> None:
    answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def talk(client: RawClient) -> None:
        await client.packet()
        client.send(b"\x20\x02\x01\x00", publish("in/a", b"x", qos=1, packet_id=7))
        while (packet := await client.packet()).kind != 3:
            pass
        answered.set_result(packet.body)

    async with a_fake(talk) as port, an_end(port) as end:
        await end.until(lambda: end.messages)
        assert end.session.publish("out/a", b"reply", 0)
        assert await asyncio.wait_for(answered, 3) == b"\x00\x05out/areply"
        assert not end.session.up


async def test_a_burst_larger_than_a_turn_arrives_whole_and_in_order(port: int) -> None:
    count = module.PACKETS_A_TURN * 8
    client = await RawClient.connected(port, "pad")
    async with an_end(port) as end:
        end.acknowledge_all = True
        await end.until(lambda: end.ups)
        client.send(*(publish("in/a", b"%d" % each, qos=1, packet_id=each + 1) for each in range(count)))
        await end.until(lambda: len(end.messages) == count)
        assert [int(payload) for payload, _ in end.messages] == list(range(count))


async def test_more_than_the_socket_takes_is_sent_whole(port: int) -> None:
    client = await RawClient.connected(port, "pad")
    await client.subscribed(("out/#", 0))
    async with an_end(port) as end:
        await end.until(lambda: end.ups)
        big = bytes(60_000)
        for _ in range(100):
            assert end.session.publish("out/a", big, 0)
        for _ in range(100):
            assert (await client.message()).payload == big
        assert end.session.unsent == 0


async def test_the_will_fires_when_the_link_is_cut_and_not_at_a_goodbye(port: int) -> None:
    client = await RawClient.connected(port, "watcher")
    await client.subscribed(("hub/state", 0))
    async with an_end(port) as end:
        await end.until(lambda: end.ups)
        await end.next_link()
        assert (await client.message()).payload == b"lost"
    assert await client.quiet() == []


@pytest.mark.parametrize("kind", BOTH)
async def test_the_link_is_up_again_after_the_broker_was_killed(kind: str, tmp_path: Path) -> None:
    ports: list[int] = []
    end = End(lambda: BrokerAddress("127.0.0.1", ports[-1]))
    task: asyncio.Task[None] | None = None
    try:
        for life in range(1, 4):
            async with broker_of(kind, tmp_path) as port:
                ports.append(port)
                task = task or asyncio.create_task(end.session.run())
                await end.until(lambda life=life: end.ups == life)
                assert end.session.up
            await end.until(lambda life=life: end.downs == life)
            assert not end.session.up
    finally:
        assert task is not None
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.mark.parametrize("talk", [says_nothing, accepts_and_says_no_more])
async def test_a_broker_that_accepts_and_never_answers_is_left_within_the_guard(
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    talk: Callable[[RawClient], Awaitable[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "SUBSCRIBE_GUARD_SECONDS", 0.2)
    async with a_fake(talk) as silent, an_end(silent, port) as end:
        begun = asyncio.get_running_loop().time()
        await end.until(lambda: end.ups)
        assert asyncio.get_running_loop().time() - begun < 3
        assert "broker link down" in caplog.text
        assert end.session.last_problem == ""
        assert (end.session.links, end.downs) == (1, 0)


async def test_a_broker_that_refuses_a_filter_is_no_link(caplog: pytest.LogCaptureFixture) -> None:
    async with a_fake(refuses_the_filter) as refusing, an_end(refusing) as end:
        await until(lambda: "refused" in end.session.last_problem)  # a link that never was up calls nobody
        assert "in/#" in end.session.last_problem
        assert (end.ups, end.downs, end.session.up) == (0, 0, False)


@pytest.mark.parametrize("kind", BOTH)
async def test_a_wrong_password_is_said_and_tried_again(kind: str, tmp_path: Path) -> None:
    async with broker_of(kind, tmp_path, guarded=True) as port, an_end(port, user="hub", word="wrong") as end:
        await until(lambda: "refused the hub" in end.session.last_problem)
        assert end.ups == 0


async def test_a_topic_that_is_no_text_is_acknowledged_and_dropped() -> None:
    acknowledged: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def talk(client: RawClient) -> None:
        await client.packet()
        client.send(CONNACK)
        subscription = await client.packet()
        client.send(b"\x90\x03" + subscription.body[:2] + b"\x01")
        client.send(publish(b"in/\xff", b"x", qos=1, packet_id=7))
        acknowledged.set_result((await client.packet()).body)

    async with a_fake(talk) as port, an_end(port) as end:
        assert await asyncio.wait_for(acknowledged, 3) == b"\x00\x07"
        assert end.messages == []


async def test_after_a_link_that_was_up_the_waits_begin_anew(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.01, 60.0))
    async with an_end(port) as end:
        await end.until(lambda: end.ups)
        for _ in range(3):
            await end.next_link()
        assert end.session.links == 4


async def test_a_session_that_ends_while_it_connects_leaves_no_connection_behind() -> None:
    ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def talk(client: RawClient) -> None:
        ended.set_result(await client.reader.read())

    async with a_fake(talk) as port:
        end = End(lambda: BrokerAddress("127.0.0.1", port))
        task = asyncio.create_task(end.session.run())
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert await asyncio.wait_for(ended, 3) == b""
