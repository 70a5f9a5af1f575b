"""The attendant's page over a real socket: who may open it, what it remembers, and two desks at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hub.domain.queue import commands as c
from hub.domain.queue import events as e
from tests.browser.hall import Demo, demo_hall
from tests.web.pages.browsing import signed_in
from tests.web.running import Hall


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path, filled=False) as running:
        yield running


@pytest.mark.parametrize(
    ("role", "status"), [("attendant", 200), ("supervisor", 200), ("administrator", 200), ("clerk", 403)]
)
async def test_the_page_is_for_attendants_and_who_stands_above_them(demo: Demo, role: str, status: int) -> None:
    async with signed_in(demo, role) as browser:
        page = await browser.get("/attend")
        async with browser.stream("GET", "/live?channel=attend/all") as stream:
            assert stream.status_code == status
        start = await browser.get("/")
    assert page.status_code == status
    assert ('href="/attend"' in start.text) == (status == 200)
    assert ('href="/console"' in start.text) == (role != "attendant")


async def test_nobody_sees_it_without_signing_in(demo: Demo) -> None:
    async with httpx.AsyncClient(base_url=demo.url, trust_env=False) as browser:
        answer = await browser.get("/attend", headers={"Accept": "text/html"})
    assert answer.headers["location"] == "/sign-in?next=%2Fattend"


async def test_the_floor_is_remembered_on_the_device(demo: Demo) -> None:
    async with signed_in(demo, "attendant") as browser:
        assert 'data-floor="all"' in (await browser.get("/attend")).text
        assert 'data-floor="2"' in (await browser.get("/attend?floor=2")).text
        assert 'data-floor="2"' in (await browser.get("/attend")).text
        assert 'data-floor="all"' in (await browser.get("/attend?floor=all")).text
        assert 'data-floor="all"' in (await browser.get("/attend?floor=<script>")).text
        assert 'data-floor="all"' in (await browser.get("/attend")).text


async def test_what_an_attendant_typed_is_never_markup(demo: Demo) -> None:
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "101"))
    await demo.take("A", note='"><img src=x onerror=alert(1)>')
    async with signed_in(demo, "attendant") as browser:
        page = (await browser.get("/attend")).text
    assert "<img" not in page
    assert "&lt;img" in page


async def test_the_administrators_page_names_the_roles(demo: Demo) -> None:
    async with signed_in(demo, "administrator") as browser:
        page = (await browser.get("/admin")).text
    assert "引导员" in page
    assert "大厅主任" in page


async def test_a_ticket_reinstated_at_two_desks_at_once_is_reinstated_once(hall: Hall) -> None:
    heard: list[object] = []
    hall.hub.listen(lambda batch: heard.extend(each.event for each in batch))
    hub = hall.hub
    async with hall.staff("attendant") as one, hall.staff("clerk") as two:
        taken = await one.post(
            "/api/v1/tickets", json={"category": "A", "phone": "13800138000"}, headers={"Idempotency-Key": "t"}
        )
        ticket = taken.json()["ticket"]
        for command in (c.CallNext(hub.today, hub.now(), "101"), c.MissTicket(hub.today, hub.now(), "101")):
            assert (await hub.submit(command, actor="test")).ok
        answers = await asyncio.gather(
            *(
                desk.post(f"/api/v1/tickets/{name}/reinstate", headers={"Idempotency-Key": key})
                for key in ("a", "b", "c")
                for desk, name in ((one, ticket), (two, "A001"))
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["number"] for answer in answers} == {"A001"}
    assert [type(event) for event in heard].count(e.TicketReinstated) == 1
    assert hub.day().tickets[ticket].reinstated == 1
