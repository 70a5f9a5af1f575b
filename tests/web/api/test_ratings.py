"""The ratings loop over HTTP: who may act, in which order, and what the answers say."""

from __future__ import annotations

import httpx

from hub.core.low_ratings import LowRatings
from hub.core.reactions import Reactions
from hub.domain.queue import commands as c
from hub.log.cursors import Cursors
from tests.web.running import Hall

DAY = 86_400_000


class Caller:
    """A client that sends a new idempotency key with each act."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.acts = 0

    async def act(self, ticket: str, name: str, **body: object) -> httpx.Response:
        self.acts += 1
        headers = {"Idempotency-Key": f"act-{self.acts}"}
        return await self.client.post(f"/api/v1/rectifications/{ticket}/{name}", json=body, headers=headers)


async def rated(hall: Hall, score: int, *, clerk: str = "clerk", phone: bool = True, react: bool = True) -> str:
    hub = hall.hub
    day, ticket, window = hub.today, hub.ticket_id(), "101"
    number = hub.phone("13800001111") if phone else None
    asked = [c.OpenWindow(day, hub.now(), window)]
    held = hub.day().windows[window].clerk
    if held is not None and held != clerk:
        asked.append(c.SignOutClerk(day, hub.now(), window, held))
    if held != clerk:
        asked.append(c.SignInClerk(day, hub.now(), window, clerk))
    asked += [
        c.TakeTicket(day, hub.now(), ticket, "A", phone=number),
        c.CallNext(day, hub.now(), window),
        c.StartService(day, hub.now(), window),
        c.FinishService(day, hub.now(), window),
        c.RateVisit(day, hub.now(), ticket, score),
    ]
    for command in asked:
        outcome = await hub.submit(command, actor=f"account/{clerk}")
        assert outcome.ok, outcome.reply
    if react:
        await Reactions(hub, hub.log, Cursors(None), [LowRatings(hub)]).catch_up()
    return ticket


async def test_a_low_rating_is_dealt_with_from_its_opening_to_its_end(hall: Hall) -> None:
    ticket = await rated(hall, 1)
    async with hall.signed_in("supervisor") as browser:
        caller = Caller(browser)
        (opened,) = (await browser.get("/api/v1/rectifications")).json()
        answers = [
            await caller.act(ticket, "verify", founded=True, words="查看\u202e了录像"),
            await caller.act(ticket, "fix", words="已补办"),
            await caller.act(ticket, "call-back", reached=False, words="无人接听"),
            await caller.act(ticket, "call-back", reached=True, satisfied=True, words="谢谢"),
            await caller.act(ticket, "close"),
        ]
        trace = (await browser.get(f"/api/v1/rectifications/{ticket}")).json()
        left = (await browser.get("/api/v1/rectifications")).json()
        closed = (await browser.get("/api/v1/rectifications", params={"closed_in": "2026-11"})).json()
    assert (opened["number"], opened["state"], opened["due"]) == ("A001", "to-verify", "2026-12-02")
    assert (opened["overdue"], opened["due_at"]) == (False, "2026-12-02T20:00:00Z")
    assert [answer.status_code for answer in answers] == [200] * 5, [answer.text for answer in answers]
    assert [answer.json()["state"] for answer in answers] == [
        "founded",
        "to-call-back",
        "to-call-back",
        "to-close",
        "closed",
    ]
    assert left == []
    assert [(row["outcome"], row["satisfied"]) for row in closed] == [("fixed", True)]
    said = [(step["zh"], step["who"], step["note"]) for step in trace["steps"]]
    assert said[0] == ("取号 A001", "clerk", "")
    assert ("核实：属实", "supervisor", "查看了录像") in said
    assert trace["served_minutes"] == 0


async def test_steps_out_of_order_or_without_words_are_refused_in_words(hall: Hall) -> None:
    ticket = await rated(hall, 2)
    async with hall.staff("supervisor") as client:
        caller = Caller(client)
        early = await caller.act(ticket, "close")
        mute = await caller.act(ticket, "verify", founded=True, words=" \u200b")
        half = await caller.act(ticket, "verify", words="x")
        unknown = await caller.act("nobody", "verify", founded=True, words="x")
        keyless = await client.post(f"/api/v1/rectifications/{ticket}/close", json={})
        month = await client.get("/api/v1/ratings", params={"month": "2026-13"})
        await caller.act(ticket, "verify", founded=True, words="x")
        void = await caller.act(ticket, "void", words="x")
    assert (early.status_code, early.json()["code"]) == (409, "wrong-step")
    assert "待核实" in early.json()["detail"]["zh"]
    assert (mute.status_code, mute.json()["code"]) == (422, "reason-needed")
    assert (half.status_code, half.json()["facts"]["field"]) == (422, "founded")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-rectification")
    assert keyless.json()["code"] == "idempotency-key-needed"
    assert (month.status_code, month.json()["facts"]["field"]) == (422, "month")
    assert void.json()["code"] == "wrong-step"


async def test_a_repeat_gets_the_first_answer_and_calls_nobody_twice(hall: Hall) -> None:
    ticket = await rated(hall, 1)
    async with hall.staff("supervisor") as client:
        caller = Caller(client)
        await caller.act(ticket, "verify", founded=True, words="x")
        await caller.act(ticket, "explain", words="x")
        body = {"reached": False, "words": "x"}
        path, key = f"/api/v1/rectifications/{ticket}/call-back", {"Idempotency-Key": "same"}
        first = await client.post(path, json=body, headers=key)
        again = await client.post(path, json=body, headers=key)
        trace = (await client.get(f"/api/v1/rectifications/{ticket}")).json()
    assert first.json() == again.json()
    assert sum(step["zh"] == "回访：未接通" for step in trace["steps"]) == 1


async def test_nobody_deals_with_a_rating_of_their_own_service(hall: Hall) -> None:
    ticket = await rated(hall, 1, clerk="supervisor")
    async with hall.signed_in("supervisor") as own, hall.signed_in("administrator") as other:
        refused = await Caller(own).act(ticket, "verify", founded=False, words="没有的事")
        allowed = await Caller(other).act(ticket, "verify", founded=False, words="录像为证")
    assert (refused.status_code, refused.json()["code"]) == (403, "own-rating")
    assert allowed.status_code == 200


async def test_figures_of_a_month_say_what_they_count(hall: Hall) -> None:
    tickets = [await rated(hall, score) for score in (5, 4, 1, 2)]
    async with hall.staff("supervisor") as client:
        caller = Caller(client)
        await caller.act(tickets[2], "verify", founded=False, words="按错")
        await caller.act(tickets[2], "void", words="群众说明按错")
        hall.clock.advance(30 * DAY)
        found = (await client.get("/api/v1/ratings", params={"month": "2026-11"})).json()
        empty = (await client.get("/api/v1/ratings", params={"month": "2025-01"})).json()
    total = found["total"]
    assert found["complete"]
    assert (total["ratings"], total["share"], total["opened"], total["voided"]) == (3, 2 / 3, 2, 1)
    assert total["overdue"] == 2
    assert [row["window"] for row in found["windows"]] == ["101"]
    assert {each["figure"] for each in found["definitions"]} >= {"share", "on_time", "overdue", "voided"}
    assert (empty["total"]["ratings"], empty["total"]["share"]) == (0, None)


async def test_a_provisional_due_date_is_called_so(hall: Hall) -> None:
    await rated(hall, 1)
    async with hall.staff("supervisor") as client:
        (row,) = (await client.get("/api/v1/rectifications")).json()
    assert row["provisional"]
