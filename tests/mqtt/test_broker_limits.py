"""What one client can do to the embedded broker and to the others: nothing beyond the limits, and it is counted."""

from __future__ import annotations

import asyncio
import datetime
import resource
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt import client as paho

from hub.mqtt.broker import Broker
from hub.mqtt.broker_limits import Limits

from .brokers import embedded
from .raw_client import PINGREQ, RawClient, close_all, connect, puback, publish, subscribe

QUICK = 0.05


async def becomes(condition: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nothing announces a counter
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("greeted", [True, False])
async def test_a_packet_of_60_mb_is_refused_from_its_header(greeted: bool) -> None:
    async with embedded() as (broker, port):
        client = await RawClient.open(port)
        if greeted:
            client.send(connect("big"))
            await client.packet()
        client.send((b"\x30" if greeted else b"\x10") + b"\x80\xce\xce\x1c")  # 60,000,000 bytes, none of them sent
        await client.closed_by_broker()
        assert broker.counters.closed["oversized"] == 1


async def test_a_packet_of_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    async with embedded(limits=Limits(packet_bytes=1_000)) as (broker, port):
        client = await RawClient.connected(port, "one")
        await client.subscribed(("a", 0))
        client.send(publish("a", b"x" * 997))
        assert len((await client.message()).payload) == 997
        client.send(publish("a", b"x" * 998))
        await client.closed_by_broker()
        assert broker.counters.closed["oversized"] == 1


@pytest.mark.parametrize("drip", [False, True])
async def test_who_does_not_connect_in_time_is_closed(drip: bool) -> None:
    async with embedded(limits=Limits(connect_seconds=0.2, sweep_seconds=QUICK)) as (broker, port):
        client = await RawClient.open(port)
        begun = time.monotonic()

        async def dripping() -> None:
            for byte in connect("slow" * 20):
                client.send(bytes((byte,)))
                await asyncio.sleep(0.05)

        dripper = asyncio.create_task(dripping()) if drip else None
        await client.closed_by_broker()
        assert 0.15 < time.monotonic() - begun < 1.5
        assert broker.counters.closed["connect-time"] == 1
        if dripper:
            dripper.cancel()


async def test_keep_alive_runs_out_after_one_and_a_half_times_and_a_ping_extends_it() -> None:
    async with embedded(limits=Limits(sweep_seconds=QUICK)) as (broker, port):
        silent = await RawClient.connected(port, "silent", keep_alive=1)
        pinging = await RawClient.connected(port, "pinging", keep_alive=1)
        eternal = await RawClient.connected(port, "eternal", keep_alive=0)
        begun = time.monotonic()
        closed = asyncio.create_task(silent.closed_by_broker())
        while not closed.done():
            pinging.send(PINGREQ)
            assert (await pinging.packet()).first == 0xD0
            await asyncio.wait([closed], timeout=0.3)
        assert 1.4 < time.monotonic() - begun < 2.5
        assert broker.counters.closed["keep-alive"] == 1
        assert await eternal.quiet() == []


async def test_a_slow_reader_loses_qos_0_counted_and_no_qos_1_and_others_notice_nothing() -> None:
    async with embedded(limits=Limits(write_bytes=64 * 1024)) as (broker, port):
        slow = await RawClient.open(port, receive_buffer=256 * 1024)
        slow.send(connect("slow"), subscribe(("bulk/#", 1)))
        assert [(await slow.packet()).kind for _ in range(2)] == [2, 9]
        slow.writer.transport.pause_reading()
        fast, writer = await RawClient.connected(port, "fast"), await RawClient.connected(port, "writer")
        await fast.subscribed(("bulk/#", 1))
        heard = 0
        for n in range(300):
            await writer.published("bulk/1", b"%06d" % n + b"x" * 50_000)
            writer.send(publish("bulk/0", b"%06d" % n))
            for _ in range(2):
                message = await fast.message()
                heard += 1
                if message.qos:
                    fast.send(puback(message.packet_id))
        assert heard == 600
        lost = broker.counters.dropped["slow-reader"]
        assert 0 < lost < 300
        slow.writer.transport.resume_reading()
        lossy, safe = [], []
        while len(safe) < 300 or len(lossy) < 300 - lost:
            message = await slow.message()
            (safe if message.qos else lossy).append(int(message.payload[:6]))
            if message.qos:
                slow.send(puback(message.packet_id))
        assert safe == list(range(300))
        assert lossy == sorted(lossy)
        assert broker.counters.dropped == {"slow-reader": lost}


async def test_a_reader_that_stays_stuck_is_closed_and_a_kept_session_loses_nothing() -> None:
    limits = Limits(write_bytes=64 * 1024, stuck_seconds=0.3, sweep_seconds=QUICK)
    async with embedded(limits=limits) as (broker, port):
        stuck = await RawClient.open(port, receive_buffer=8_192)
        stuck.send(connect("stuck", clean=False), subscribe(("bulk", 1)))
        assert [(await stuck.packet()).kind for _ in range(2)] == [2, 9]
        stuck.writer.transport.pause_reading()
        writer = await RawClient.connected(port, "writer")
        for n in range(200):
            await writer.published("bulk", b"%06d" % n + b"x" * 50_000)
        await becomes(lambda: broker.counters.closed["stuck"] == 1)
        back = await RawClient.connected(port, "stuck", clean=False)
        assert back.session_present
        messages = [await back.message() for _ in range(200)]
        assert [int(m.payload[:6]) for m in messages] == list(range(200))
        duplicates = [m.dup for m in messages]
        assert duplicates[0]
        assert duplicates == sorted(duplicates, reverse=True), "what was sent before comes first"


async def test_who_asks_for_ever_and_never_reads_the_answers_is_closed_before_they_fill_the_memory() -> None:
    limits = Limits(write_bytes=4_096, stuck_seconds=0.3, sweep_seconds=QUICK)
    async with embedded(limits=limits) as (broker, port):
        client = await RawClient.open(port, receive_buffer=4_096)
        client.send(connect("greedy"))
        await client.packet()
        client.writer.transport.pause_reading()
        (link,) = broker._links
        largest = 0
        async with asyncio.timeout(10):
            while not broker.counters.closed["stuck"]:
                if client.writer.transport.get_write_buffer_size() < 1_000_000:
                    client.send(PINGREQ * 10_000)
                await asyncio.sleep(0)
                largest = max(largest, link._transport.get_write_buffer_size())
        assert largest < 200_000


async def test_who_reads_late_gets_every_answer_and_is_heard_again() -> None:
    async with embedded(limits=Limits(write_bytes=4_096)) as (broker, port):
        client = await RawClient.open(port, receive_buffer=4_096)
        client.send(connect("late"))
        await client.packet()
        client.writer.transport.pause_reading()
        (link,) = broker._links
        asked = 0
        async with asyncio.timeout(10):
            while not link._deaf:
                if client.writer.transport.get_write_buffer_size() < 1_000_000:
                    client.send(PINGREQ * 10_000)
                    asked += 10_000
                await asyncio.sleep(0)
        client.writer.transport.resume_reading()
        client.send(publish("a", b"x", qos=1))
        async with asyncio.timeout(10):
            assert await client.reader.readexactly(2 * asked) == b"\xd0\x00" * asked
        assert (await client.packet()).first == 0x40


async def test_a_subscription_for_qos_2_is_granted_1() -> None:
    async with embedded() as (_, port):
        client = await RawClient.connected(port, "one")
        assert await client.subscribed(("a", 2)) == [1]
        client.send(publish("a", b"x", qos=2, packet_id=5))
        assert sorted([(await client.packet()).first, (await client.packet()).first]) == [0x32, 0x50]


async def test_connections_beyond_the_limit_are_closed_until_there_is_room() -> None:
    async with embedded(limits=Limits(connections=3)) as (broker, port):
        clients = [await RawClient.connected(port, f"c{n}") for n in range(3)]
        surplus = await RawClient.open(port)
        assert await surplus.closed_by_broker() == b""
        assert broker.counters.refused["too-many"] == 1
        await clients[0].leave()
        await becomes(lambda: broker.counters.connections == 2)
        assert await (await RawClient.connected(port, "late")).quiet() == []


async def test_clients_never_take_the_last_open_files_of_the_process() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (130, hard))
    try:
        async with embedded() as (broker, port):
            for n in range(2):
                await RawClient.connected(port, f"c{n}")
            assert await (await RawClient.open(port)).closed_by_broker() == b""
            assert broker.counters.refused == {"too-many": 1}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("limits", [Limits(queue_messages=10), Limits(queue_bytes=10 * (2 + 1 + 100))])
async def test_a_full_queue_drops_the_newest_and_counts_it(limits: Limits) -> None:
    async with embedded(limits=limits) as (broker, port):
        reader = await RawClient.connected(port, "reader", clean=False)
        await reader.subscribed(("a", 1))
        await reader.leave()
        writer = await RawClient.connected(port, "writer")
        for n in range(15):
            await writer.published("a", b"%0100d" % n)
        assert broker.counters.dropped == {"queue-full": 5}
        back = await RawClient.connected(port, "reader", clean=False)
        messages = await back.quiet()
        assert [int(m.payload) for m in messages] == list(range(10))
        back.send(*(puback(m.packet_id) for m in messages))
        await writer.published("a", b"room again")
        assert (await back.message()).payload == b"room again"


async def test_no_more_are_in_flight_than_the_window_holds() -> None:
    async with embedded(limits=Limits(in_flight=2)) as (_, port):
        reader, writer = await RawClient.connected(port, "reader"), await RawClient.connected(port, "writer")
        await reader.subscribed(("a", 1))
        for n in range(5):
            await writer.published("a", b"%d" % n)
        first, second = await reader.quiet()
        assert (first.payload, second.payload) == (b"0", b"1")
        reader.send(puback(first.packet_id))
        assert (await reader.message()).payload == b"2"
        assert await reader.quiet() == []


async def test_the_session_that_is_away_longest_makes_room_for_a_new_one() -> None:
    async with embedded(limits=Limits(sessions=2)) as (broker, port):
        for name in ("first", "second", "third"):
            client = await RawClient.connected(port, name, clean=False)
            await client.subscribed(("a", 1))
            await client.leave()
        assert broker.sessions == 2
        assert (await RawClient.connected(port, "second", clean=False)).session_present
        assert (await RawClient.connected(port, "third", clean=False)).session_present
        fourth = await RawClient.open(port)
        fourth.send(connect("fourth"))
        assert await fourth.closed_by_broker() == b"\x20\x02\x00\x03", "both others are connected"
        assert broker.counters.refused == {"unavailable": 1}


async def test_filters_beyond_the_limit_and_shared_ones_are_answered_with_a_refusal() -> None:
    async with embedded(limits=Limits(subscriptions=2)) as (_, port):
        client = await RawClient.connected(port, "one")
        assert await client.subscribed(("a", 1), ("b", 0), ("c", 1), ("a", 0), ("$share/g/a", 1)) == [
            1,
            0,
            0x80,
            0,
            0x80,
        ]


async def test_a_client_id_beyond_the_limit_is_refused_as_such() -> None:
    async with embedded() as (broker, port):
        client = await RawClient.open(port)
        client.send(connect("x" * 300))
        assert await client.closed_by_broker() == b"\x20\x02\x00\x02"
        assert broker.counters.refused == {"client-id": 1}


async def test_retained_messages_beyond_the_limit_are_delivered_but_not_kept() -> None:
    async with embedded(limits=Limits(retained_messages=1)) as (broker, port):
        client = await RawClient.connected(port, "one")
        await client.subscribed(("#", 0))
        client.send(publish("a", b"1", retain=True), publish("b", b"2", retain=True))
        assert [m.topic for m in await client.quiet()] == ["a", "b"]
        assert broker.retained == 1
        assert broker.counters.dropped == {"retained-full": 1}


async def test_a_large_retained_state_at_qos_0_reaches_a_slow_late_subscriber_whole() -> None:
    async with embedded(limits=Limits(write_bytes=16 * 1024)) as (broker, port):
        writer = await RawClient.connected(port, "writer")
        writer.send(*(publish(f"state/{n}", b"x" * 10_000, retain=True) for n in range(1_000)))
        await writer.quiet()
        late = await RawClient.open(port, receive_buffer=64 * 1024)
        late.send(connect("late"), subscribe(("state/+", 0)))
        assert [(await late.packet()).kind for _ in range(2)] == [2, 9]
        late.writer.transport.pause_reading()
        await writer.quiet()
        session = broker._sessions["late"]
        assert session.held, "the reader is slow enough to make the replay wait"
        late.writer.transport.resume_reading()
        assert len({(await late.message()).topic for _ in range(1_000)}) == 1_000
        assert not broker.counters.dropped


async def test_a_mqtt_5_client_is_refused_in_words_it_understands() -> None:
    async with embedded() as (broker, port):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        reasons: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        client.on_connect = lambda *heard: loop.call_soon_threadsafe(reasons.put_nowait, str(heard[3]))
        await asyncio.to_thread(client.connect, "127.0.0.1", port)
        client.loop_start()
        try:
            async with asyncio.timeout(5):
                assert await reasons.get() == "Unsupported protocol version"
        finally:
            client.disconnect()
            await asyncio.to_thread(client.loop_stop)
        assert broker.counters.refused["level"] >= 1


async def test_a_rule_that_fails_opens_no_door() -> None:
    def failing(*_: object) -> bool:
        raise LookupError("the registry is gone")

    async with Broker(authenticate=failing) as broker:
        client = await RawClient.open(await broker.start("127.0.0.1", 0))
        client.send(connect("one"))
        assert await client.closed_by_broker() == b"\x20\x02\x00\x03"
        await close_all()
    async with Broker(allow=failing) as broker:
        client = await RawClient.connected(await broker.start("127.0.0.1", 0), "one")
        assert await client.subscribed(("a", 1)) == [0x80]
        await client.published("a", b"x", retain=True)
        assert broker.counters.dropped == {"rule-failed": 1}
        assert broker.retained == 0
        await close_all()


async def test_what_waits_is_judged_by_the_rule_of_the_moment_it_leaves() -> None:
    revoked = set[str]()
    async with Broker(allow=lambda client, user, action, topic: topic not in revoked) as broker:
        port = await broker.start("127.0.0.1", 0)
        reader = await RawClient.connected(port, "reader", clean=False)
        await reader.subscribed(("#", 1))
        writer = await RawClient.connected(port, "writer")
        await writer.published("flown", b"x")
        await reader.message()
        reader.cut()
        await becomes(lambda: broker.counters.connections == 1)
        await writer.published("waiting", b"x")
        await writer.published("open", b"x")
        revoked |= {"flown", "waiting"}
        back = await RawClient.connected(port, "reader", clean=False)
        assert [m.topic for m in await back.quiet()] == ["open"]
        assert broker.counters.dropped == {"denied": 2}
        await close_all()


async def test_another_user_behind_the_same_id_inherits_nothing() -> None:
    async with embedded() as (_, port):
        first = await RawClient.connected(port, "shared", clean=False, username="a", password="x")
        await first.subscribed(("a", 1))
        await first.leave()
        second = await RawClient.connected(port, "shared", clean=False, username="b", password="x")
        assert not second.session_present
        second.send(publish("a", b"x"))
        assert await second.quiet() == []


async def test_stop_ends_within_a_second_with_live_and_stuck_clients() -> None:
    broker = Broker(limits=Limits(write_bytes=16 * 1024))
    port = await broker.start("127.0.0.1", 0)
    stuck = await RawClient.open(port, receive_buffer=4_096)
    stuck.send(connect("stuck"), subscribe(("bulk", 1)))
    assert [(await stuck.packet()).kind for _ in range(2)] == [2, 9]
    stuck.writer.transport.pause_reading()
    clients = [await RawClient.connected(port, f"c{n}", will=("will", b"x", 1, False)) for n in range(100)]
    await RawClient.open(port)
    for n in range(100):
        await clients[0].published("bulk", b"x" * 100_000, packet_id=n + 1)
    begun = time.monotonic()
    await broker.stop()
    assert time.monotonic() - begun < 1
    assert broker.counters.connections == 0
    await asyncio.gather(*(client.closed_by_broker() for client in clients))
    with pytest.raises(OSError):
        await RawClient.open(port)
    await broker.stop()
    await close_all()


async def test_small_packets_are_not_held_back_by_the_kernel() -> None:
    async with embedded() as (broker, port):
        await RawClient.connected(port, "one")
        (link,) = broker._links
        wire = link._transport.get_extra_info("socket")
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_it_serves_tls_and_shrugs_at_who_speaks_none(tmp_path: Path) -> None:
    server, client_side = _contexts(tmp_path)
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    async with Broker(ssl=server, limits=Limits(connect_seconds=0.5)) as broker:
        port = await broker.start("127.0.0.1", 0)
        plain = await RawClient.open(port)
        plain.send(connect("plain"))
        await plain.closed_by_broker()
        await RawClient.open(port)  # never begins the handshake
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_side, server_hostname="hall")
        client = RawClient(reader, writer)
        client.send(connect("safe"), subscribe(("a", 1)), publish("a", b"x" * 200_000, qos=1))
        assert sorted([(await client.packet()).kind for _ in range(4)]) == [2, 3, 4, 9]
        begun = time.monotonic()
        await broker.stop()
        assert time.monotonic() - begun < 1
        await client.closed_by_broker()
        client.cut()
        await close_all()
    assert not faults


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hall")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
