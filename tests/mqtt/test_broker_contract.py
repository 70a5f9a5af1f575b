"""What the hall relies on in a broker: one suite, run on the embedded broker and on a real mosquitto."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest
from paho.mqtt import client as paho

from .brokers import BOTH, broker_of, embedded
from .raw_client import (
    DISCONNECT,
    PINGREQ,
    RawClient,
    connect,
    field,
    frame,
    number,
    puback,
    publish,
    received,
    subscribe,
    unsubscribe,
)


@pytest.fixture(params=BOTH)
async def port(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[int]:
    async with broker_of(request.param, tmp_path) as bound:
        yield bound


@pytest.fixture(params=BOTH)
async def guarded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[int]:
    async with broker_of(request.param, tmp_path, guarded=True) as bound:
        yield bound


async def test_a_message_reaches_who_subscribed_and_nobody_else(port: int) -> None:
    reader, other, writer = [await RawClient.connected(port, name) for name in ("reader", "other", "writer")]
    assert await reader.subscribed(("hall/a", 1)) == [1]
    assert await other.subscribed(("hall/b", 1)) == [1]
    await writer.published("hall/a", b"one")
    message = await reader.message()
    assert (message.topic, message.payload, message.qos, message.retain) == ("hall/a", b"one", 1, False)
    assert await other.quiet() == []


async def test_delivery_has_the_lower_of_published_and_granted_qos(port: int) -> None:
    reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
    assert await reader.subscribed(("low", 0), ("high", 1)) == [0, 1]
    await writer.published("low", b"1 to 0")
    writer.send(publish("high", b"0 to 1"))
    assert [(m.payload, m.qos) for m in (await reader.message(), await reader.message())] == [
        (b"1 to 0", 0),
        (b"0 to 1", 0),
    ]


async def test_overlapping_filters_deliver_once(port: int) -> None:
    reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
    await reader.subscribed(("h/+/c", 1), ("h/#", 1), ("h/b/c", 1), ("#", 1))
    await writer.published("h/b/c", b"once")
    message = await reader.message()
    assert (message.payload, message.qos) == (b"once", 1)
    assert await reader.quiet() == []


async def test_overlapping_filters_deliver_at_the_highest_qos_on_the_embedded_broker() -> None:
    # mosquitto 2.0.11 delivers at the QoS of whichever filter it meets first: nothing may depend on this there.
    async with embedded() as (_, port):
        reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
        await reader.subscribed(("h/+/c", 0), ("h/#", 1), ("h/b/c", 0), ("#", 0))
        await writer.published("h/b/c", b"once")
        assert (await reader.message()).qos == 1
        assert await reader.quiet() == []


@pytest.mark.parametrize(
    ("topic_filter", "hears", "misses"),
    [
        ("a/+/c", ["a/b/c", "a//c"], ["a/c", "a/b/c/d"]),
        ("a/#", ["a", "a/b", "a/b/c", "a/"], ["b", "ab"]),
        ("+", ["a", "b"], ["a/b", "/a"]),
        ("+/+", ["/a", "a/"], ["a"]),
        ("#", ["a", "a/b/c", "/"], ["$a/b"]),
        ("+/b", ["a/b"], ["$a/b"]),
        ("$a/#", ["$a/b"], ["a/b"]),
        ("大厅/一层", ["大厅/一层"], ["大厅/二层"]),
    ],
)
async def test_wildcards_match_by_level_and_never_the_dollar_topics(
    port: int, topic_filter: str, hears: list[str], misses: list[str]
) -> None:
    client = await RawClient.connected(port, "one")
    await client.subscribed((topic_filter, 0))
    client.send(*(publish(topic, b"x") for topic in [*hears, *misses]))
    assert [message.topic for message in await client.quiet()] == hears


async def test_a_late_subscriber_gets_the_last_retained_message_marked_as_such(port: int) -> None:
    writer = await RawClient.connected(port, "writer")
    await writer.published("state/a", b"old", retain=True)
    await writer.published("state/a", b"new", retain=True)
    writer.send(publish("state/b", b"zero", retain=True))
    late = await RawClient.connected(port, "late")
    await writer.quiet()
    await late.subscribed(("state/+", 1))
    found = sorted((m.topic, m.payload, m.qos, m.retain) for m in [await late.message(), await late.message()])
    assert found == [("state/a", b"new", 1, True), ("state/b", b"zero", 0, True)]


async def test_who_is_already_subscribed_gets_a_retained_message_without_the_mark(port: int) -> None:
    reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
    await reader.subscribed(("state/#", 1))
    await writer.published("state/a", b"now", retain=True)
    assert (await reader.message()).retain is False


async def test_an_empty_payload_clears_what_was_retained(port: int) -> None:
    writer = await RawClient.connected(port, "writer")
    await writer.published("state/a", b"here", retain=True)
    await writer.published("state/a", b"", retain=True)
    late = await RawClient.connected(port, "late")
    await late.subscribed(("state/a", 1), ("#", 1))
    assert await late.quiet() == []


async def test_retained_dollar_topics_are_not_replayed_to_wildcards(port: int) -> None:
    writer = await RawClient.connected(port, "writer")
    await writer.published("$own/a", b"hidden", retain=True)
    await writer.subscribed(("#", 1), ("+/a", 1))
    assert await writer.quiet() == []
    await writer.subscribed(("$own/+", 1))
    assert (await writer.message()).payload == b"hidden"


async def test_after_unsubscribe_nothing_more_comes(port: int) -> None:
    client = await RawClient.connected(port, "one")
    await client.subscribed(("a", 0), ("b", 0))
    client.send(unsubscribe("a", "never/subscribed", packet_id=9))
    answer = await client.packet()
    assert (answer.first, answer.body) == (0xB0, number(9))
    client.send(publish("a", b"1"), publish("b", b"2"))
    assert [m.topic for m in await client.quiet()] == ["b"]


async def test_a_qos_2_message_is_delivered_once_however_often_it_is_sent(port: int) -> None:
    reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
    await reader.subscribed(("a", 1))
    for dup in (False, True):
        writer.send(publish("a", b"two", qos=2, packet_id=7, dup=dup))
        answer = await writer.packet()
        assert (answer.first, answer.body) == (0x50, number(7))
    for _ in range(2):
        writer.send(frame(0x62, number(7)))
        answer = await writer.packet()
        assert (answer.first, answer.body) == (0x70, number(7))
    message = await reader.message()
    assert (message.payload, message.qos) == (b"two", 1)
    writer.send(publish("a", b"next", qos=2, packet_id=7))
    await writer.packet()
    writer.send(frame(0x62, number(7)))
    assert (await writer.packet()).first == 0x70
    reader.send(puback(message.packet_id))
    assert (await reader.message()).payload == b"next"


async def test_a_qos_2_handshake_survives_a_reconnect_of_a_kept_session(port: int) -> None:
    reader = await RawClient.connected(port, "reader")
    await reader.subscribed(("a", 1))
    writer = await RawClient.connected(port, "writer", clean=False)
    writer.send(publish("a", b"two", qos=2, packet_id=7))
    await writer.packet()
    writer.cut()
    again = await RawClient.connected(port, "writer", clean=False)
    assert again.session_present
    again.send(publish("a", b"two", qos=2, packet_id=7, dup=True))
    assert (await again.packet()).first == 0x50
    again.send(frame(0x62, number(7)))
    assert (await again.packet()).first == 0x70
    message = await reader.message()
    reader.send(puback(message.packet_id))
    assert await reader.quiet() == []


async def test_a_will_fires_when_the_connection_is_cut(port: int) -> None:
    reader = await RawClient.connected(port, "reader")
    await reader.subscribed(("will/#", 1))
    device = await RawClient.connected(port, "device", will=("will/device", b"lost", 1, True))
    device.cut()
    message = await reader.message()
    assert (message.topic, message.payload, message.qos, message.retain) == ("will/device", b"lost", 1, False)
    late = await RawClient.connected(port, "late")
    await late.subscribed(("will/device", 1))
    assert (await late.message()).retain is True


async def test_a_clean_disconnect_takes_the_will_along(port: int) -> None:
    reader = await RawClient.connected(port, "reader")
    await reader.subscribed(("will/#", 1))
    device = await RawClient.connected(port, "device", will=("will/device", b"lost", 1, False))
    await device.leave()
    assert await reader.quiet() == []


async def test_a_will_fires_after_a_protocol_error(port: int) -> None:
    reader = await RawClient.connected(port, "reader")
    await reader.subscribed(("will/#", 1))
    device = await RawClient.connected(port, "device", will=("will/device", b"lost", 0, False))
    device.send(b"\xf0\x00")
    assert (await reader.message()).payload == b"lost"
    await device.closed_by_broker()


async def test_a_will_fires_when_keep_alive_runs_out(port: int) -> None:
    reader = await RawClient.connected(port, "reader")
    await reader.subscribed(("will/#", 1))
    await RawClient.connected(port, "silent", keep_alive=1, will=("will/silent", b"lost", 1, False))
    # mosquitto looks every five seconds
    assert (await reader.message(seconds=10)).payload == b"lost"


async def test_a_second_client_of_the_same_id_takes_over_and_the_first_ones_will_fires(port: int) -> None:
    reader = await RawClient.connected(port, "reader")
    await reader.subscribed(("will/#", 1))
    first = await RawClient.connected(port, "device", will=("will/device", b"first", 1, False))
    second = await RawClient.connected(port, "device", will=("will/device", b"second", 1, False))
    await first.closed_by_broker()
    assert (await reader.message()).payload == b"first"
    assert await second.quiet() == []


async def test_a_kept_session_gets_what_was_published_while_it_was_away_in_order(port: int) -> None:
    reader = await RawClient.connected(port, "reader", clean=False)
    assert reader.session_present is False
    await reader.subscribed(("a/#", 1))
    await reader.leave()
    writer = await RawClient.connected(port, "writer")
    for n in range(20):
        await writer.published(f"a/{n % 3}", b"%d" % n)
    back = await RawClient.connected(port, "reader", clean=False)
    assert back.session_present is True
    messages = [await back.message() for _ in range(20)]
    assert [m.payload for m in messages] == [b"%d" % n for n in range(20)]
    assert not any(m.dup for m in messages)


async def test_what_was_not_acknowledged_comes_again_with_the_same_id_and_the_dup_flag(port: int) -> None:
    reader = await RawClient.connected(port, "reader", clean=False)
    await reader.subscribed(("a", 1))
    writer = await RawClient.connected(port, "writer")
    for n in range(5):
        await writer.published("a", b"%d" % n)
    first = [await reader.message() for _ in range(5)]
    reader.send(puback(first[0].packet_id), puback(first[2].packet_id))
    await reader.quiet()
    reader.cut()
    back = await RawClient.connected(port, "reader", clean=False)
    again = [await back.message() for _ in range(3)]
    expected = [(first[n].payload, first[n].packet_id, True) for n in (1, 3, 4)]
    assert [(m.payload, m.packet_id, m.dup) for m in again] == expected
    back.send(*(puback(m.packet_id) for m in again))
    await back.quiet()
    await back.leave()
    assert await (await RawClient.connected(port, "reader", clean=False)).quiet() == []


async def test_a_clean_session_forgets_subscriptions_and_messages(port: int) -> None:
    kept = await RawClient.connected(port, "reader", clean=False)
    await kept.subscribed(("a", 1))
    await kept.leave()
    clean = await RawClient.connected(port, "reader", clean=True)
    assert clean.session_present is False
    await clean.leave()
    writer = await RawClient.connected(port, "writer")
    await writer.published("a", b"x")
    back = await RawClient.connected(port, "reader", clean=False)
    assert back.session_present is False
    assert await back.quiet() == []


async def test_a_taken_over_session_keeps_its_subscriptions(port: int) -> None:
    first = await RawClient.connected(port, "reader", clean=False)
    await first.subscribed(("a", 1))
    second = await RawClient.connected(port, "reader", clean=False)
    assert second.session_present is True
    await first.closed_by_broker()
    writer = await RawClient.connected(port, "writer")
    await writer.published("a", b"for the second")
    assert (await second.message()).payload == b"for the second"


async def test_messages_of_one_publisher_stay_in_order(port: int) -> None:
    reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
    await reader.subscribed(("a", 1))
    writer.send(*(publish("a", b"%d" % n, qos=1, packet_id=n) for n in range(1, 2001)))
    for n in range(1, 2001):
        message = await reader.message()
        assert message.payload == b"%d" % n
        reader.send(puback(message.packet_id))


async def test_a_ping_is_answered(port: int) -> None:
    client = await RawClient.connected(port, "one", keep_alive=60)
    client.send(PINGREQ)
    assert (await client.packet()).first == 0xD0


async def test_an_empty_client_id_needs_a_clean_session(port: int) -> None:
    await RawClient.connected(port, "")
    client = await RawClient.open(port)
    client.send(connect("", clean=False))
    assert await client.closed_by_broker() == b"\x20\x02\x00\x02"


async def test_an_unknown_protocol_level_is_refused_with_code_1(port: int) -> None:
    client = await RawClient.open(port)
    client.send(connect("one", level=77))
    assert await client.closed_by_broker() == b"\x20\x02\x00\x01"


MALFORMED = {
    "a packet before CONNECT": None,
    "a second CONNECT": connect("other"),
    "type 0": b"\x00\x00",
    "type 15": b"\xf0\x00",
    "a CONNACK from a client": b"\x20\x02\x00\x00",
    "a remaining length of five bytes": b"\x30\xff\xff\xff\xff\x01",
    "a PUBLISH of QoS 3": frame(0x36, field("a"), number(1)),
    "a PUBLISH to an empty topic": publish("", b"x"),
    "a PUBLISH to a wildcard": publish("a/#", b"x"),
    "a PUBLISH with packet id 0": publish("a", b"x", qos=1, packet_id=0),
    "a topic that is not UTF-8": publish(b"\xff\xfe", b"x"),
    "a topic with a surrogate": publish(b"a\xed\xa0\x80", b"x"),
    "a topic with NUL": publish(b"a\x00b", b"x"),
    "a topic longer than its packet": b"\x30\x04\x00\x63ab",
    "a SUBSCRIBE without filters": frame(0x82, number(1)),
    "a SUBSCRIBE with wrong flags": frame(0x80, number(1), field("a"), b"\0"),
    "a SUBSCRIBE of QoS 3": subscribe(("a", 3)),
    "a SUBSCRIBE that ends inside a field": frame(0x82, number(1), b"\x00\x05a"),
    "a filter with # inside": subscribe(("a/#/b", 0)),
    "a filter with + in a word": subscribe(("a+/b", 0)),
    "an UNSUBSCRIBE without filters": frame(0xA2, number(1)),
}


@pytest.mark.parametrize("fault", MALFORMED)
async def test_a_protocol_error_closes_its_connection_and_no_other(port: int, fault: str) -> None:
    healthy, writer = await RawClient.connected(port, "healthy"), await RawClient.connected(port, "writer")
    await healthy.subscribed(("a/#", 1))
    bytes_sent = MALFORMED[fault]
    if bytes_sent is None:
        faulty = await RawClient.open(port)
        faulty.send(publish("a", b"x"))
    else:
        faulty = await RawClient.connected(port, "one")
        faulty.send(bytes_sent)
    await faulty.closed_by_broker()
    await writer.published("a/b", b"still here")
    assert (await healthy.message()).payload == b"still here"


async def test_bytes_may_come_one_by_one(port: int) -> None:
    client = await RawClient.open(port)
    for byte in connect("slow") + subscribe(("a", 0)) + publish("a", b"x" * 200) + DISCONNECT:
        client.send(bytes((byte,)))
        await client.writer.drain()
        await asyncio.sleep(0)
    answer = await client.closed_by_broker()
    assert answer == b"\x20\x02\x00\x00" + b"\x90\x03\x00\x01\x00" + publish("a", b"x" * 200)


async def test_three_hundred_kept_sessions_come_back_at_once(port: int) -> None:
    await _all_return(port, 300)


@pytest.mark.soak
async def test_a_thousand_kept_sessions_come_back_at_once(port: int) -> None:
    await _all_return(port, 1_000)


async def _all_return(port: int, count: int) -> None:
    async def appear(n: int) -> RawClient:
        device = await RawClient.open(port)
        device.send(
            connect(f"d{n}", clean=False, keep_alive=60, will=(f"state/{n}", b"lost", 1, True)),
            subscribe((f"command/{n}", 1)),
            publish(f"state/{n}", b"online", qos=1, packet_id=2, retain=True),
        )
        return device

    async def greeted(device: RawClient, waiting: int) -> tuple[bool, list[bytes]]:
        kinds, payloads, present = set[int](), list[bytes](), False
        while not (kinds >= {2, 9, 4} and len(payloads) == waiting):
            packet = await device.packet(30)
            kinds.add(packet.kind)
            if packet.kind == 2:
                present = bool(packet.body[0])
            if packet.kind == 3:
                payloads.append(received(packet).payload)
        return present, payloads

    devices = await asyncio.gather(*(appear(n) for n in range(count)))
    await asyncio.gather(*(greeted(device, 0) for device in devices))
    for device in devices:
        device.cut()
    hub = await RawClient.connected(port, "hub")
    await hub.subscribed(("state/+", 1))
    gone = set[str]()
    while len(gone) < count:  # every will has fired: the broker knows that all are away
        message = await hub.message(30)
        hub.send(puback(message.packet_id))
        if message.payload == b"lost":
            gone.add(message.topic)
    hub.send(unsubscribe("state/+"))
    while (await hub.packet()).kind != 11:
        pass
    for n in range(count):
        await hub.published(f"command/{n}", b"for %d" % n)
    devices = await asyncio.gather(*(appear(n) for n in range(count)))
    found = await asyncio.gather(*(greeted(device, 1) for device in devices))
    assert found == [(True, [b"for %d" % n]) for n in range(count)]
    await hub.subscribed(("state/+", 1))
    states = {m.topic: m.payload for m in [await hub.message(30) for _ in range(count)]}
    assert states == {f"state/{n}": b"online" for n in range(count)}


async def test_a_wrong_password_leaves_the_live_client_of_that_id_alone(guarded: int) -> None:
    live = await RawClient.connected(guarded, "pad-1", username="pad", password="right")
    await live.subscribed(("open/a", 1))
    thief = await RawClient.open(guarded)
    thief.send(connect("pad-1", username="pad", password="wrong"))
    answer = await thief.closed_by_broker()
    assert answer[:3] == b"\x20\x02\x00"
    assert answer[3] in {4, 5}
    live.send(publish("open/a", b"still mine"))
    assert (await live.message()).payload == b"still mine"


async def test_without_a_password_nobody_comes_in(guarded: int) -> None:
    client = await RawClient.open(guarded)
    client.send(connect("anybody"))
    assert await client.closed_by_broker() == b"\x20\x02\x00\x05"


async def test_what_one_may_not_publish_reaches_nobody_and_is_acknowledged(guarded: int) -> None:
    hub = await RawClient.connected(guarded, "hub", username="hub", password="master")
    pad = await RawClient.connected(guarded, "pad", username="pad", password="right")
    await hub.subscribed(("#", 1))
    await pad.published("secret/a", b"forged", retain=True)
    await pad.published("inbox/a", b"honest", packet_id=2)
    assert (await hub.message()).payload == b"honest"


async def test_neither_live_nor_retained_nor_queued_messages_pass_the_access_rule(guarded: int) -> None:
    hub = await RawClient.connected(guarded, "hub", username="hub", password="master")
    await hub.published("secret/a", b"retained", retain=True)
    login = {"clean": False, "username": "pad", "password": "right"}
    pad = await RawClient.connected(guarded, "pad", **login)
    pad.send(subscribe(("#", 1), ("secret/#", 1), ("secret/a", 1)))
    assert (await pad.packet()).kind == 9
    await hub.published("secret/b", b"live")
    assert await pad.quiet() == []
    await pad.leave()
    await hub.published("secret/c", b"queued")
    await hub.published("open/c", b"queued too")
    back = await RawClient.connected(guarded, "pad", **login)
    assert back.session_present
    assert [m.payload for m in await back.quiet()] == [b"queued too"]


async def test_a_will_may_not_say_what_its_client_may_not(guarded: int) -> None:
    hub = await RawClient.connected(guarded, "hub", username="hub", password="master")
    await hub.subscribed(("#", 1))
    pad = await RawClient.open(guarded)
    pad.send(connect("pad", username="pad", password="right", will=("secret/a", b"forged", 1, True)))
    answer = await pad.packet()  # mosquitto refuses here, the embedded broker drops the will when it is due
    assert answer.first == 0x20
    pad.cut()
    witness = await RawClient.connected(
        guarded, "w", username="pad", password="right", will=("inbox/w", b"ok", 1, False)
    )
    witness.cut()
    assert (await hub.message()).payload == b"ok"


async def test_aiomqtt_and_paho_talk_through_it(port: int) -> None:
    def undelayed(client: paho.Client, _: object, wire: object) -> None:
        assert isinstance(wire, socket.socket)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    hub = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="hub", clean_session=False, protocol=paho.MQTTv311)
    hub.on_socket_open = undelayed
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    ready = asyncio.Event()
    hub.on_connect = lambda client, *_: client.subscribe("event/#", 1)
    hub.on_subscribe = lambda *_: loop.call_soon_threadsafe(ready.set)

    def answer(client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, message.payload)
        client.publish("reply", message.payload.upper(), 1)

    hub.on_message = answer
    await asyncio.to_thread(hub.connect, "127.0.0.1", port)
    hub.loop_start()
    try:
        async with asyncio.timeout(10):
            await ready.wait()
            async with aiomqtt.Client("127.0.0.1", port, identifier="device") as device:
                await device.subscribe("reply", qos=1)
                await device.publish("event/a", b"hello", qos=2)
                assert await heard.get() == b"hello"
                async for message in device.messages:
                    assert message.payload == b"HELLO"
                    break
    finally:
        hub.disconnect()
        await asyncio.to_thread(hub.loop_stop)
