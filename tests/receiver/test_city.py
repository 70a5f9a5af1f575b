"""What the programs of the online hall ask, over a real socket."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio

from hub.receiver.desk import Desk
from hub.sync.protocol import InboxPage
from tests.receiver.halls import AT, DAY, Hall
from tests.receiver.running import open_epoch, receiver, send, until

SECRET = "city_secret"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PERSON = "ab" * 16


class City:
    def __init__(self, desk: Desk, client: httpx.AsyncClient) -> None:
        self.desk = desk
        self.client = client
        self.hall = Hall()
        desk.store.add_token("t1", hashlib.sha256(SECRET.encode()).digest(), "portal", AT)

    async def get(self, path: str, **params: str) -> httpx.Response:
        return await self.client.get(
            f"/city/v1/halls/{self.hall.name}{path}", params=params, headers={"Authorization": f"Bearer {SECRET}"}
        )

    async def post(self, path: str, body: object) -> httpx.Response:
        return await self.client.post(
            f"/city/v1/halls/{self.hall.name}{path}", json=body, headers={"Authorization": f"Bearer {SECRET}"}
        )

    async def sync(self) -> None:
        """All of the hall's log is here and folded."""
        standing = self.desk.store.standing(self.hall.name)
        if standing is None:
            await open_epoch(self.client, self.hall)
        done = 0 if standing is None else standing.committed
        assert (await send(self.client, self.hall, done)).status_code == 200
        head = self.hall.head
        await until(lambda: self.desk.store.standing(self.hall.name).viewed == head)  # type: ignore[union-attr]


@pytest_asyncio.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with receiver(tmp_path) as (desk, client):
        made = City(desk, client)
        made.hall.write(f"queue/{DAY}", "ticket-issued", ticket="t1", number="A001")
        await made.sync()
        yield made


async def test_without_a_good_token_nothing_is_told(city: City) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {SECRET}"}):
        answer = await city.client.get("/city/v1/halls", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad-token")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_message_waits_and_then_is_answered_as_of_a_stated_time(city: City) -> None:
    id = "01" * 16
    sent = await city.post("/messages", {"id": id, "type": "file-application", "data": {"item": "X"}})
    assert (sent.status_code, sent.json()["n"]) == (201, 1)
    again = await city.post("/messages", {"id": id, "type": "file-application", "data": {"item": "X"}})
    assert (again.status_code, again.json()["n"], again.json()["again"]) == (200, 1, True)
    other = await city.post("/messages", {"id": id, "type": "file-application", "data": {"item": "Y"}})
    assert (other.status_code, other.json()["code"]) == (409, "other-body")
    state = (await city.get(f"/messages/{id}")).json()
    assert state["state"] == "waiting"
    assert state["as_of"]["position"] == 1
    assert not state["as_of"]["stale"]
    facts = '{"item":"X"}'
    city.hall.write(
        "online", "message-answered", n=1, id=id, kind="file-application", ok=False, code="unknown-item", facts=facts,
        hash=city.desk.store.inbox(city.hall.name, 0, 1)[0].hash, repeated=False, reply="",
    )  # fmt: skip
    await city.sync()
    state = (await city.get(f"/messages/{id}")).json()
    assert (state["state"], state["ok"], state["code"], state["facts"]) == (
        "answered",
        False,
        "unknown-item",
        {"item": "X"},
    )
    assert state["as_of"]["position"] == 2
    assert (await city.get(f"/messages/{'02' * 16}")).status_code == 404


async def test_what_is_no_message_is_refused(city: City) -> None:
    good = {"id": "01" * 16, "type": "file-application", "data": {}}
    for change in ({"id": "x"}, {"type": "A B"}, {"more": 1}, {"data": None, "id": 7}):
        answer = await city.post("/messages", {**good, **change})
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    answer = await city.post("/messages", {**good, "data": "x" * 300_000})
    assert answer.status_code == 413
    answer = await city.client.post(
        "/city/v1/halls/nowhere/messages", json=good, headers={"Authorization": f"Bearer {SECRET}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-hall")


async def test_a_message_reaches_a_hub_that_waits_for_it(city: City) -> None:
    waiting = asyncio.create_task(city.client.get(f"/sync/v1/halls/{city.hall.name}/inbox?after=0&wait=20"))
    await until(lambda: city.hall.name in city.desk.bells._sleepers)
    await city.post("/messages", {"id": "01" * 16, "type": "ask", "data": {"q": 1}})
    page = (await asyncio.wait_for(waiting, 5)).json()
    assert [each["data"] for each in page["messages"]] == [{"q": 1}]
    assert InboxPage


async def test_a_case_is_seen_by_its_number_and_by_its_person(city: City) -> None:
    case, stream = "c" * 32, f"case/{'c' * 32}"
    city.hall.write(
        stream, "case-opened", case=case, item={"code": "X-1"}, category="A", channel="online", person=PERSON,
        name_masked="张*",
    )  # fmt: skip
    clock = {"clock": "intake", "due": "2025-12-01", "due_at": AT + 1, "provisional": False}
    city.hall.write(stream, "case-received", case=case, number="N-7", received_at=AT, day=DAY, clocks=[clock])
    await city.sync()
    seen = (await city.get("/cases/N-7")).json()
    assert seen["case"]["state"] == "received"
    assert (seen["case"]["name"], seen["case"]["item"]) == ("张*", "X-1")
    assert seen["case"]["clocks"]["intake"]["due"] == "2025-12-01"
    assert seen["as_of"]["position"] == city.hall.head
    city.hall.write(stream, "case-accepted", case=case, day=DAY, clocks=[{"clock": "legal", "due": "2026-01-05"}])
    city.hall.write(stream, "case-decided", case=case, granted=True, result="证-1", valid_until="2030-01-01", clocks=[])
    await city.sync()
    mine = (await city.get("/cases", person=PERSON)).json()["cases"]
    assert [(each["state"], each["outcome"], each["clocks"]["legal"]["state"]) for each in mine] == [
        ("decided", "granted", "ended")
    ]
    assert (await city.get("/cases", person="cd" * 16)).json()["cases"] == []
    certificate = (await city.get("/certificates/证-1")).json()["certificate"]
    assert (certificate["case"], certificate["valid_until"]) == (case, "2030-01-01")
    assert (await city.get("/cases/none")).json()["code"] == "unknown-case"


async def test_a_unit_is_sold_to_one_of_two_who_ask_at_once(city: City) -> None:
    later = city.desk.now() + 3_600_000
    city.hall.write("slots/2025-12-01", "slots-leased", lease="l1", slot="0900", codes=["u1", "u2"], expires=later)
    await city.sync()
    units = (await city.get("/slots", day="2025-12-01")).json()["units"]
    assert [each["unit"] for each in units] == ["u1", "u2"]
    answers = await asyncio.gather(
        *(
            city.post("/messages", {"id": f"{n:032x}", "type": "sell-unit", "data": {"code": "u1"}, "unit": "u1"})
            for n in range(1, 9)
        )
    )
    assert sorted(each.status_code for each in answers) == [201, *[409] * 7]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"sold"}
    units = (await city.get("/slots", day="2025-12-01")).json()["units"]
    assert [each["unit"] for each in units] == ["u2"]
    city.hall.write("slots/2025-12-01", "lease-returned", lease="l1", codes=["u2"])
    await city.sync()
    assert (await city.get("/slots", day="2025-12-01")).json()["units"] == []


async def test_tickets_and_ratings_of_a_day_are_counted(city: City) -> None:
    for type, facts in (
        ("ticket-issued", {"ticket": "t2"}),
        ("ticket-called", {"ticket": "t1"}),
        ("service-finished", {"ticket": "t1"}),
        ("ticket-missed", {"ticket": "t2"}),
        ("visit-rated", {"ticket": "t1", "window": "1", "score": 2}),
    ):
        city.hall.write(f"queue/{DAY}", type, **facts)
    await city.sync()
    counted = (await city.get(f"/days/{DAY}")).json()["tickets"]
    assert counted == {"taken": 2, "called": 1, "finished": 1, "missed": 1, "scores": [0, 1, 0, 0, 0]}
    city.hall.write("rectification/t1", "rating-voided", ticket="t1")
    await city.sync()
    assert (await city.get(f"/days/{DAY}")).json()["tickets"]["scores"] == [0] * 5


async def test_an_entry_that_cannot_be_folded_is_parked_and_the_next_one_is_not(city: City) -> None:
    city.hall.write(f"queue/{DAY}", "visit-rated", ticket="t1", score=99)
    city.hall.write(f"queue/{DAY}", "ticket-called", ticket="t1", at=AT)
    city.hall.write(f"queue/{DAY}", "ticket-called", ticket=7)
    city.hall.write(f"queue/{DAY}", "ticket-called", ticket="t1")
    await city.sync()
    told = (await city.client.get("/overview.json")).json()
    assert [(each["position"], each["type"]) for each in told["parked"]] == [(2, "visit-rated"), (4, "ticket-called")]
    assert told["halls"][0]["parked"] == 2
    assert (await city.get(f"/days/{DAY}")).json()["tickets"]["called"] == 2


async def test_files_go_up_by_either_way_and_down_in_ranges(city: City) -> None:
    name = hashlib.sha256(PDF).hexdigest()
    put = await city.client.put(
        f"/city/v1/halls/{city.hall.name}/files/{name}", content=PDF, headers={"Authorization": f"Bearer {SECRET}"}
    )
    assert (put.status_code, put.json()) == (201, {"sha256": name, "bytes": len(PDF)})
    wrong = await city.client.put(
        f"/city/v1/halls/{city.hall.name}/files/{'0' * 64}",
        content=PDF,
        headers={"Authorization": f"Bearer {SECRET}"},
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong-hash")
    line = f"/sync/v1/halls/{city.hall.name}/files"
    got = await city.client.get(f"{line}/{name}", headers={"Range": "bytes=3-9"})
    assert (got.status_code, got.content) == (206, PDF[3:10])
    assert got.headers["content-range"] == f"bytes 3-9/{len(PDF)}"
    assert (await city.client.get(f"{line}/{name}")).content == PDF
    assert (await city.client.get(f"{line}/{name}", headers={"Range": "bytes=900-"})).status_code == 416
    assert (await city.client.get(f"{line}/{'1' * 64}")).status_code == 404


async def test_a_hub_sends_a_file_in_pieces_and_goes_on_where_it_broke_off(city: City) -> None:
    import base64

    content = PDF + b"%more"
    name, line = hashlib.sha256(content).hexdigest(), f"/sync/v1/halls/{city.hall.name}/files"
    tus = {"Tus-Resumable": "1.0.0"}
    promised = f"sha256 {base64.b64encode(name.encode()).decode()}"
    made = await city.client.post(
        line, headers={**tus, "Upload-Length": str(len(content)), "Upload-Metadata": promised}
    )
    assert made.status_code == 201
    place, piece = made.headers["location"], {**tus, "Content-Type": "application/offset+octet-stream"}
    first = await city.client.patch(place, content=content[:10], headers={**piece, "Upload-Offset": "0"})
    assert (first.status_code, first.headers["upload-offset"]) == (204, "10")
    stands = await city.client.head(place, headers=tus)
    assert stands.headers["upload-offset"] == "10"
    repeated = await city.client.patch(place, content=content[:10], headers={**piece, "Upload-Offset": "0"})
    assert (repeated.status_code, repeated.json()["code"]) == (409, "upload-offset")
    last = await city.client.patch(place, content=content[10:], headers={**piece, "Upload-Offset": "10"})
    assert last.headers["material-sha256"] == name
    here = await city.client.post(
        line, headers={**tus, "Upload-Length": str(len(content)), "Upload-Metadata": promised}
    )
    assert (here.status_code, here.json()["sha256"]) == (200, name)
    assert (await city.client.post(line, headers={"Upload-Length": "5"})).status_code == 412


async def test_figures_and_health_are_told(city: City) -> None:
    text = (await city.client.get("/metrics")).text
    assert 'receiver_hall_position{hall="hall-1"} 1.0' in text
    assert 'receiver_happened_total{what="entries"} 1.0' in text
    assert (await city.client.get("/health")).json() == {"ready": True, "waiting_for": []}
    page = await city.client.get("/")
    assert "各大厅的连线" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    through = await city.client.get("/overview.json", headers={"X-Forwarded-For": "10.0.0.1"})
    assert through.status_code == 401
    through = await city.client.get("/overview.json", headers={"X-Forwarded-For": "10.0.0.1"}, auth=("any", SECRET))
    assert through.status_code == 200


async def test_nothing_that_is_sent_or_asked_for_is_a_mistake_of_the_program(url: str, tmp_path: Path) -> None:
    token, nul, deep, h = {"Authorization": f"Bearer {SECRET}"}, "a\0b", b"[" * 100_000, "00" * 32
    async with receiver(tmp_path, url) as (desk, client):
        city = City(desk, client)
        await city.sync()
        at = f"/sync/v1/halls/{city.hall.name}"
        seen: list[int] = []
        for path in (
            "/cases/%00",
            "/certificates/%00",
            "/consultations/%00",
            "/days/%00",
            "/messages/%00",
            "/files/%00",
        ):
            seen.append((await client.get(f"/city/v1/halls/{city.hall.name}{path}", headers=token)).status_code)
            seen.append((await client.get(f"/city/v1/halls/%00{path}", headers=token)).status_code)
        seen.append((await city.get("/cases", person=nul * 9)).status_code)
        seen.append((await city.get("/slots", day=DAY, after=nul)).status_code)
        for data in (b"1", b"null", b'"x"', b'{"a":"\xff"}', b'{"a":' + deep + b"}"):
            body = b'{"id":"%s","type":"t","data":%s}' % (b"ab" * 16, data)
            answer = await client.post(f"/city/v1/halls/{city.hall.name}/messages", content=body, headers=token)
            assert answer.status_code == 400
        sold = {"id": "ab" * 16, "type": "t", "data": {}, "unit": nul}
        seen.append((await city.post("/messages", sold)).status_code)
        for after, program in ((2**63, ""), (10**40, ""), (0, nul)):
            opening = {"after": after, "hash": h, "program": program, "previous": program}
            seen.append((await client.put(f"{at}/epochs/e9", json=opening)).status_code)
        for rows in (2**63, 10**40):
            snapshot = {"position": rows, "hash": h, "rows": [], "recorded_at": rows}
            seen.append((await client.put(f"{at}/{city.hall.epoch}/snapshot", json=snapshot)).status_code)
        for body, type in ((deep, "application/json"), (b'{"data":' + deep, "application/x-ndjson; v=2")):
            path = f"{at}/{city.hall.epoch}/entries?base=1"
            seen.append((await client.post(path, content=body, headers={"Content-Type": type})).status_code)
        assert [each for each in seen if each >= 500] == []


async def test_a_key_that_no_database_takes_is_parked_and_holds_up_no_other_hall(url: str, tmp_path: Path) -> None:
    async with receiver(tmp_path, url) as (desk, client):
        city = City(desk, client)
        for ticket in ("t" * 9000, "a\0b", "t1"):
            city.hall.write(f"queue/{DAY}", "visit-rated", ticket=ticket, score=5)
        await city.sync()
        assert len(desk.store.rows(city.hall.name, "parked", [f"{n:020d}" for n in (1, 2, 3)])) >= 0
        assert (await client.get("/overview.json")).json()["halls"][0]["parked"] == 2
