from __future__ import annotations

import asyncio

import httpx
import pytest

from hub.domain.queue.commands import TakeTicket
from tests.web.running import Hall


async def act(client: httpx.AsyncClient, window: str, name: str, key: str | None = None, **body: object):
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"/api/v1/windows/{window}/{name}", json=body, headers=headers)


async def issue(client: httpx.AsyncClient, count: int, category: str = "A") -> None:
    for number in range(count):
        answer = await client.post(
            "/api/v1/tickets", json={"category": category}, headers={"Idempotency-Key": f"{category}{number}"}
        )
        assert answer.status_code == 201


async def test_a_visit_from_call_to_finish(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        await issue(client, 2)
        assert (await act(client, "101", "sign-in", clerk="王芳")).json()["state"] == "closed"
        assert (await act(client, "101", "open")).json()["state"] == "open"
        called = (await act(client, "101", "call-next", "c1")).json()
        assert called["number"] == "A001"
        assert (await act(client, "101", "recall")).status_code == 200
        assert (await act(client, "101", "start")).json()["number"] == "A001"
        seen = (await client.get("/api/v1/windows/101")).json()
        assert (seen["active"]["state"], seen["clerk"], seen["waiting"]) == ("serving", "王芳", 1)
        finished = (await act(client, "101", "finish")).json()
        assert finished["number"] is None
        assert (await client.get("/api/v1/tickets/A001")).json()["state"] == "finished"
        assert (await act(client, "101", "pause", why="会议")).json()["state"] == "paused"
        refused = await act(client, "101", "call-next")
        assert (refused.status_code, refused.json()["code"]) == (409, "window-paused")


async def test_a_double_tap_cannot_call_twice(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser, hall.staff() as client:
        await issue(client, 3)
        await act(client, "101", "open")
        seen = (await client.get("/api/v1/windows/101")).json()["version"]
        first, second = await asyncio.gather(
            act(browser, "101", "call-next", "tap-1", seen=seen), act(browser, "101", "call-next", "tap-2", seen=seen)
        )
    statuses = sorted((first.status_code, second.status_code))
    assert statuses in ([200, 200], [200, 409])
    numbers = {answer.json()["number"] for answer in (first, second) if answer.status_code == 200}
    assert numbers == {"A001"}
    assert sum(ticket.state == "called" for ticket in hall.hub.day().tickets.values()) == 1


async def test_a_repeated_finish_and_call_does_each_once(hall: Hall) -> None:
    async with hall.staff() as client:
        await issue(client, 2)
        await act(client, "101", "open")
        await act(client, "101", "call-next", "c1")
        await act(client, "101", "finish", "f1")
        second = await act(client, "101", "call-next", "c2")
        again = await act(client, "101", "finish", "f1")
        seen = (await client.get("/api/v1/windows/101")).json()
    assert second.json()["number"] == "A002"
    assert again.status_code == 200
    assert seen["active"]["number"] == "A002"


async def test_two_windows_calling_at_once_get_two_people(hall: Hall) -> None:
    async with hall.staff() as client:
        await issue(client, 2)
        windows = ("101", "102")
        for window in windows:
            await act(client, window, "open")
        called = await asyncio.gather(*(act(client, window, "call-next", f"c-{window}") for window in windows))
    assert {answer.json()["number"] for answer in called} == {"A001", "A002"}


async def test_an_act_on_a_window_that_changed_meanwhile_is_refused(hall: Hall) -> None:
    async with hall.staff() as client:
        seen = (await client.get("/api/v1/windows/101")).json()["version"]
        await act(client, "101", "open", seen=seen)
        answer = await act(client, "101", "pause", seen=seen)
    assert (answer.status_code, answer.json()["code"]) == (409, "changed-meanwhile")


async def test_every_act_of_the_day(hall: Hall) -> None:
    async with hall.staff() as client:
        await issue(client, 3)
        await act(client, "101", "open")
        assert (await act(client, "101", "call", ticket="A002")).json()["number"] == "A002"
        assert (await act(client, "101", "park", why="复印")).json()["number"] is None
        assert (await act(client, "101", "call", ticket="A002")).json()["number"] == "A002"
        bare = await act(client, "101", "transfer", why="取错号")
        assert (bare.status_code, bare.json()["facts"]["field"]) == (422, "to")
        assert (await act(client, "101", "transfer", to="B", why="取错号")).json()["number"] is None
        assert (await act(client, "101", "call-next")).json()["number"] == "A001"
        for _ in range(3):
            await act(client, "101", "recall")
        assert (await act(client, "101", "miss")).json()["code"] == "look-first"
        await client.post("/api/v1/tickets/A001/absent", headers={"Idempotency-Key": "look"})
        assert (await act(client, "101", "miss")).json()["number"] is None
        back = await client.post("/api/v1/tickets/A001/reinstate", headers={"Idempotency-Key": "r"})
        assert (back.status_code, back.json()["number"]) == (200, "A001")
        assert (await act(client, "101", "close")).json()["state"] == "closed"


async def test_an_unknown_window_is_404(hall: Hall) -> None:
    async with hall.staff() as client:
        seen, acted = await client.get("/api/v1/windows/999"), await act(client, "999", "open")
    assert (seen.status_code, acted.status_code) == (404, 404)


async def test_an_unknown_act_is_404_and_a_get_on_an_act_is_405(hall: Hall) -> None:
    async with hall.staff() as client:
        unknown, wrong = await act(client, "101", "dance"), await client.get("/api/v1/windows/101/open")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")


async def test_a_page_needs_a_key_for_an_act_and_a_program_may_leave_it_out(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser, hall.staff("clerk") as client:
        page, program = await act(browser, "101", "open"), await act(client, "101", "open")
    assert (page.status_code, page.json()["code"]) == (400, "idempotency-key-needed")
    assert program.status_code == 200


async def test_a_clerk_signs_in_for_nobody_else(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk, hall.signed_in("supervisor") as supervisor:
        own = await act(clerk, "101", "sign-in", "k1")
        other = await act(clerk, "102", "sign-in", "k2", clerk="supervisor")
        meant = await act(supervisor, "101", "sign-out", "k3", clerk="clerk")
    assert own.status_code == 200
    assert (other.status_code, other.json()["code"]) == (403, "not-allowed")
    assert meant.status_code == 200
    assert hall.hub.day().windows["101"].clerk is None


async def test_the_actor_in_the_log_is_who_acted(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        await act(client, "101", "open")
    async with hall.signed_in("clerk") as browser:
        await act(browser, "101", "pause", "k1")
    last = hall.hub.log.read(hall.hub.head() - 2, 2)
    assert last[0].actor.startswith("token/")
    assert last[1].actor == "account/clerk"


@pytest.mark.parametrize("name", ["a\0b", "\u202egnafgnaW", "  ", "a\nb"])
async def test_a_clerk_whose_name_hides_something_is_refused(hall: Hall, name: str) -> None:
    async with hall.staff("clerk") as client:
        answer = await act(client, "101", "sign-in", clerk=name)
        seen = (await client.get("/api/v1/windows/101")).json()
    assert (answer.status_code, answer.json()["code"], seen["clerk"]) == (422, "bad-account", None)


async def test_a_reason_is_kept_as_one_plain_line(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        await act(client, "101", "open")
        await act(client, "101", "pause", why=" 换\u202e纸\n\x00 tea \u200b")
        seen = (await client.get("/api/v1/windows/101")).json()
    assert seen["why"] == "换纸 tea"


async def test_a_reason_that_nobody_could_see_is_none(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        await issue(client, 1)
        await act(client, "101", "open")
        await act(client, "101", "call-next")
        answer = await act(client, "101", "transfer", to="B", why="\u200b\u2028")
    assert (answer.status_code, answer.json()["code"]) == (422, "reason-needed")


async def test_where_a_visit_goes_on_is_told_before_it_is_finished(hall: Hall) -> None:
    async with hall.staff("clerk") as client:
        hub = hall.hub
        take = TakeTicket(hub.today, hub.now(), hub.ticket_id(), "A", also=("B", "E"))
        assert (await hub.submit(take, actor="test")).ok
        await act(client, "101", "open")
        refused = await client.get("/api/v1/windows/101/onward")
        assert (refused.status_code, refused.json()["code"]) == (409, "no-active-ticket")
        await act(client, "101", "call-next")
        all_here = (await client.get("/api/v1/windows/101/onward")).json()
        assert (all_here["line"], all_here["floor"]) == ("E/2", 2)
        some = (await client.get("/api/v1/windows/101/onward?done=A&done=E")).json()
        assert some["line"] == "B/1"
        whole = (await client.get("/api/v1/windows/101/onward?done=A&done=B&done=E")).json()
        assert whole["line"] is None
        await act(client, "101", "finish", done=["A", "E"])
        assert (await client.get("/api/v1/tickets/A001")).json()["line"] == "B/1"
    async with hall.client() as stranger:
        assert (await stranger.get("/api/v1/windows/101/onward")).status_code == 401
