from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from hub.web.api import body
from hub.web.site import WebOptions
from tests.web.running import KIOSK, PRINTER, Hall, running_hall


async def take(client: httpx.AsyncClient, key: str, **data: object) -> httpx.Response:
    return await client.post("/api/v1/tickets", json={"category": "A", **data}, headers={"Idempotency-Key": key})


async def test_a_ticket_is_answered_201_with_the_reply_of_the_wire(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        answer = await take(client, "k-1", phone="13800138000", items=["A06"])
    assert answer.status_code == 201
    assert set(answer.json()) == {"ticket", "number", "ahead", "wait_minutes", "printer", "floor", "late"}
    assert answer.json()["number"] == "A001"
    assert answer.json()["printer"] is None
    assert int(answer.headers["Hub-Position"]) == hall.hub.head()
    assert "Idempotency-Replayed" not in answer.headers


async def test_a_repeat_gets_the_same_ticket_and_says_so(hall: Hall) -> None:
    async with hall.staff() as client:
        first = await take(client, "k-1")
        again = await client.post(
            "/api/v1/tickets", content=b'{ "category" : "A" }', headers={"Idempotency-Key": "k-1"}
        )
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(hall.hub.day().tickets) == 1


async def test_the_same_key_with_another_body_is_refused(hall: Hall) -> None:
    async with hall.staff() as client:
        await take(client, "k-1")
        other = await take(client, "k-1", category="B")
    assert (other.status_code, other.json()["code"]) == (409, "other-body")
    assert len(hall.hub.day().tickets) == 1


async def test_a_key_counts_within_its_sender(hall: Hall) -> None:
    async with hall.staff("clerk") as one, hall.staff("supervisor") as two:
        first, second = await take(one, "k-1"), await take(two, "k-1")
    assert {first.json()["number"], second.json()["number"]} == {"A001", "A002"}


async def test_a_missing_key_is_refused_by_name(hall: Hall) -> None:
    async with hall.staff() as client:
        answer = await client.post("/api/v1/tickets", json={"category": "A"})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]["zh"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "ключ".encode().decode("latin-1"), "a/b"])
async def test_a_bad_key_is_refused(hall: Hall, key: str) -> None:
    async with hall.staff() as client:
        answer = await client.post(
            "/api/v1/tickets",
            json={"category": "A"},
            headers={b"Idempotency-Key": key.encode("latin-1")},  # pyright: ignore[reportArgumentType]
        )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-idempotency-key")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"{", 400, "malformed-json"),
        (b'{"category": "A"} x', 400, "malformed-json"),
        (b'{"category": "\xff"}', 400, "not-utf-8"),
        (b"\xff\xfe{", 400, "not-utf-8"),
        (b'{"category": "A", "x": ' + b"[" * 8000 + b"]" * 8000 + b"}", 400, "too-deep"),
        (b'{"category": "A", "phone": "' + b"1" * 16384 + b'"}', 413, "too-large"),
        (b"[]", 422, "bad-value"),
        (b"", 422, "bad-value"),
        (b"{}", 422, "bad-value"),
        (b'{"category": 7}', 422, "bad-value"),
        (b'{"category": ""}', 422, "bad-value"),
        (b'{"category": "A", "items": "X"}', 422, "bad-value"),
        (b'{"category": "A", "floor": 1.5}', 422, "bad-value"),
        (b'{"category": "A", "kiosk": "a/b"}', 422, "bad-value"),
        (b'{"category": "Z"}', 422, "unknown-category"),
        (b'{"category": "A", "items": ["X1"]}', 422, "unknown-item"),
        (b'{"items": []}', 422, "bad-value"),
        (b'{"category": "A", "priority": "king"}', 422, "unknown-priority"),
        (b'{"category": "A", "phone": "12"}', 422, "bad-phone"),
        (b'{"category": "A", "phone": "\xe4\xb8\x80"}', 422, "bad-phone"),
    ],
)
async def test_a_bad_body_is_a_clear_refusal_and_issues_nothing(
    hall: Hall, sent: bytes, status: int, code: str
) -> None:
    async with hall.staff() as client:
        answer = await client.post("/api/v1/tickets", content=sent, headers={"Idempotency-Key": "k"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (status, code, status)
    assert problem["detail"]["zh"]
    assert problem["detail"]["en"]
    assert not hall.hub.day().tickets


@pytest.mark.parametrize(
    ("sent", "field"),
    [(b"{}", "category"), (b'{"category": 7}', "category"), (b'{"category":"A","items":[1]}', "items")],
)
async def test_a_bad_value_names_its_field(hall: Hall, sent: bytes, field: str) -> None:
    async with hall.staff() as client:
        answer = await client.post("/api/v1/tickets", content=sent, headers={"Idempotency-Key": "k"})
    assert answer.json()["facts"]["field"].startswith(field)


async def test_a_number_for_items_alone_is_of_the_first_ones_category(hall: Hall) -> None:
    async with hall.staff() as client:
        answer = await client.post("/api/v1/tickets", json={"items": ["E03", "A01"]}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["number"]) == (201, "E001")
    [ticket] = hall.hub.day().tickets.values()
    assert ticket.items == ("E03", "A01")
    assert set(ticket.todo) == {"E", "A"}


async def test_an_oversized_body_without_a_length_is_refused_too(hall: Hall) -> None:
    async def endless():
        for _ in range(40):
            yield b" " * 1024

    async with hall.staff() as client:
        answer = await client.post("/api/v1/tickets", content=endless(), headers={"Idempotency-Key": "k"})
    assert answer.status_code == 413


async def test_a_body_that_never_ends_is_refused_after_a_while(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    head = f"POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hall.tokens['clerk']}\r\n"
    writer.write((head + 'Content-Length: 99\r\n\r\n{"category"').encode())
    assert (await asyncio.wait_for(reader.readline(), 2)).startswith(b"HTTP/1.1 408")
    writer.transport.abort()


async def test_a_caller_who_leaves_in_the_middle_is_no_failure(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    head = f"POST /api/v1/tickets HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {hall.tokens['clerk']}\r\n"
    writer.write((head + 'Content-Length: 99\r\n\r\n{"category"').encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with hall.staff() as client:
        assert (await take(client, "k")).status_code == 201
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_another_content_type_is_refused(hall: Hall) -> None:
    async with hall.staff() as client:
        answer = await client.post("/api/v1/tickets", data={"category": "A"}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 415


async def test_a_ticket_for_a_kiosk_is_printed_there_and_waits_on_its_floor(hall: Hall) -> None:
    async with hall.staff() as client:
        answer = await take(client, "k-1", category="P", kiosk=KIOSK)
        seen = await client.get(f"/api/v1/tickets/{answer.json()['number']}")
    assert answer.json()["printer"] == PRINTER
    assert seen.json()["line"] == "P/2"


async def test_a_full_disk_is_507_and_the_next_ticket_is_issued_when_there_is_room(hall: Hall) -> None:
    async with hall.staff() as client:
        hall.room(0)
        full = await take(client, "k-1")
        assert (full.status_code, full.json()["code"]) == (507, "no-room")
        hall.room(None)
        answer = await take(client, "k-1")
    assert (answer.status_code, answer.json()["number"]) == (201, "A001")


async def test_eight_callers_never_get_a_number_twice(hall: Hall) -> None:
    async def caller(name: int) -> list[str]:
        async with hall.staff() as client:
            return [(await take(client, f"{name}-{n}")).json()["number"] for n in range(20)]

    numbers = [number for got in await asyncio.gather(*map(caller, range(8))) for number in got]
    assert len(set(numbers)) == 160


async def test_a_ticket_is_found_by_id_and_by_number(hall: Hall) -> None:
    async with hall.staff() as client:
        taken = (await take(client, "k-1")).json()
        by_id = await client.get(f"/api/v1/tickets/{taken['ticket']}")
        by_number = await client.get("/api/v1/tickets/a001")
        missing = await client.get("/api/v1/tickets/A999")
    assert by_id.json() == by_number.json()
    assert by_id.json()["state"] == "waiting"
    assert by_id.json()["issued_at"] == "2026-11-23T02:00:00Z"
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-ticket")


async def test_a_ticket_is_abandoned_once(hall: Hall) -> None:
    async with hall.staff() as client:
        await take(client, "k-1")
        first = await client.post("/api/v1/tickets/A001/abandon", headers={"Idempotency-Key": "a"})
        again = await client.post("/api/v1/tickets/A001/abandon", headers={"Idempotency-Key": "a"})
        anew = await client.post("/api/v1/tickets/A001/abandon", headers={"Idempotency-Key": "b"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert (anew.status_code, anew.json()["code"]) == (409, "wrong-state")


async def test_a_void_needs_a_reason(hall: Hall) -> None:
    async with hall.staff() as client:
        await take(client, "k-1")
        bare = await client.post("/api/v1/tickets/A001/void", headers={"Idempotency-Key": "a"})
        told = await client.post("/api/v1/tickets/A001/void", json={"why": "误取"}, headers={"Idempotency-Key": "b"})
    assert (bare.status_code, bare.json()["code"]) == (422, "reason-needed")
    assert told.status_code == 200


async def test_a_reprint_goes_to_the_printer_that_printed(hall: Hall) -> None:
    async with hall.staff() as client:
        await take(client, "k-1", kiosk=KIOSK)
        answer = await client.post("/api/v1/tickets/A001/reprint", headers={"Idempotency-Key": "a"})
        seen = (await client.get("/api/v1/tickets/A001")).json()
    assert answer.status_code == 200
    assert (seen["copies"], seen["printer"]) == (1, PRINTER)


async def test_a_reprint_at_a_printer_that_is_none_is_refused(tmp_path: Path) -> None:
    approved = WebOptions("http://hall.test", secure=False, admission="approved")
    async with running_hall(tmp_path, options=approved) as hall, hall.staff() as client:
        await take(client, "k-1", kiosk=KIOSK)
        for device in ("nope", KIOSK):
            answer = await client.post(
                "/api/v1/tickets/A001/reprint", json={"printer": device}, headers={"Idempotency-Key": device}
            )
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown-device")
        seen = (await client.get("/api/v1/tickets/A001")).json()
    assert (seen["copies"], seen["printer"]) == (0, PRINTER)


async def test_a_phone_number_never_shows(hall: Hall) -> None:
    async with hall.staff() as client:
        await take(client, "k-1", phone="13800138000")
        seen = await client.get("/api/v1/tickets/A001")
    assert seen.json()["has_phone"] is True
    assert "13800138000" not in seen.text


@pytest.mark.parametrize("far", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z"])
async def test_a_time_that_no_calendar_holds_is_refused_by_its_field(hall: Hall, far: str) -> None:
    served = {"number": "XA001", "category": "A", "window": "101", "called_at": far, "finished_at": far}
    async with hall.staff() as client:
        late = await take(client, "k-1", slot=far)
        hand = await client.post(
            "/api/v1/tickets/hand", json={**served, "taken_at": far}, headers={"Idempotency-Key": "k-2"}
        )
    assert [(each.status_code, each.json()["facts"]["field"]) for each in (late, hand)] == [
        (422, "slot"),
        (422, "taken_at"),
    ]


async def test_a_hand_ticket_was_served_by_somebody_who_can_have_an_account(hall: Hall) -> None:
    at = "2026-11-23T09:50:00+08:00"
    served = {"number": "XA001", "category": "A", "taken_at": at, "called_at": at, "finished_at": at, "window": "101"}
    async with hall.staff() as client:
        answer = await client.post(
            "/api/v1/tickets/hand", json={**served, "clerk": "\u202eli/x"}, headers={"Idempotency-Key": "k-1"}
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-account")


async def test_a_day_that_never_was_explains_nothing(hall: Hall) -> None:
    async with hall.staff() as client:
        answer = await client.get("/api/v1/queue/explain?first=A001&second=A002&day=2020-01-01")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-day")
