"""The MQTT layer alone against brokers that misbehave; each test runs as MicroPython with its waits made short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mqtt.brokers import broker_of

from .boards import HALL, board_of, needs_micropython, script

pytestmark = needs_micropython

LINK = """
import sys, time
import mqtt_link
from clock import Monotonic
mqtt_link.ANSWER_MS, mqtt_link.PAUSE_FIRST_MS, mqtt_link.PAUSE_MOST_MS = 300, 20, 100
mono = Monotonic()
broker = mqtt_link.Broker("127.0.0.1", int(sys.argv[1]))
link = mqtt_link.MqttLink(broker, "b", [("a/b", 1)], lambda: ("w", b"gone"), mono)
ups, downs, reasons, heard, arrived = [], [], [], [], []
link.on_up = lambda: ups.append(mono.ms())
link.on_down = lambda: downs.append(mono.ms())
link.on_message = lambda topic, payload: heard.append((topic, len(payload)))
link.on_puback = arrived.append
longest = 0
def run(ms, each=lambda: None):
    global longest
    end = mono.ms() + ms
    while mono.ms() < end:
        began = mono.ms()
        link.service(20)
        longest = max(longest, mono.ms() - began)
        if link.why and (not reasons or reasons[-1] != link.why):
            reasons.append(link.why)
        each()
"""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(serve: Serve) -> AsyncIterator[int]:
    """A broker that is only a function of one connection; its port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Head and body of a short packet."""
    head, length = await reader.readexactly(2)
    if length > 127:
        length = (length & 127) | (await reader.readexactly(1))[0] << 7
    return head, await reader.readexactly(length)


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    assert (await packet(reader))[0] == 0x10
    writer.write(b"\x20\x02\x00\x00")
    head, body = await packet(reader)
    assert head == 0x82
    writer.write(b"\x90\x03" + body[:2] + b"\x01")


async def test_a_broker_that_says_nothing_is_left_and_tried_again():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with served(silent) as port:
        said = await script(LINK + "run(1500)\nprint(reasons, '|', link.connections, longest)", str(port))
    assert "no answer in time" in said
    connections, longest = (int(each) for each in said.split("|")[1].split())
    assert connections >= 3
    assert longest < 100  # ms, of which 20 are the wait itself


async def test_nobody_listening_holds_nothing_up():
    async with served(greet) as port:
        pass
    said = await script(LINK + "run(600)\nprint(reasons, link.connections > 3, longest < 100)", str(port))
    assert said.endswith("True True\n")


async def test_a_publication_without_its_puback_ends_the_link():
    async def forgetful(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greet(reader, writer)
        await reader.read(-1)

    each = "run(2000, lambda: link.is_up and not link._in_flight and link.publish('x', b'y'))\n"
    async with served(forgetful) as port:
        said = await script(LINK + each + "print(reasons, len(ups) >= 2, len(downs) >= 2, longest < 100)", str(port))
    assert "no PUBACK in time" in said
    assert said.endswith("True True True\n")


async def test_a_broker_that_stops_answering_pings_is_left():
    async def asleep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greet(reader, writer)
        await reader.read(-1)

    short = "mqtt_link.KEEPALIVE_S = 1\nrun(2200)\nprint(reasons, len(ups))"
    async with served(asleep) as port:
        said = await script(LINK + short, str(port))
    assert "no PINGRESP in time" in said


async def test_a_message_that_is_too_long_is_passed_over_and_acknowledged():
    acknowledged: list[bytes] = []

    async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greet(reader, writer)
        long = b"\x00\x03a/b\x00\x07" + b"x" * 15_000
        writer.write(b"\x32" + bytes((len(long) & 127 | 128, len(long) >> 7)) + long)
        for byte in b"\x32\x0a\x00\x03a/b\x00\x08yyy":  # and a short one, byte by byte
            writer.write(bytes((byte,)))
            await writer.drain()
        for _ in range(2):
            acknowledged.append((await packet(reader))[1])
        await reader.read(-1)

    async with served(talkative) as port:
        said = await script(LINK + "run(500)\nprint(heard, link.oversized, len(ups))", str(port))
    assert said == "[('a/b', 3)] 1 1\n"
    assert acknowledged == [b"\x00\x07", b"\x00\x08"]


async def test_noise_instead_of_mqtt_ends_the_link_and_not_the_program():
    noises = iter(
        [b"\xff" * 40, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x02\x00\x05", b"\x30\x02\x00\x09", b""] * 9
    )

    async def noisy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await packet(reader)
        writer.write(next(noises))
        await writer.drain()

    async with served(noisy) as port:
        said = await script(LINK + "run(1500)\nprint(link.connections >= 5, ups, reasons)", str(port))
    assert said.startswith("True []")
    assert "refused with code 5" in said


# -- TLS ----------------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that vouches for itself and 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(
            [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    cert_file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


@asynccontextmanager
async def behind_tls(port: int, cert: Path, key: Path) -> AsyncIterator[int]:
    """A TLS port before a broker's plain one."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, inside[1]), pump(inside[0], writer))

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("trusted", [True, False])
async def test_tls_is_spoken_with_the_broker_whose_authority_is_known_and_no_other(tmp_path: Path, trusted: bool):
    cert, key = certificate(tmp_path, "real")
    stranger, _ = certificate(tmp_path, "stranger")
    async with broker_of("embedded", tmp_path) as plain, behind_tls(plain, cert, key) as port:
        where = {"host": "localhost", "port": port, "ca": str(cert if trusted else stranger)}
        async with board_of(
            tmp_path / "b", kind="call_button", device="b1", window="1", broker=where, hall=HALL
        ) as board:
            if trusted:
                await board.sees("lamp link on")
            else:
                with pytest.raises(TimeoutError):
                    await board.sees("lamp link on", seconds=1.5)
