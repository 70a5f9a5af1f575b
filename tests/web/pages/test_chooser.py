"""The chooser's parts, as any page fetches them, without a sign-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.browser.hall import Demo, demo_hall


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path, filled=False) as running:
        yield running


@pytest.fixture
async def visitor(demo: Demo) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=demo.url, trust_env=False) as client:
        yield client


async def test_a_category_shows_departments_and_a_department_its_items(visitor: httpx.AsyncClient) -> None:
    departments = (await visitor.get("/chooser/offer", params={"category": "M"})).text
    items = (await visitor.get("/chooser/offer", params={"category": "M", "department": "D311"})).text
    assert departments.count("data-department=") == 5
    assert items.count("data-item=") == 5


async def test_a_query_shows_items_and_what_was_typed_is_only_text(visitor: httpx.AsyncClient) -> None:
    found = (await visitor.get("/chooser/offer", params={"q": "gtgshsl"})).text
    assert 'data-item="A06"' in found
    nothing = (await visitor.get("/chooser/offer", params={"q": "<script>"})).text
    assert "&lt;script&gt;" in nothing
    assert "<script>" not in nothing


async def test_a_visit_says_where_to_go_and_how_long_it_takes(visitor: httpx.AsyncClient, demo: Demo) -> None:
    shown = (await visitor.get("/chooser/visit", params={"items": "E03,A01", "floor": 1})).text
    assert shown.count('class="leg"') == 2
    assert "2 层" in shown
    assert "就业创业证申领" in shown


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/chooser/visit?items=X1", 422, "unknown-item"),
        ("/chooser/visit?items=A01&floor=x", 422, "bad-value"),
        ("/chooser/visit", 422, "bad-value"),
        ("/chooser/offer?q=" + "x" * 41, 422, "bad-value"),
    ],
)
async def test_what_cannot_be_answered_is_refused(
    visitor: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await visitor.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_kiosk_offers_items_for_the_categories_that_list_some(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/kiosk/kiosk-1")).text
    assert 'id="items-A"' in page
    assert 'id="items-P"' not in page
