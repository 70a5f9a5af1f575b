"""A session over real brokers: the contract as it goes over a wire."""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devices.wire.ids import new_id
from devices.wire.link import BrokerUrl, LinkDown, Parting, aiomqtt_connector
from devices.wire.messages import Description, HubState, decode_state, encode_hub_state
from devices.wire.session import Backoff, DeviceSession
from devices.wire.topics import Address, DeviceTopic, HubTopic, hub_filters, parse
from devices.wire.vocabulary import ButtonPressed, NumberReply
from tests.devices.conftest import MOSQUITTO, Mosquitto
from tests.devices.fakes import Intake

pytestmark = pytest.mark.mosquitto

BUTTON = Address("hall", "call_button", "B1")
FAST = Backoff(first=0.02, most=0.1)


def session(port: int, address: Address = BUTTON) -> DeviceSession:
    connect = aiomqtt_connector(BrokerUrl.parse(f"mqtt://127.0.0.1:{port}"))
    return DeviceSession(address, connect, description=Description("m", "1"), backoff=FAST)


class Peer:
    """A scripted hub behind the broker, on a client of its own."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.intakes: dict[Address, Intake] = {}
        self.states: list[tuple[Address, str]] = []
        self.changed = asyncio.Event()

    async def run(self) -> None:
        async for message in self.client.messages:
            topic = parse(message.topic.value)
            assert isinstance(topic, DeviceTopic)
            address = topic.address
            if topic.channel == "state" and message.payload:
                self.states.append((address, decode_state(message.payload).state))
            elif topic.channel == "event":
                intake = self.intakes.setdefault(address, Intake(address.kind))
                for channel, answer in intake.receive(message.payload):
                    await self.client.publish(address.topic(channel), answer, qos=1)
            self.changed.set()

    async def until(self, condition) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def peer(port: int) -> AsyncGenerator[Peer]:
    async with aiomqtt.Client("127.0.0.1", port) as client:
        for filter_, qos in hub_filters("hall"):
            await client.subscribe(filter_, qos)
        online = encode_hub_state(HubState("online", new_id()))
        await client.publish(str(HubTopic("hall", "state")), online, qos=1, retain=True)
        made = Peer(client)
        running = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_a_press_is_answered_over_a_real_broker(mosquitto, start):
    async with peer(mosquitto.port) as hub:
        button = session(mosquitto.port)
        start(button.run())
        reply = await button.ask("call-next", ButtonPressed(window="112"), NumberReply, 5)
        assert reply == NumberReply(number="A001")
        assert hub.states == [(BUTTON, "online")]


async def test_presses_survive_a_broker_that_dies_and_loses_everything(mosquitto, start):
    button = session(mosquitto.port)
    start(button.run())
    async with peer(mosquitto.port) as hub:
        await hub.until(lambda: hub.states == [(BUTTON, "online")])
    mosquitto.kill()
    for _ in range(20):
        await button.emit("recall", ButtonPressed(window="112"))
    await mosquitto.start()
    async with peer(mosquitto.port) as hub:
        await hub.until(lambda: BUTTON in hub.intakes and len(hub.intakes[BUTTON].taken) == 20)
        assert hub.states[0] == (BUTTON, "online")


async def test_a_device_that_goes_without_a_word_is_said_lost_by_its_will(mosquitto, start):
    async with peer(mosquitto.port) as hub:
        running = asyncio.ensure_future(session(mosquitto.port).run())
        await hub.until(lambda: hub.states == [(BUTTON, "online")])
        # The same client id again: the broker throws the first one out, and its will comes.
        other = session(mosquitto.port)
        start(other.run())
        await hub.until(lambda: (BUTTON, "lost") in hub.states)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_ended_device_leaves_lost_retained(mosquitto):
    running = asyncio.ensure_future(session(mosquitto.port).run())
    async with peer(mosquitto.port) as hub:
        await hub.until(lambda: hub.states == [(BUTTON, "online")])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await hub.until(lambda: hub.states[-1] == (BUTTON, "lost"))
    async with peer(mosquitto.port) as hub:
        await hub.until(lambda: hub.states == [(BUTTON, "lost")])


async def test_two_hundred_devices_are_back_quickly_after_the_broker_was(mosquitto, start):
    sessions = [session(mosquitto.port, Address("hall", "call_button", f"B{n}")) for n in range(200)]
    present = asyncio.Event()

    def count(_: bool) -> None:
        if all(each.present for each in sessions):
            present.set()

    for each in sessions:
        each.on_presence(count)
        start(each.run())
    await asyncio.wait_for(present.wait(), 10)
    mosquitto.kill()
    present.clear()
    await mosquitto.start()
    began = time.monotonic()
    await asyncio.wait_for(present.wait(), 10)
    assert time.monotonic() - began < 5


async def test_a_broker_that_is_not_there_is_a_link_down(mosquitto):
    mosquitto.kill()
    connect = aiomqtt_connector(BrokerUrl.parse(f"mqtt://127.0.0.1:{mosquitto.port}"))
    with pytest.raises(LinkDown):
        async with connect("hall:call_button:B1", Parting("t", b"")):
            pass


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mqtt://127.0.0.1", BrokerUrl("127.0.0.1", 1883)),
        ("mqtts://hub.hall:8884", BrokerUrl("hub.hall", 8884, tls=True)),
        ("mqtt://b1:p%40ss@10.0.0.2:1884", BrokerUrl("10.0.0.2", 1884, "b1", "p@ss")),
    ],
)
def test_an_address_of_a_broker_is_read(url, expected):
    assert BrokerUrl.parse(url) == expected


@pytest.mark.parametrize("url", ["127.0.0.1:1883", "http://h", "mqtt://", "mqtt://h/topic", "mqtt://h:99999"])
def test_what_is_no_address_of_a_broker_is_refused(url):
    with pytest.raises(ValueError):
        BrokerUrl.parse(url)


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_device_is_present_over_tls_and_a_stranger_of_a_broker_is_not_spoken_to(tmp_path, start):
    certificate, key = self_signed(tmp_path)
    broker = Mosquitto(tmp_path, f"certfile {certificate}\nkeyfile {key}\n")
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    await broker.start()
    try:
        url = BrokerUrl.parse(f"mqtts://localhost:{broker.port}")
        button = DeviceSession(
            BUTTON, aiomqtt_connector(url, ca_file=str(certificate)), description=Description("m", "1"), backoff=FAST
        )
        present = asyncio.Event()
        button.on_presence(lambda now: now and present.set())
        running = start(button.run())
        await asyncio.wait_for(present.wait(), 5)
        with pytest.raises(LinkDown):
            async with aiomqtt_connector(url)("hall:call_button:B2", Parting("t", b"")):
                pass
        gc.collect()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    finally:
        broker.kill()


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
