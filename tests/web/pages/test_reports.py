"""The reports over HTTP: pages, files and JSON say the same, to those who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.domain.queue import commands as c
from hub.web import assets, pages
from tests.web.running import Hall, running_hall


@pytest_asyncio.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """A morning with a name that a spreadsheet would calculate."""
    async with running_hall(tmp_path) as running:
        pages.register(running.app, assets.load())
        hub = running.hub

        async def do(command: object) -> None:
            outcome = await hub.submit(command, actor="test")  # type: ignore[arg-type]
            assert outcome.ok, outcome.reply

        await do(c.OpenWindow(hub.today, hub.now(), "101"))
        await do(c.SignInClerk(hub.today, hub.now(), "101", "=李<b>"))
        for _ in range(3):
            await do(c.TakeTicket(hub.today, hub.now(), hub.ticket_id(), "A"))
        running.clock.advance(40 * 60_000)
        await do(c.CallNext(hub.today, hub.now(), "101"))
        await do(c.FinishService(hub.today, hub.now(), "101"))
        await do(c.PauseWindow(hub.today, hub.now(), "101", "午餐"))
        yield running


DAY = "2026-11-23"
HTML = {"accept": "text/html"}


async def test_page_json_and_csv_of_a_day_say_the_same(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        page = await client.get(f"/reports/day/{DAY}", headers=HTML)
        told = (await client.get(f"/api/v1/reports/days/{DAY}")).json()
        file = await client.get(f"/reports/day/{DAY}.csv")
        book = await client.get(f"/reports/day/{DAY}.xlsx")
    assert (page.status_code, file.status_code, book.status_code) == (200, 200, 200)
    assert told["totals"]["issued"] == 3
    assert (told["waits"]["p50"], told["waits"]["long"], told["closed"]) == (40, 1, False)
    rows = {tuple(row[:4]): row[7] for row in csv.reader(io.StringIO(file.text[1:]))}
    assert rows["totals", "", "", "issued"] == "3"
    assert rows["totals", "", "", "wait_mean"] == "40.0"
    assert rows["clerks", "'=李<b>", "", "finished"] == "1"
    assert file.headers["content-disposition"].startswith("attachment")
    assert book.content[:2] == b"PK"
    assert "=李&lt;b&gt;" in page.text
    assert '<b>"' not in page.text


async def test_calendar_range_and_clerk_are_pages_of_the_same_day(hall: Hall) -> None:
    async with hall.staff("supervisor") as client:
        for path, part in (
            ("/reports", f'href="/reports/day/{DAY}"'),
            (f"/reports?month={DAY[:7]}", "2026-11"),
            ("/reports/range?from=2026-11-01&to=2026-11-30", "1 个营业日"),
            ("/reports/range?from=2026-01-01&to=2026-12-31", "1 个营业日"),
            (f"/reports/day/{DAY}/clerk/%3D%E6%9D%8E%3Cb%3E", "午餐"),
        ):
            page = await client.get(path, headers=HTML)
            assert page.status_code == 200, path
            assert part in page.text, path
        assert (await client.get("/reports/definitions.csv")).text.startswith("\ufefffigure,")
        assert (await client.get("/reports/range.xlsx?from=2026-11-01&to=2026-11-30")).content[:2] == b"PK"
        assert (await client.get("/reports/range.csv?from=2026-11-01&to=2026-11-30")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reports/day/2026-11-22", 404),
        ("/reports/day/tomorrow", 422),
        ("/reports/day/20261123", 422),
        ("/reports/day/2026-11-22/clerk/li", 404),
        (f"/reports/day/{DAY}/clerk/nobody", 404),
        ("/reports?month=2026-13", 422),
        ("/reports/range?from=2026-11-30&to=2026-11-01", 422),
        ("/reports/range?from=0001-01-01&to=2026-11-01", 422),
        ("/reports/range?from=2026-02-30&to=2026-03-01", 422),
    ],
)
async def test_what_is_no_day_of_the_log_is_refused_in_words(hall: Hall, path: str, status: int) -> None:
    async with hall.staff("supervisor") as client:
        page = await client.get(path, headers=HTML)
    assert page.status_code == status
    assert "text/html" in page.headers["content-type"]


async def test_clerks_attendants_and_strangers_see_no_reports(hall: Hall) -> None:
    paths = ("/reports", f"/reports/day/{DAY}", f"/reports/day/{DAY}.csv", "/reports/definitions.csv")
    for path in paths:
        async with hall.staff("clerk") as client:
            assert (await client.get(path)).status_code == 403
        async with hall.staff("attendant") as client:
            assert (await client.get(path)).status_code == 403
        async with hall.client() as client:
            assert (await client.get(path)).status_code == 401


async def test_the_closed_day_is_whole_while_the_next_one_opens(hall: Hall) -> None:
    hub = hall.hub
    async with hall.staff("supervisor") as client:
        hall.clock.advance(24 * 3_600_000)
        await hub.keep()
        assert hub.today == "2026-11-24"
        told = (await client.get(f"/api/v1/reports/days/{DAY}")).json()
        next_day = (await client.get("/api/v1/reports/days/2026-11-24")).json()
    assert (told["closed"], told["totals"]["issued"], told["totals"]["expired"]) == (True, 3, 2)
    assert (next_day["closed"], next_day["totals"]["issued"]) == (False, 0)
