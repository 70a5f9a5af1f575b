"""The catalogue over the API: seen by staff, uploaded, compared and published by administrators."""

from __future__ import annotations

import base64
from dataclasses import replace

import httpx
import pytest

from hub.core.catalogue_file import write_csv
from hub.domain.catalogue.item import Catalogue
from tests.web.running import Hall


def in_force(hall: Hall) -> Catalogue:
    force = hall.hub.catalogue_in_force()
    assert force is not None
    return force.catalogue


def body(content: bytes, **more: object) -> dict[str, object]:
    return {"name": "items.csv", "content": base64.b64encode(content).decode(), **more}


async def publish(client: httpx.AsyncClient, held: str, **more: object) -> httpx.Response:
    return await client.post(
        "/api/v1/catalogue/versions", json={"import": held, **more}, headers={"Idempotency-Key": held[:8]}
    )


async def test_versions_items_and_one_item_are_seen_by_staff(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        (version,) = (await client.get("/api/v1/catalogue")).json()
        found = (await client.get("/api/v1/catalogue/items", params={"q": "gtgshsl"})).json()
        away = (await client.get("/api/v1/catalogue/items", params={"place": "street"})).json()
        item = (await client.get("/api/v1/catalogue/items/M01", params={"version": 1})).json()
        last = (await client.get("/api/v1/catalogue/items", params={"offset": 750})).json()
    assert (version["version"], version["items"], version["in_force"], version["ends"]) == (1, 756, True, None)
    assert found["items"][0]["code"] == "A06"
    assert away["total"] == 11
    assert len(item["item"]["route"]) == 7
    assert item["overlay"]["category"] == "M"
    assert (last["total"], len(last["items"])) == (756, 6)


async def test_what_is_not_there_is_refused_by_code(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        codes = [
            (await client.get(f"/api/v1/catalogue/{path}")).json()["code"]
            for path in ("items/Z99", "items/A01?version=9", "difference?before=1&after=2")
        ]
    async with hall.client() as stranger:
        assert (await stranger.get("/api/v1/catalogue")).status_code == 401
    assert codes == ["unknown-item", "unknown-version", "unknown-version"]


async def test_only_administrators_upload_and_publish(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        assert (await client.post("/api/v1/catalogue/imports", json=body(b"x"))).status_code == 403
        assert (await publish(client, "0" * 32)).status_code == 403


async def test_an_upload_is_compared_and_published_once(hall: Hall) -> None:
    before = in_force(hall)
    items = tuple(replace(item, promised_days=2) if item.code == "A02" else item for item in before.items[:-1])
    content = write_csv(replace(before, items=items))
    async with hall.staff("administrator") as client:
        answer = await client.post("/api/v1/catalogue/imports", json=body(content), timeout=60)
        held = answer.json()
        assert answer.status_code == 201
        assert (held["rows"], held["bad"], held["against"]) == (755, [], 1)
        assert [each["code"] for each in held["difference"]["changed"]] == ["A02"]
        assert [each["code"] for each in held["difference"]["removed"]] == ["X39"]
        first = await publish(client, held["id"], valid_from="2026-12-01")
        again = await publish(client, held["id"], valid_from="2026-12-01")
        versions = (await client.get("/api/v1/catalogue")).json()
        told = (await client.get("/api/v1/catalogue/difference", params={"before": 1, "after": 2})).json()
    assert first.json() == again.json() == {"version": 2, "changed": True, "valid_from": "2026-12-01"}
    assert [each["in_force"] for each in versions] == [False, True]
    assert told["changed"][0]["fields"][0]["after"] == ["2", "2"]
    assert in_force(hall) is before


async def test_a_version_with_a_last_day_gives_way_to_the_one_before_it(hall: Hall) -> None:
    before = in_force(hall)
    content = write_csv(replace(before, items=before.items[:-1]))
    async with hall.staff("administrator") as client:
        held = (await client.post("/api/v1/catalogue/imports", json=body(content), timeout=60)).json()
        early = await publish(client, held["id"], valid_from="2026-12-01", valid_to="2026-11-30")
        again = {"json": {"import": held["id"], "valid_to": "2026-11-23"}, "headers": {"Idempotency-Key": "k"}}
        made = await client.post("/api/v1/catalogue/versions", **again)
        during = (await client.get("/api/v1/catalogue")).json()
        hall.clock.advance(24 * 3_600_000)
        await hall.hub.keep()
        afterwards = (await client.get("/api/v1/catalogue")).json()
    assert (early.status_code, early.json()["facts"]["field"]) == (422, "valid_to")
    assert made.status_code == 201, made.text
    assert [(each["version"], each["valid_to"], each["in_force"]) for each in during] == [
        (2, "2026-11-23", True),
        (1, None, False),
    ]
    assert [each["in_force"] for each in afterwards] == [False, True]


async def test_bad_rows_are_published_without_only_when_told(hall: Hall) -> None:
    before = in_force(hall)
    content = write_csv(before).replace("旅行社设立许可".encode(), b"=1")
    async with hall.staff("administrator") as client:
        held = (await client.post("/api/v1/catalogue/imports", json=body(content), timeout=60)).json()
        assert (held["bad"][0]["code"], held["kept"]) == ("H55", 1)
        refused = await publish(client, held["id"])
        taken = await client.post(
            "/api/v1/catalogue/versions",
            json={"import": held["id"], "take_good": True},
            headers={"Idempotency-Key": "other"},
        )
    assert (refused.status_code, refused.json()["code"]) == (422, "catalogue-invalid")
    assert taken.json() == {"version": 1, "changed": False, "valid_from": "2026-11-23"}


async def test_a_route_with_a_circle_is_refused_by_line_and_keeps_everything_out(hall: Hall) -> None:
    before = in_force(hall)
    turned = tuple(
        replace(item, route=(replace(item.route[0], after=(item.route[-1].id,)), *item.route[1:]))
        if item.code == "L28"
        else item
        for item in before.items
    )
    content = write_csv(replace(before, items=turned))
    async with hall.staff("administrator") as client:
        held = (await client.post("/api/v1/catalogue/imports", json=body(content), timeout=60)).json()
        refused = await publish(client, held["id"])
        versions = (await client.get("/api/v1/catalogue")).json()
    (bad,) = held["bad"]
    assert (bad["code"], bad["reasons"][0]["field"]) == ("L28", "route[0].after")
    assert bad["line"] > 1
    assert "永远开始不了" in bad["reasons"][0]["zh"]
    assert (refused.status_code, refused.json()["code"]) == (422, "catalogue-invalid")
    assert len(versions) == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a,b\n1,2\n", b"\xff\xfe"])
async def test_what_is_no_catalogue_is_refused(hall: Hall, content: bytes) -> None:
    async with hall.staff("administrator") as client:
        answer = await client.post("/api/v1/catalogue/imports", json=body(content), timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-value")


async def test_an_import_is_its_uploaders_and_ends_after_an_hour(hall: Hall) -> None:
    async with hall.staff("administrator") as client:
        held = (await client.post("/api/v1/catalogue/imports", json=body(write_csv(in_force(hall))), timeout=60)).json()
        async with hall.signed_in("administrator") as other:
            assert (await publish(other, held["id"])).json()["code"] == "nothing-to-publish"
        hall.clock.advance(3_600_001)
        assert (await publish(client, held["id"])).json()["code"] == "nothing-to-publish"


async def test_numbers_are_taken_for_what_the_catalogue_in_force_lists(hall: Hall) -> None:
    """A new version counts at once, in the search and at issuing."""
    before = in_force(hall)
    items = tuple(
        replace(item, code="A99", zh="改了编码的事项") if item.code == "A01" else item for item in before.items
    )
    overlays = tuple(replace(each, item="A99") if each.item == "A01" else each for each in before.overlays)
    content = write_csv(Catalogue(0, items, overlays))
    async with hall.staff("administrator") as client:
        held = (await client.post("/api/v1/catalogue/imports", json=body(content), timeout=60)).json()
        assert (await publish(client, held["id"])).status_code == 201
        found = (await client.get("/api/v1/items", params={"q": "改了编码"})).json()
        taken = await client.post("/api/v1/tickets", json={"items": ["A99"]}, headers={"Idempotency-Key": "t1"})
        gone = await client.post("/api/v1/tickets", json={"items": ["A01"]}, headers={"Idempotency-Key": "t2"})
        away = await client.post("/api/v1/tickets", json={"items": ["X01"]}, headers={"Idempotency-Key": "t3"})
    assert [item["code"] for item in found] == ["A99"]
    assert taken.status_code == 201
    assert gone.json()["code"] == away.json()["code"] == "unknown-item"
