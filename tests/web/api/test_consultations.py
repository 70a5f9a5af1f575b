"""Consultations over HTTP: who sees which, answers for the record, entered at the counter, and what is overdue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.core.consultation_clock import ConsultationClock
from hub.log.cursors import Cursors
from hub.views.consultation_book import ConsultationBook
from tests.web.filings import filed_week
from tests.web.reviews import hire
from tests.web.running import Hall, running_hall

_keys = count(1)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async with running_hall(tmp_path) as running:
        yield running


async def say(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": f"c-{next(_keys)}"}
    return await client.post(f"/api/v1/consultations{path}", json=body, headers=headers)


async def listed(client: httpx.AsyncClient) -> list[str]:
    return [each["consultation"] for each in (await client.get("/api/v1/consultations")).json()["consultations"]]


async def test_the_one_due_first_stands_first_and_each_sees_their_own(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    async with hall.signed_in("supervisor") as chief, hall.signed_in("clerk") as clerk:
        assert await listed(chief) == [made["asked-A02"], made["asked-A03"], made["asked-general"]]
        assert await listed(clerk) == [made["asked-general"]]
        assert (await clerk.get(f"/api/v1/consultations/{made['asked-A02']}")).status_code == 404
        talk = (await chief.get(f"/api/v1/consultations/{made['asked-A02']}")).json()
    assert talk["said"][0]["text"] == "租赁合同没有备案，可以先交复印件吗？"
    assert (talk["phone"], talk["due"]) == ("13800138000", "2026-12-01")


async def test_an_answer_for_the_record_closes_the_loop_and_others_add(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    id = made["asked-A02"]
    async with hall.signed_in("supervisor") as chief:
        assert (await say(chief, f"/{id}/answer", text="先问问商务委", of_record=False)).json()["state"] == "waiting"
        assert (await say(chief, f"/{id}/answer", text="可以，受理后十日内补交")).json()["state"] == "answered"
        assert (await say(chief, f"/{id}/mark", n=9)).json()["code"] == "no-such-answer"
        assert (await say(chief, f"/{id}/question", text="补交到哪里？")).json()["state"] == "waiting"
        assert (await say(chief, f"/{id}/hand-over", to="D102", why="属于该部门")).status_code == 200
        assert (await say(chief, f"/{id}/close", why="已当面答复")).json()["state"] == "closed"
        talk = (await chief.get(f"/api/v1/consultations/{id}")).json()
    assert talk["record"] == 2
    types = [entry.type for entry in hall.hub.log.read_stream(f"consultation/{id}")]
    assert types[1:4] == ["answer-given", "answer-given", "answer-marked"]


async def test_reviewers_answer_for_their_department_only(hall: Hall) -> None:
    hire(hall.access)
    made = await filed_week(hall.hub, hall.clock)
    reviewer = next(iter(hall.access.reviewers()))
    async with hall.signed_in("supervisor") as chief:
        moved = await say(chief, f"/{made['asked-general']}/hand-over", to=reviewer.department, why="请答复")
        assert moved.status_code == 200, moved.text
    async with hall.signed_in(reviewer.name) as theirs:
        assert await listed(theirs) == [made["asked-general"]]
        assert (await say(theirs, f"/{made['asked-A02']}/answer", text="x")).status_code == 404
        assert (await say(theirs, f"/{made['asked-general']}/answer", text="周六不办公")).status_code == 200


async def test_the_counter_writes_down_what_is_asked_there_once(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    async with hall.signed_in("clerk") as clerk:
        body = {"channel": "phone", "item": "A02", "question": "几天能办好？", "phone": "13900139000"}
        answer = await say(clerk, "", **body)
        assert answer.status_code == 201, answer.text
        id = answer.json()["consultation"]
        assert (await say(clerk, f"/{id}/answer", text="八个工作日")).status_code == 200
        assert (await say(clerk, "", question="  ")).json()["code"] == "bad-value"
        assert (await say(clerk, "", question="x", item="none")).json()["code"] == "unknown-item"
    assert "几天能办好".encode() not in b"".join(e.data for e in hall.hub.log.read_stream(f"consultation/{id}"))
    assert id not in made.values()


async def test_every_item_of_the_catalogue_can_be_asked_about(hall: Hall) -> None:
    await filed_week(hall.hub, hall.clock)
    async with hall.signed_in("supervisor") as chief:
        found = (await chief.get("/api/v1/consultations")).json()
    assert (found["items"], found["items_open"], found["closed_items"]) == (2, 2, [])


async def test_a_limit_that_passed_is_put_on_record_once_and_dated_by_the_clock(hall: Hall) -> None:
    made = await filed_week(hall.hub, hall.clock)
    book = ConsultationBook(hall.hub.log, Cursors(None), hall.hub.codec)
    clock = ConsultationClock(hall.hub, book.timed)
    assert await clock.look() == 1
    assert await clock.look() == 0
    overdue = list(hall.hub.log.read_stream(f"consultation/{made['asked-A02']}"))[-1]
    assert overdue.type == "consultation-overdue"
    async with hall.signed_in("supervisor") as chief:
        rows = (await chief.get("/api/v1/consultations")).json()["consultations"]
    assert [each["overdue"] for each in rows] == [True, False, False]
