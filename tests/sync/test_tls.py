"""Certificates of a city's authority on real sockets: who gets in, and what a hall hears who does not."""

from __future__ import annotations

import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from hub.sync.authority import Authority
from hub.sync.certificates import (
    BadCertificate,
    certificate_of,
    certificate_said,
    days_left,
    hall_of,
    new_private,
    new_request,
    pem,
    renewal_due,
)
from hub.sync.certified import of_proxy
from hub.sync.line import HttpLine, Tls
from hub.sync.port import Ask, LinkDown
from hub.sync.renewal import Renewal
from hub.sync.rotation import NotRenewed
from hub.sync.tls import hub_context
from hub.sync.upkeep import Upkeep, renew_when_due
from tests.sync.city import NOW, City, begun, line, served
from tests.sync.parties import HALL

TARGET = f"/sync/v1/halls/{HALL}/e1/entries"


@pytest.fixture
def city(tmp_path: Path) -> City:
    return begun(tmp_path)


async def refused(city: City, base: str, context: ssl.SSLContext) -> None:
    # in TLS 1.3 the reason may or may not arrive before the reset, so the hub says it from its own certificate
    with pytest.raises(httpx.TransportError):
        async with line(city, base, context) as client:
            await client.post(TARGET, content=b"[]")
    assert city.parties.seen == []


async def test_a_hall_with_its_certificate_and_its_key_gets_in(city: City) -> None:
    async with served(city) as base, line(city, base) as client:
        assert (await client.post(TARGET, content=b"[]")).json() == {"committed": 7}


async def test_who_has_no_certificate_an_expired_one_or_another_authoritys_stays_outside(city: City) -> None:
    long_ago = NOW - timedelta(days=500)
    city.authority.issue("ended", long_ago)
    elsewhere = Authority.begin(city.pair.parent / "other", "别市 CA", NOW)
    bare = ssl.create_default_context(cafile=str(city.ca))
    async with served(city) as base:
        await refused(city, base, bare)
        ended = hub_context(city.pair.parent / "ca/ended.pem", city.ca)
        await refused(city, base, ended)
        other = hub_context(elsewhere.issue(HALL, NOW), city.ca)
        await refused(city, base, other)
    assert city.parties.seen == []


async def test_a_server_of_another_authority_is_not_called(city: City) -> None:
    elsewhere = Authority.begin(city.pair.parent / "other", "别市 CA", NOW)
    city.server = elsewhere.serve(["127.0.0.1"], NOW)
    async with served(city) as base:
        await refused(city, base, hub_context(city.pair, city.ca))


async def test_a_revoked_certificate_stays_outside_and_others_get_in(city: City) -> None:
    other = hub_context(city.authority.issue("xicheng", NOW), city.ca)
    city.authority.revoke("xicheng", NOW)
    async with served(city, city.ca.with_name("crl.pem")) as base:
        await refused(city, base, other)
        async with line(city, base) as client:
            assert (await client.post(TARGET, content=b"[]")).is_success


async def test_the_certificate_of_one_hall_with_the_key_of_another_is_refused(city: City) -> None:
    context = hub_context(city.authority.issue("xicheng", NOW), city.ca)
    async with served(city) as base, line(city, base, context) as client:
        answer = await client.post(TARGET, content=b"[]")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-yours")
    assert city.parties.seen == []


async def test_a_certificate_is_renewed_over_the_line_and_opens_it(city: City) -> None:
    before = certificate_of(city.pair.read_bytes())
    renewal = Renewal(city.pair)
    async with served(city) as base:
        async with line(city, base) as client:
            asked = renewal.request(HALL)
            answer = await client.post(f"/sync/v1/halls/{HALL}/certificate", content=asked)
            assert answer.status_code == 200, answer.text
            renewal.finish(HALL, answer.content)
            wrong = await client.post(
                f"/sync/v1/halls/{HALL}/certificate", content=pem(new_request("xicheng", new_private()))
            )
            assert (wrong.status_code, wrong.json()["code"]) == (403, "not-yours")
        assert certificate_of(city.pair.read_bytes()) != before
        async with line(city, base) as client:
            assert (await client.post(TARGET, content=b"[]")).is_success


async def test_a_certificate_is_renewed_when_two_thirds_of_its_life_are_over_and_not_before(city: City) -> None:
    async with served(city) as base, line(city, base) as client:

        async def call(method: str, path: str, body: bytes, type: str) -> tuple[int, bytes]:
            answer = await client.request(method, path, content=body, headers={"content-type": type})
            return answer.status_code, answer.content

        assert await renew_when_due(call, HALL, city.pair, NOW + timedelta(days=200)) is None
        assert await renew_when_due(call, HALL, city.pair.with_name("none.pem"), NOW) is None
        renewed = await renew_when_due(call, HALL, city.pair, NOW + timedelta(days=300))
        assert renewed == certificate_of(city.pair.read_bytes())
        with pytest.raises(NotRenewed) as told:
            await renew_when_due(call, "xicheng", city.pair, NOW + timedelta(days=300))
        assert told.value.status == 403


async def test_after_the_end_a_request_carried_by_hand_opens_the_line_again(city: City) -> None:
    city.pair.unlink()
    city.authority.issue(HALL, NOW - timedelta(days=500)).rename(city.pair)
    async with served(city) as base:
        await refused(city, base, hub_context(city.pair, city.ca))
        renewal = Renewal(city.pair)
        renewal.finish(HALL, city.authority.sign(renewal.request(HALL), NOW).read_bytes())
        async with line(city, base) as client:
            assert (await client.post(TARGET, content=b"[]")).is_success


def test_a_certificate_of_another_key_or_hall_changes_nothing(city: City) -> None:
    before = city.pair.read_bytes()
    renewal = Renewal(city.pair)
    renewal.request(HALL)
    for stray in (city.authority.issue(HALL, NOW), city.authority.sign(pem(new_request("a", new_private())), NOW)):
        with pytest.raises(BadCertificate):
            renewal.finish(HALL, stray.read_bytes())
    assert city.pair.read_bytes() == before


def test_people_are_told_thirty_days_before_and_after_the_end(city: City) -> None:
    certificate = certificate_of(city.pair.read_bytes())
    assert (days_left(certificate, NOW), hall_of(certificate)) == (396, HALL)
    assert certificate_said(certificate, NOW) is None
    assert not renewal_due(certificate, NOW + timedelta(days=200))
    assert renewal_due(certificate, NOW + timedelta(days=270))
    near, over = (certificate_said(certificate, NOW + timedelta(days=days)) for days in (380, 400))
    assert near is not None
    assert "16" in near[0]
    assert over is not None
    assert "ca request" in over[1]


def test_openssl_agrees_with_every_certificate_and_the_list(city: City) -> None:
    city.authority.issue("xicheng", NOW)
    city.authority.revoke("xicheng", NOW)
    folder = city.ca.parent

    def judged(pair: Path, purpose: str) -> str:
        words = ["openssl", "verify", "-x509_strict", "-CAfile", city.ca, "-CRLfile", folder / "crl.pem", "-crl_check"]
        done = subprocess.run([*words, "-purpose", purpose, pair], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert judged(city.pair, "sslclient").endswith(": OK\n")
    assert judged(city.server, "sslserver").endswith(": OK\n")
    assert "certificate revoked" in judged(folder / "xicheng.pem", "sslclient")
    assert "certificate purpose" in judged(city.pair, "sslserver")


def test_a_proxy_tells_the_certificate_in_the_header_of_rfc_9440(city: City) -> None:
    import base64

    from cryptography.hazmat.primitives.serialization import Encoding

    der = certificate_of(city.pair.read_bytes()).public_bytes(Encoding.DER)
    assert of_proxy({"headers": [(b"client-cert", b":" + base64.b64encode(der) + b":")]}) == HALL
    assert of_proxy({"headers": [(b"client-cert", b":nonsense:")]}) == ""
    assert of_proxy({"headers": []}) is None


async def test_a_certificate_is_looked_after_while_the_line_is_up(city: City) -> None:
    async with served(city) as base:
        up = False
        there = HttpLine(base, Tls(city.ca, city.pair), city.parties.line())
        upkeep = Upkeep(there, HALL, city.pair, lambda: up)
        due = NOW + timedelta(days=300)
        assert await upkeep.look(due) is None
        up = True
        assert await upkeep.look(NOW) is None
        assert await upkeep.look(due) == certificate_of(city.pair.read_bytes())
        stranger = Upkeep(there, "xicheng", city.pair, lambda: up)
        assert await stranger.look(due) is None
        await there.close()
    assert await Upkeep(there, HALL, None, lambda: up).look(due) is None
    # a line that is cut is asked again at the next look
    assert await upkeep.look(due) is None


async def test_a_line_whose_certificate_has_run_out_says_so(city: City) -> None:
    city.authority.issue(HALL, NOW - timedelta(days=30), 29).rename(city.pair)
    async with served(city) as base:
        there = HttpLine(base, Tls(city.ca, city.pair), city.parties.line())
        with pytest.raises(LinkDown) as told:
            await there.call(Ask("GET", f"/sync/v1/halls/{HALL}"))
        assert told.value.code == "certificate"
        await there.close()
