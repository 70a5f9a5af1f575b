from __future__ import annotations

from tests.web.running import Hall


async def test_all_items_are_listed_in_the_profiles_order(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        listed = (await client.get("/api/v1/items")).json()
    assert [item["code"] for item in listed] == [item.code for item in hall.hub.profile().items]
    assert listed[0] == {
        "code": "A01",
        "zh": "企业名称自主申报",
        "en": "Self-declared enterprise name",
        "category": "A",
        "department": "D101",
        "floors": [1],
    }


async def test_items_are_found_by_initials_within_a_category(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        everywhere = (await client.get("/api/v1/items", params={"q": "gtgsh"})).json()
        within = (await client.get("/api/v1/items", params={"q": "gtgsh", "category": "B"})).json()
        nowhere = (await client.get("/api/v1/items", params={"q": "qqqq"})).json()
    assert everywhere[0]["zh"] == "个体工商户设立登记"
    assert [item["zh"] for item in within] == ["个体工商户变更登记", "个体工商户注销登记"]
    assert nowhere == []


async def test_items_of_the_api_are_for_those_who_may_see_the_hall(hall: Hall) -> None:
    async with hall.client() as stranger:
        assert (await stranger.get("/api/v1/items")).status_code == 401
    async with hall.staff("clerk") as client:
        assert (await client.get("/api/v1/items", params={"q": "x" * 41})).json()["code"] == "bad-value"
        assert "/api/v1/items" in (await client.get("/api/v1/openapi.json")).json()["paths"]
