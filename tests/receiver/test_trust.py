"""Who gets in: certificates of the city's authority, and a hall only to its own resources."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.requests import Request

from hub.receiver.settings import ReceiverSettings, load
from hub.receiver.signed import OWN_KEY
from hub.receiver.trust import Untrusted
from hub.settings import SettingsInvalid
from hub.sync.identity import load_identity
from tests.receiver.halls import Hall
from tests.receiver.running import open_epoch, receiver, send
from tests.sync.parties import CITY, HALL, Parties

NOW = datetime.datetime.now(datetime.UTC)


class Issuer:
    """A small authority whose files lie in ``folder``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self._signed(self.name, self.key, ca=True))

    def issue(self, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate, secret = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(self._signed(subject, key, ca=False))
        form = serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return certificate, secret

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> bytes:
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - datetime.timedelta(hours=1))
            .not_valid_after(NOW + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)


class ByHeader:
    """Stands for the verified signer."""

    async def verify(self, request: Request) -> str:
        if "x-signed-by" not in request.headers:
            raise Untrusted("unsigned")
        return request.headers["x-signed-by"]


async def test_only_who_shows_a_certificate_of_the_authority_is_heard(tmp_path: Path) -> None:
    city, other = Issuer(tmp_path, "city"), Issuer(tmp_path, "other")
    certificate, key = city.issue("receiver")
    hall = Hall()
    hall.tickets(3)
    async with receiver(tmp_path, certificate=certificate, key=key, client_ca=city.path) as (_, client):
        url = str(client.base_url)

        async def opened(shown: tuple[Path, Path] | None) -> int:
            context = ssl.create_default_context(cafile=str(city.path))
            if shown is not None:
                context.load_cert_chain(*shown)
            async with httpx.AsyncClient(base_url=url, verify=context, trust_env=False) as line:
                return (await open_epoch(line, hall)).status_code

        assert await opened(city.issue("hall-1")) == 200
        for shown in (None, other.issue("hall-2")):
            with pytest.raises(httpx.TransportError):
                await opened(shown)


async def test_a_hall_reaches_only_what_is_its_own(tmp_path: Path) -> None:
    async with receiver(tmp_path, trust=ByHeader()) as (desk, client):
        hall = Hall()
        hall.tickets(3)
        assert (await open_epoch(client, hall)).json()["code"] == "unsigned"
        answer = await send(client, hall, 0, **{"X-Signed-By": "hall-2"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-yours")
        for path in ("", "/inbox", f"/files/{'0' * 64}"):
            answer = await client.get(f"/sync/v1/halls/{hall.name}{path}", headers={"X-Signed-By": "hall-2"})
            assert answer.status_code == 403
        assert desk.store.halls() == []
        assert (await client.get("/sync/v1/halls/hall-1", headers={"X-Signed-By": "hall-1"})).status_code == 200


def test_off_loopback_nobody_listens_without_certificates_and_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="client_ca"):
        load(None, {}, listen="0.0.0.0:8443")
    with pytest.raises(SettingsInvalid, match="certificate"):
        load(None, {}, city_listen="10.0.0.1:80")
    file = tmp_path / "receiver.toml"
    file.write_text('url = "memory:"\nstale_minutes = 5\n')
    made = load(file, {"HALLHUB_RECEIVER_STALE_MINUTES": "7"}, listen="localhost:1", url=None)
    assert made == ReceiverSettings(url="memory:", stale_minutes=7, listen="localhost:1")
    with pytest.raises(SettingsInvalid, match="unknown"):
        load(None, {"HALLHUB_RECEIVER_UNKNOWN": "1"})
    file.write_text("url =")
    with pytest.raises(SettingsInvalid, match="TOML"):
        load(file, {})
    example = Path(__file__).parents[2] / "systemd" / "receiver.toml.example"
    assert load(example, {}).url.startswith("postgresql:")


async def test_a_signed_line_carries_a_hall_and_no_other(tmp_path: Path) -> None:
    parties, hall = Parties(tmp_path), Hall(HALL)
    hall.tickets(30)
    async with receiver(tmp_path, halls=tmp_path / "halls.json") as (desk, plain):
        city = load_identity(tmp_path / OWN_KEY)
        parties.cities.add(CITY, city.public, 0)
        assert (await open_epoch(plain, hall)).json()["code"] == "unsigned"

        def line() -> httpx.AsyncClient:
            return httpx.AsyncClient(base_url=plain.base_url, auth=parties.line(), trust_env=False)

        async with line() as signed:
            assert (await open_epoch(signed, hall)).status_code == 200
            assert (await send(signed, hall, 0)).json()["committed"] == 30
            assert (await send(signed, hall, 0)).json()["code"] == "expected"
            assert (await signed.get(f"/sync/v1/halls/{HALL}/inbox?after=0")).json()["last"] == 0
            assert (await open_epoch(signed, Hall("xicheng"))).status_code == 403
        assert desk.store.read(HALL, 0, 100) == hall.events()


async def test_what_is_refused_at_the_door_is_signed_and_nobody_else_takes_a_halls_turn(tmp_path: Path) -> None:
    parties, hall = Parties(tmp_path), Hall(HALL)
    hall.tickets(3)
    stranger = httpx.Limits(max_keepalive_connections=0)
    async with receiver(tmp_path, halls=tmp_path / "halls.json") as (_, plain):
        parties.cities.add(CITY, load_identity(tmp_path / OWN_KEY).public, 0)
        sent = asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b"["
            sent.set()
            await asyncio.sleep(30)

        path = f"/sync/v1/halls/{HALL}/{hall.epoch}/entries?base=1"
        async with (
            httpx.AsyncClient(base_url=plain.base_url, auth=parties.line(), trust_env=False) as signed,
            httpx.AsyncClient(base_url=plain.base_url, limits=stranger, trust_env=False) as other,
        ):
            slow = asyncio.create_task(other.post(path, content=slowly(), headers={"Content-Length": "1000000"}))
            await sent.wait()
            assert (await open_epoch(signed, hall)).status_code == 200
            assert (await send(signed, hall, 0)).json()["committed"] == 3
            # an answer that is not signed would raise here
            assert (await signed.post(path, content=bytes(5_000_000))).json()["code"] == "too-large"
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)


def test_a_missing_file_is_named_and_the_key_may_lie_with_its_certificate(tmp_path: Path) -> None:
    pair = tmp_path / "server.pem"
    made = ReceiverSettings(certificate=pair)
    made.check()
    with pytest.raises(SettingsInvalid, match="there is no such file"):
        made.check_files()
    with pytest.raises(SettingsInvalid, match="certificate"):
        ReceiverSettings(key=pair).check()
