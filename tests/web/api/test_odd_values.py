"""Whatever stands in a path, a query or a body, the API answers in words and never fails; the same tries every time."""

from __future__ import annotations

import random
import re
from typing import Any, cast
from urllib.parse import quote

import pytest

from tests.web.cases import LI, open_for_cases, opened
from tests.web.running import Hall

ODD = (
    "0", "-1", "9" * 30, "1e9", "x", "%00", "%F0%9F%98%80", "..%2f..%2fx", "a" * 2000, "2026-02-30", "9999-12-31",
    "null", "\u0661", "'", "\u202e",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, "", 0, -1, 1.5, 10**30, True, [], {}, "x" * 600, "\u202e", "2026-02-30", "a" * 64, ["x"], [None], [{}],
    {"a": 1}, "9999-12-31", {"name": "张", "identity": LI["identity"]}, "A02", [{"material": "id", "original": True}],
)  # fmt: skip
ASKED = ("of", "after", "light", "department", "stopped", "month", "q", "version", "before", "offset", "width", "year")


@pytest.mark.parametrize("role", ["clerk", "administrator"])
async def test_odd_values_are_refused_and_never_a_failure(hall: Hall, role: str) -> None:
    chance = random.Random(role)
    await open_for_cases(hall.hub)
    failed: list[tuple[int, str, str, object]] = []
    async with hall.staff(role) as client:  # type: ignore[arg-type]
        known = await opened(client, "A02", "id", "form")
        document = cast("dict[str, Any]", (await client.get("/api/v1/openapi.json")).json())
        shapes = document["components"]["schemas"]

        def filled(path: str) -> str:
            def one(name: re.Match[str]) -> str:
                return known if name[1] == "case" and chance.random() < 0.7 else quote(chance.choice(ODD), safe="%")

            return re.sub(r"\{(\w+)\}", one, path)

        for path, methods in document["paths"].items():
            if "get" in methods:
                asked = {name: chance.choice(ODD) for name in chance.sample(ASKED, 3)}
                answer = await client.get(filled(path), params=asked)
                if answer.status_code >= 500:
                    failed.append((answer.status_code, "GET", path, asked))
            if "post" not in methods or "/session" in path:
                continue
            content = methods["post"].get("requestBody", {}).get("content", {}).get("application/json", {})
            shape = shapes.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
            for n in range(4):
                sent = {name: chance.choice(VALUES) for name in shape.get("properties", {}) if chance.random() < 0.9}
                key = {"Idempotency-Key": f"{path}-{n}".translate(str.maketrans("/{}", "..."))[-64:]}
                answer = await client.post(filled(path), json=sent, headers=key)
                if answer.status_code >= 500:
                    failed.append((answer.status_code, "POST", path, sent))
    assert failed == []
