"""Signed requests and answers, over real httpx and FastAPI objects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from http_message_signatures.algorithms import ED25519
from http_message_signatures.resolvers import MappingKeyResolver
from http_message_signatures.signatures import HTTPMessageVerifier
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sync.clocks import clock_said
from hub.sync.identity import new_identity
from hub.sync.signed_app import SignedAnswers
from hub.sync.signed_line import SignedLine, UntrustedAnswer
from hub.sync.signed_message import Distrusted, Request, combined
from hub.sync.signing import AnswerSigner, AnswerVerifier, Signer
from tests.sync.parties import CITY, HALL, Parties

Receive = Callable[[], Awaitable[dict[str, object]]]
TARGET = f"/sync/v1/halls/{HALL}/e1/entries?base=1"


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return Parties(tmp_path)


def signed(parties: Parties, signer: Signer, body: bytes = b"[]") -> dict[str, str]:
    headers = {"content-type": "application/json"}
    return headers | signer.sign("POST", TARGET, body, headers.items())


def ready(parties: Parties) -> Signer:
    signer = parties.signer()
    signer.use(parties.verifier.challenge())
    return signer


async def test_the_first_request_fetches_a_challenge_and_the_next_ones_go_through_at_once(parties: Parties) -> None:
    async with parties.client() as client:
        for _ in range(3):
            answer = await client.post(TARGET, content=b"[1]")
            assert answer.json() == {"committed": 7}
    assert parties.seen == [(HALL, "base=1", b"[1]")] * 3
    assert [told.owner for told in parties.heard] == [CITY] * 4


async def test_get_head_and_paths_with_escapes_and_chinese_go_through(parties: Parties) -> None:
    async with parties.client() as client:
        assert (await client.get(f"/sync/v1/halls/{HALL}/inbox", params={"after": "1", "名": "张 三"})).is_success
        assert (await client.head(f"/sync/v1/halls/{HALL}/files/a%20b")).is_success
        assert (await client.delete(f"/sync/v1/halls/{HALL}/files/东城")).is_success


def test_an_independent_verifier_of_rfc_9421_takes_the_signature(parties: Parties) -> None:
    headers = signed(parties, parties.signer())
    keys = MappingKeyResolver(public_keys={parties.hall.keyid: parties.hall.private.public_key()}, private_keys={})
    judge = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=keys)
    results = judge.verify(
        Request("POST", TARGET, combined(headers.items())), expect_tag="hallhub-request-1", body=b"[]"
    )
    assert set(results[0].parameters) == {"created", "keyid", "alg", "nonce", "tag"}


@pytest.mark.parametrize("broken", ["method", "path", "query", "body", "epoch", "type", "added", "digest", "unsigned"])
def test_a_request_that_was_changed_on_the_way_is_refused(parties: Parties, broken: str) -> None:
    signer = ready(parties)
    headers, method, target, body = signed(parties, signer), "POST", TARGET, b"[]"
    match broken:
        case "method":
            method = "PUT"
        case "path":
            target = TARGET.replace(HALL, "xicheng")
        case "query":
            target = TARGET.replace("base=1", "base=2")
        case "body":
            body = b"[0]"
        case "epoch":
            headers["Hall-Epoch"] = "e2"
        case "type":
            headers["content-type"] = "text/plain"
        case "added":
            headers["Upload-Offset"] = "5"
        case "digest":
            del headers["Content-Digest"]
        case _:
            del headers["Signature"]
    with pytest.raises(Distrusted) as refused:
        parties.verifier.verify(method, target, headers.items(), body)
    assert refused.value.code == "unsigned"


def test_a_request_is_taken_once(parties: Parties) -> None:
    headers = signed(parties, ready(parties))
    assert parties.verifier.verify("POST", TARGET, headers.items(), b"[]").owner == HALL
    with pytest.raises(Distrusted) as refused:
        parties.verifier.verify("POST", TARGET, headers.items(), b"[]")
    assert refused.value.code == "replayed"


def test_a_restart_of_the_receiver_opens_no_hole(parties: Parties) -> None:
    headers = signed(parties, ready(parties))
    parties.verifier.verify("POST", TARGET, headers.items(), b"[]")
    parties.restart()
    with pytest.raises(Distrusted) as refused:
        parties.verifier.verify("POST", TARGET, headers.items(), b"[]")
    assert refused.value.code == "challenge"


async def test_a_line_outlives_a_restart_of_the_receiver(parties: Parties) -> None:
    line = parties.line()
    for _ in range(2):
        async with parties.client(line) as client:
            assert (await client.post(TARGET, content=b"[]")).is_success
        parties.restart()
    assert len(parties.seen) == 2


@pytest.mark.parametrize("days", [2, -2, 4000])
async def test_a_clock_days_off_is_told_and_stops_nothing(parties: Parties, days: int) -> None:
    parties.offset = days * 86400
    async with parties.client() as client:
        assert (await client.post(TARGET, content=b"[]")).is_success
    assert abs(parties.heard[-1].clock_off_ms + days * 86_400_000) < 5000


def test_a_key_that_is_unknown_retired_or_revoked_is_told_apart(parties: Parties) -> None:
    stranger = Signer(new_identity, lambda: "e1")
    with pytest.raises(Distrusted, match="not known"):
        parties.verifier.verify("POST", TARGET, signed(parties, stranger).items(), b"[]")
    parties.halls.retire(parties.hall.keyid, 1)
    with pytest.raises(Distrusted, match="retired"):
        parties.verifier.verify("POST", TARGET, signed(parties, ready(parties)).items(), b"[]")
    parties.halls.revoke(HALL, parties.hall.keyid, 2)
    with pytest.raises(Distrusted, match="revoked"):
        parties.verifier.verify("POST", TARGET, signed(parties, ready(parties)).items(), b"[]")


async def test_a_hall_reaches_only_its_own_resources(parties: Parties) -> None:
    async with parties.client() as client:
        answer = await client.post(TARGET.replace(HALL, "xicheng"), content=b"[]")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-yours")


async def test_a_large_body_goes_through_and_one_that_was_changed_reaches_nobody(parties: Parties) -> None:
    changing = False

    async def app(scope: dict[str, object], receive: Receive, send: object) -> None:
        async def changed() -> dict[str, object]:
            event = await receive()
            return event | {"body": event["body"][:-1] + b"?"} if changing else event  # type: ignore[index]

        await parties.app(scope, changed, send)  # type: ignore[arg-type]

    async with parties.client(app=app) as client:
        assert (await client.post(TARGET, content=bytes(9 * 1024 * 1024))).is_success
        changing = True
        answer = await client.post(TARGET, content=b"[]")
    assert (answer.status_code, answer.json()["code"]) == (401, "unsigned")
    assert len(parties.seen) == 1


async def test_what_lies_outside_the_root_needs_no_signature(parties: Parties) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=parties.app), base_url="https://city") as client:
        assert (await client.get("/health")).json() == {"ok": True}
        assert (await client.get(TARGET)).status_code == 401


def between(parties: Parties, change: str) -> object:
    """The receiver behind somebody who changes its answers."""
    kept: list[list[dict[str, object]]] = []

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        events: list[dict[str, object]] = []

        async def hold(event: dict[str, object]) -> None:
            events.append(dict(event))

        await parties.app(scope, receive, hold)  # type: ignore[arg-type]
        if events[0]["status"] == 200:
            kept.append(events)
            match change:
                case "body":
                    events[1]["body"] = b'{"committed": 9}'
                case "status":
                    events[0]["status"] = 201
                case "unsigned":
                    events[0]["headers"] = [(b"content-type", b"application/json")]
                case "older":
                    events = kept[0]
                case _:
                    events[0]["headers"] = [*events[0]["headers"], (b"hall-challenge", b"mine")]  # type: ignore[misc]
        for event in events:
            await send(event)  # type: ignore[operator]

    return app


@pytest.mark.parametrize("change", ["body", "status", "unsigned", "challenge"])
async def test_an_invented_answer_is_no_answer(parties: Parties, change: str) -> None:
    async with parties.client(app=between(parties, change)) as client:
        with pytest.raises(UntrustedAnswer):
            await client.post(TARGET, content=b"[]")


async def test_an_older_answer_does_not_answer_another_request(parties: Parties) -> None:
    async with parties.client(app=between(parties, "older")) as client:
        await client.post(TARGET, content=b"[]")
        with pytest.raises(UntrustedAnswer):
            await client.post(TARGET, content=b"[]")


async def test_an_answer_of_a_key_the_hub_does_not_know_is_no_answer(parties: Parties) -> None:
    other = replace(parties, folder=parties.folder / "other")
    line = SignedLine(parties.signer(), AnswerVerifier(other.halls))
    async with parties.client(line) as client:
        with pytest.raises(UntrustedAnswer):
            await client.post(TARGET, content=b"[]")


async def test_an_answer_without_end_is_given_up(parties: Parties) -> None:
    async def endless(scope: object, receive: object, send: Callable[[dict[str, object]], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(40):
            await send({"type": "http.response.body", "body": bytes(1024 * 1024), "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async with parties.client(app=endless) as client:
        with pytest.raises(UntrustedAnswer, match="more than"):
            await client.post(TARGET, content=b"[]")


def test_people_are_told_how_far_the_clocks_are_apart() -> None:
    assert clock_said(119_000, 0) is None
    slow, fast = clock_said(2 * 86_400_000, 0), clock_said(-180_000, 0)
    assert slow is not None
    assert slow[0].startswith("本机时钟比网上大厅慢 2 天（本机 01-01")
    assert "2 days behind" in slow[1]
    assert fast is not None
    assert "3 minutes ahead of" in fast[1]


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_changed_in_a_request_spoils_it(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        parties = Parties(Path(folder))
        headers = signed(parties, ready(parties))
        sent = {**headers, "target": TARGET, "body": "[]"}
        where = data.draw(st.sampled_from(sorted(sent)))
        at = data.draw(st.integers(0, len(sent[where]) - 1))
        changed = {**sent, where: sent[where][:at] + data.draw(st.sampled_from("aB0-_=~!")) + sent[where][at + 1 :]}
        target, body = changed["target"], changed["body"].encode()
        try:
            parties.verifier.verify("POST", target, [(name, changed[name]) for name in headers], body)
            taken = True
        except Distrusted:
            taken = False
        # base64 has more than one way to say the same
        assert taken == (changed == sent) or (taken and where == "Signature")


async def test_a_refusal_at_the_door_is_believed_too(parties: Parties) -> None:
    async def door(scope: object, receive: object, send: Callable[[dict[str, object]], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"7")]})
        await send({"type": "http.response.body", "body": b"{}"})

    async with parties.client(app=SignedAnswers(door, AnswerSigner(lambda: parties.city))) as client:
        answer = await client.post(TARGET, content=b"[]")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
