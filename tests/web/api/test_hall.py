from __future__ import annotations

from pathlib import Path

from hub.web.site import DevicePresence
from tests.web.running import MONDAY_AT_TEN, Hall, running_hall


async def test_the_queue_counts_who_waits(hall: Hall) -> None:
    async with hall.staff() as client:
        for number in range(2):
            await client.post("/api/v1/tickets", json={"category": "B"}, headers={"Idempotency-Key": str(number)})
        hall.clock.advance(31 * 60_000)
        queues = {queue["category"]: queue for queue in (await client.get("/api/v1/queue")).json()}
    assert len(queues) == 17
    assert (queues["B"]["waiting"], queues["B"]["issued"], queues["B"]["longest_wait_minutes"]) == (2, 2, 31)
    assert queues["P"]["lines"][0]["line"] == "P/1"
    assert queues["B"]["lines"][0]["wait_minutes"] is None


async def test_the_hall_its_day_and_its_profile(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        shown = (await client.get("/api/v1/hall")).json()
        day = (await client.get("/api/v1/day")).json()
        profile = (await client.get("/api/v1/profile")).json()
        windows = (await client.get("/api/v1/windows")).json()
    assert len(shown["categories"]) == 17
    assert (day["date"], day["closed"], day["now"]) == ("2026-11-23", False, "2026-11-23T02:00:00Z")
    assert day["position"] == hall.hub.head()
    assert (profile["version"], len(profile["profile"]["windows"])) == (1, 58)
    assert len(windows) == 58


async def test_the_supervisor_closes_the_day(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        await client.post("/api/v1/tickets", json={"category": "A"}, headers={"Idempotency-Key": "1"})
        closed = await client.post("/api/v1/day/close", headers={"Idempotency-Key": "2"})
        late = await client.post("/api/v1/tickets", json={"category": "A"}, headers={"Idempotency-Key": "3"})
        ticket = await client.get("/api/v1/tickets/A001")
    assert closed.status_code == 200
    assert (late.status_code, late.json()["code"]) == (409, "day-closed")
    assert ticket.json()["state"] == "expired"


async def test_the_administrator_confirms_a_clock_that_stepped(hall: Hall) -> None:
    hall.clock.step(86_400_000)
    await hall.hub.keep()
    async with hall.staff() as client:
        assert (await client.get("/api/v1/day")).json()["clock_frozen"] is True
        confirmed = await client.post("/api/v1/clock/confirm")
        day = (await client.get("/api/v1/day")).json()
    assert confirmed.json() == {"frozen": False}
    assert (day["clock_frozen"], day["date"]) == (False, "2026-11-24")


async def test_devices_come_from_who_knows_them(tmp_path: Path) -> None:
    present = [DevicePresence("p1", "ticket_printer", "lost", MONDAY_AT_TEN, "paper-out")]
    async with running_hall(tmp_path, presence=present) as hall, hall.staff("supervisor") as client:
        devices = (await client.get("/api/v1/devices")).json()
    assert devices == [
        {"id": "p1", "kind": "ticket_printer", "state": "lost", "since": "2026-11-23T02:00:00Z", "trouble": "paper-out"}
    ]


async def test_the_api_describes_itself(hall: Hall) -> None:
    async with hall.client() as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    take = document["paths"]["/api/v1/tickets"]["post"]
    body = take["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert set(document["components"]["schemas"][body]["properties"]) >= {"category", "phone", "priority", "items"}
    assert "201" in take["responses"]
    assert take["parameters"][0] | {"description": ""} == {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        "description": "",
    }
    assert "/api/v1/windows/{window}/call-next" in document["paths"]
    references = _references(document)
    assert references <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def _references(node: object) -> set[str]:
    if isinstance(node, dict):
        found = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return found.union(*(_references(each) for each in node.values()))
    if isinstance(node, list):
        return set().union(*(_references(each) for each in node))
    return set()
