"""The figures of cases over HTTP: page, CSV and workbook say the same, to those who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.web import assets, pages
from tests.web.cases import open_for_cases, opened, post
from tests.web.running import Hall, running_hall

HTML = {"accept": "text/html"}


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """One case decided at once, one under way."""
    async with running_hall(tmp_path) as running:
        pages.register(running.app, assets.load())
        await open_for_cases(running.hub)
        async with running.staff("supervisor") as desk:
            done = await opened(desk, "A01", "id", "form")
            await post(desk, f"/{done}/accept", decision={"granted": True, "result": "京营0001"})
            await opened(desk, "A02", "id")
        yield running


async def test_page_csv_and_workbook_say_the_same(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        page = await client.get("/cases/figures", headers=HTML)
        file = await client.get("/cases/figures.csv?month=2026-11")
        book = await client.get("/cases/figures.xlsx?month=2026-11")
    assert (page.status_code, file.status_code, book.status_code) == (200, 200, 200)
    rows = {tuple(row[:4]): row[7] for row in csv.reader(io.StringIO(file.text[1:]))}
    assert rows["totals", "", "", "decided"] == "1"
    assert rows["items", "A01", "个体工商户设立登记 工商分局", "now_each"] == "2.0"
    assert rows["months", "2026-11", "", "decided"] == "1"
    assert "个体工商户设立登记" in page.text
    assert "食品经营许可" not in page.text
    assert book.content[:2] == b"PK"
    assert "cases-2026-11.xlsx" in book.headers["content-disposition"]


async def test_another_month_or_department_is_empty_and_nonsense_is_refused(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        earlier = await client.get("/cases/figures?month=2026-10", headers=HTML)
        other = await client.get("/cases/figures.csv?department=D999")
        refused = await client.get("/cases/figures?month=soon", headers=HTML)
    assert earlier.status_code == 200
    assert "个体工商户设立登记" not in earlier.text
    assert "totals,,,decided,办结数,decided,count,0" in other.text
    assert refused.status_code == 422


@pytest.mark.parametrize("path", ["/cases/figures", "/cases/figures.csv", "/cases/figures.xlsx"])
async def test_a_clerk_sees_no_figures(hall: Hall, path: str) -> None:
    async with hall.staff("clerk") as client:
        assert (await client.get(path, headers=HTML)).status_code == 403
    async with hall.client() as nobody:
        assert (await nobody.get(path)).status_code in (401, 303)
