from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.web import bounded_http
from hub.web.server import Listen, ListenRefused, WebServer, check_listen
from hub.web.site import WebOptions
from tests.web.running import Hall, running_hall

CHUNK = 4096


async def open_page(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /live?channel=board/hall HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readuntil(b"event: snapshot\n")
    return reader, writer


async def test_a_stop_with_300_live_pages_takes_less_than_a_second_and_ends_them_properly(hall: Hall) -> None:
    hall.live.channel("board/hall", lambda: b'"' + b"x" * CHUNK + b'"')
    pages = await asyncio.gather(*(open_page(hall.server.port) for _ in range(300)))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await hall.server.stop()
    took = loop.time() - began
    ends = [await asyncio.wait_for(reader.read(), 2) for reader, _ in pages]
    for _, writer in pages:
        writer.close()
    assert took < 1
    assert all(end.endswith(b"0\r\n\r\n") for end in ends)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", hall.server.port)


async def test_a_stop_waits_for_nobody_who_never_reads_or_never_asks(hall: Hall) -> None:
    hall.live.channel("board/hall", lambda: b'"' + b"x" * 5_000_000 + b'"')
    silent = await asyncio.open_connection("127.0.0.1", hall.server.port)
    half = await asyncio.open_connection("127.0.0.1", hall.server.port)
    half[1].write(b"POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{")
    stuck = await asyncio.open_connection("127.0.0.1", hall.server.port, limit=1)
    stuck[1].write(b"GET /live?channel=board/hall HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    while not hall.live.subscribers:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await hall.server.stop()
    assert loop.time() - began < 1
    for _, writer in (silent, half, stuck):
        writer.transport.abort()


async def test_a_stop_twice_is_once(hall: Hall) -> None:
    await hall.server.stop()
    await hall.server.stop()


async def test_a_request_under_way_is_answered_before_the_stop(hall: Hall) -> None:
    async with hall.staff() as client:
        asked = asyncio.create_task(
            client.post("/api/v1/tickets", json={"category": "A"}, headers={"Idempotency-Key": "1"})
        )
        while not hall.hub.day().tickets:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await hall.server.stop()
        answer = await asked
    assert answer.status_code == 201


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "hall.example"])
def test_plain_http_off_loopback_is_refused_and_names_the_keys(host: str) -> None:
    with pytest.raises(ListenRefused) as refused:
        check_listen(Listen(host, 443))
    assert "[web] certificate" in str(refused.value)
    assert "[web] key" in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_plain_http_on_loopback_is_fine(host: str) -> None:
    check_listen(Listen(host, 8080))


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListenRefused, match=r"\[web\] key is missing"):
        check_listen(Listen("0.0.0.0", 443, certificate=tmp_path / "a.pem"))
    with pytest.raises(ListenRefused, match=r"\[web\] certificate is missing"):
        check_listen(Listen("127.0.0.1", 443, key=tmp_path / "a.pem"))


async def test_an_unreadable_certificate_is_refused_by_name(hall: Hall, tmp_path: Path) -> None:
    server = WebServer(hall.app, hall.live, Listen("127.0.0.1", 0, tmp_path / "c.pem", tmp_path / "k.pem"))
    with pytest.raises(ListenRefused, match=r"c\.pem"):
        await server.start()


async def test_a_taken_port_is_an_error_of_the_system(hall: Hall) -> None:
    server = WebServer(hall.app, hall.live, Listen("127.0.0.1", hall.server.port))
    with pytest.raises(OSError, match="in use"):
        await server.start()


async def test_over_tls_pages_are_served_and_old_versions_are_not(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(certificate))
    options = WebOptions("https://127.0.0.1", secure=True)
    listen = Listen("127.0.0.1", 0, certificate, key)
    async with running_hall(tmp_path, options=options, listen=listen) as hall:
        assert hall.url.startswith("https://")
        async with httpx.AsyncClient(base_url=hall.url, verify=trust, trust_env=False) as client:
            answer = await client.get("/api/v1/queue", headers={"Authorization": f"Bearer {hall.tokens['clerk']}"})
        assert answer.status_code == 200
        assert "max-age" in answer.headers["strict-transport-security"]


async def test_a_request_that_is_no_http_is_a_400(hall: Hall) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    writer.write(b"\x16\x03\x01 nonsense\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_a_head_without_end_is_refused(hall: Hall) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    writer.write(b"GET /api/v1/queue HTTP/1.1\r\nHost: a\r\n" + (b"X-Long: " + b"x" * 4000 + b"\r\n") * 20)
    assert (await reader.read(1000)).startswith(b"HTTP/1.1 431")
    writer.transport.abort()


async def test_one_header_without_end_is_refused(hall: Hall) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    writer.write(b"GET /api/v1/queue HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 100_000)
    assert (await reader.read(1000)).startswith(b"HTTP/1.1 431")
    writer.transport.abort()


async def test_a_head_that_never_comes_ends_the_connection(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    writer.write(b"GET /api/v1/queue HTTP/1.1\r\nHost: a\r\n")
    with contextlib.suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), 2) == b""
    writer.transport.abort()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hall")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    certificate, key = folder / "c.pem", folder / "k.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key
