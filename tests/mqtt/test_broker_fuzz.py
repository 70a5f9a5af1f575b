"""Whatever bytes a client sends, the embedded broker closes it or answers it, and everybody else goes on."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.mqtt import packets
from hub.mqtt.broker_limits import Limits

from .brokers import embedded
from .raw_client import (
    DISCONNECT,
    PINGREQ,
    RawClient,
    connect,
    frame,
    number,
    puback,
    publish,
    subscribe,
    unsubscribe,
)

HELLO = connect("fuzz", clean=False, keep_alive=30, will=("will/fuzz", b"gone", 1, True), username="u", password="p")
TALK = [
    publish("state/x", b"on", qos=1, packet_id=1, retain=True),
    publish("event/x", b"e" * 300, qos=2, packet_id=2),
    frame(0x62, number(2)),
    publish("telemetry/x", b"t"),
    subscribe(("state/#", 1), ("+/x", 0), packet_id=3),
    puback(1),
    unsubscribe("state/#", packet_id=4),
    PINGREQ,
    DISCONNECT,
]


def mutated(chance: random.Random) -> bytes:
    """A valid conversation, in part shuffled, with bytes flipped, cut out, doubled or put in."""
    talk = [HELLO, *chance.sample(TALK, chance.randint(0, len(TALK)))]
    if chance.random() < 0.2:
        chance.shuffle(talk)
    raw = bytearray(b"".join(talk))
    # Mostly behind the CONNECT, or nearly every connection would end there.
    begin = 0 if chance.random() < 0.3 else min(len(HELLO), len(raw) - 1)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(begin, len(raw)) if begin < len(raw) else len(raw)
        match chance.randrange(4):
            case 0 if at < len(raw):
                raw[at] ^= 1 << chance.randrange(8)
            case 1:
                del raw[at : at + chance.randint(1, 9)]
            case 2:
                raw[at:at] = chance.randbytes(chance.randint(1, 9))
            case _:
                raw[at:at] = raw[at : at + chance.randint(1, 40)]
    return bytes(raw) or b"\0"


async def attack(port: int, raw: bytes, chance: random.Random) -> None:
    # The broker may close at any byte, so a lost connection is an answer here.
    with contextlib.suppress(ConnectionError, TimeoutError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            cut = chance.randrange(len(raw))
            writer.write(raw[:cut])
            await writer.drain()
            writer.write(raw[cut:])
            if chance.random() < 0.5:
                writer.write_eof()
                async with asyncio.timeout(2):
                    while await reader.read(65536):
                        pass
        finally:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def survive(connections: int, seed: int) -> None:
    chance = random.Random(seed)
    async with embedded(limits=Limits(connect_seconds=1)) as (broker, port):
        witness = await RawClient.connected(port, "witness", clean=False)
        await witness.subscribed(("alive", 1))
        for _ in range(connections // 20):
            await asyncio.gather(*(attack(port, mutated(chance), chance) for _ in range(20)))
            writer = await RawClient.connected(port, "writer")
            await writer.published("alive", b"still")
            message = await witness.message()
            witness.send(puback(message.packet_id))
            await writer.leave()
        assert await witness.quiet() == []
        # The mutations reached past the first packet, and were noticed.
        assert broker.counters.closed["malformed"] > connections // 20
        assert broker.counters.messages_in > connections // 10
        assert not broker.counters.closed["fault"]


async def test_three_hundred_mutated_connections_leave_the_loop_and_the_others_alone() -> None:
    await survive(300, seed=20250707)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
async def test_mutated_connections_in_the_thousands_leave_the_loop_and_the_others_alone(seed: int) -> None:
    await survive(3_000, seed)


READERS = [
    packets.read_connect,
    packets.read_subscribe,
    packets.read_unsubscribe,
    packets.check_bare,
    lambda first, body: packets.read_packet_id(first, 2, body),
    lambda first, body: packets.read_topic(body),
]


@given(st.sampled_from(READERS), st.sampled_from([0x10, 0x82, 0xA2, 0xE0, 0xFF]), st.binary(max_size=80))
def test_a_reader_of_any_bytes_gives_a_value_or_says_malformed(reader, first: int, body: bytes) -> None:
    with contextlib.suppress(packets.Malformed, packets.UnsupportedLevel):
        reader(first, body)


@given(st.data())
def test_a_reader_of_a_valid_packet_with_one_wrong_byte_never_fails_otherwise(data: st.DataObject) -> None:
    reader, raw = data.draw(
        st.sampled_from(
            [
                (packets.read_connect, HELLO),
                (packets.read_subscribe, subscribe(("a/+/b", 1), ("#", 0))),
                (packets.read_unsubscribe, unsubscribe("a/+/b", "#")),
            ]
        )
    )
    spoiled = bytearray(raw)
    spoiled[data.draw(st.integers(2, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(packets.Malformed, packets.UnsupportedLevel):
        reader(raw[0], bytes(spoiled[2:]))


@given(st.integers(0, 268_435_455))
def test_a_length_is_read_back_as_it_was_written(count: int) -> None:
    raw = packets.encode_length(count)
    assert packets.read_length(b"\x30" + raw + b"rest", 1) == (count, 1 + len(raw))
    assert packets.read_length(b"\x30" + raw[:-1], 1) is None


@settings(max_examples=60)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_packets_may_be_split_anywhere(cuts: list[int]) -> None:
    async def talk() -> None:
        async with embedded() as (_, port):
            client = await RawClient.open(port)
            stream = connect("one") + subscribe(("a", 0)) + publish("a", b"x" * 150) + publish("a", b"y") + PINGREQ
            at = 0
            for cut in [*cuts, len(stream)]:
                client.send(stream[at : at + cut])
                at += cut
                await asyncio.sleep(0)
            assert [(await client.packet()).kind for _ in range(5)] == [2, 9, 3, 3, 13]

    asyncio.run(talk())
