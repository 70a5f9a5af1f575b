from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest

from hub.web.access import passwords
from hub.web.access.sign_in import safe_next
from hub.web.site import WebOptions
from tests.web.running import HASHED, PASSWORD, Hall, running_hall


async def post_sign_in(browser: httpx.AsyncClient, name: str = "clerk", password: str = PASSWORD, next: str = "/"):
    return await browser.post("/sign-in", data={"name": name, "password": password, "next": next})


async def test_a_browser_signs_in_and_goes_where_it_wanted(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        answer = await post_sign_in(browser, next="/console/101")
        me = await browser.get("/api/v1/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/101")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert (me.json()["name"], me.json()["role"]) == ("clerk", "clerk")


async def test_an_attendant_who_asked_for_no_page_lands_on_the_tablet_page(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        landed = await post_sign_in(browser, "attendant")
        wanted = await post_sign_in(browser, "attendant", next="/overview")
        clerk = await post_sign_in(browser)
    assert [answer.headers["location"] for answer in (landed, wanted, clerk)] == ["/attend", "/overview", "/"]


async def test_over_tls_the_cookie_is_pinned_to_the_host(tmp_path: Path) -> None:
    secure = WebOptions("https://hall.test", secure=True)
    async with running_hall(tmp_path, options=secure) as hall, hall.client(Origin="https://hall.test") as browser:
        answer = await post_sign_in(browser)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-hall=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"]


async def test_a_wrong_password_and_an_unknown_account_are_told_alike(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        wrong = await post_sign_in(browser, password="wrong")
        unknown = await post_sign_in(browser, name="nobody")
    assert wrong.headers["location"] == unknown.headers["location"] == "/sign-in?refused=bad-password&next=%2F"
    assert "set-cookie" not in wrong.headers


async def test_a_session_id_planted_before_the_sign_in_is_worthless(hall: Hall) -> None:
    async with hall.client(Origin=hall.url, Cookie="hall=planted") as browser:
        answer = await post_sign_in(browser)
    assert answer.headers["set-cookie"].startswith("hall=")
    assert "planted" not in answer.headers["set-cookie"]
    async with hall.client(Origin=hall.url, Cookie="hall=planted") as thief:
        assert (await thief.get("/api/v1/me")).status_code == 401


async def test_signing_in_again_ends_the_session_before(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        await post_sign_in(browser)
        first = browser.cookies["hall"]
        await post_sign_in(browser, name="supervisor")
    async with hall.client(Cookie=f"hall={first}") as old:
        assert (await old.get("/api/v1/me")).status_code == 401


async def test_signing_out_ends_the_session_on_the_server(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser:
        session = browser.cookies["hall"]
        answer = await browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    async with hall.client(Cookie=f"hall={session}") as old:
        assert (await old.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1"])
async def test_a_sign_in_from_another_origin_is_refused(hall: Hall, origin: str | None) -> None:
    async with hall.client(**({} if origin is None else {"Origin": origin})) as browser:
        form = await post_sign_in(browser)
        program = await browser.post("/api/v1/session", json={"name": "clerk", "password": PASSWORD})
    assert "refused=wrong-origin" in form.headers["location"]
    assert (program.status_code, program.json()["code"]) == (403, "wrong-origin")


async def test_a_name_that_someone_points_at_this_machine_is_another_origin(hall: Hall) -> None:
    async with hall.client(Origin="http://evil.example", Host="evil.example") as browser:
        answer = await browser.post("/api/v1/session", json={"name": "clerk", "password": PASSWORD})
    assert answer.status_code == 403


async def test_the_public_url_is_our_origin_whatever_the_host(hall: Hall) -> None:
    async with hall.client(Origin="http://hall.test") as browser:
        assert (await post_sign_in(browser)).headers["location"] == "/"


@pytest.mark.parametrize("token", [None, "", "0" * 64])
async def test_a_signed_in_post_without_the_synchroniser_token_is_refused(hall: Hall, token: str | None) -> None:
    async with hall.signed_in("clerk") as browser:
        del browser.headers["X-CSRF-Token"]
        headers = {"Idempotency-Key": "k"} | ({} if token is None else {"X-CSRF-Token": token})
        answer = await browser.post("/api/v1/windows/101/open", headers=headers)
        form = await browser.post("/sign-out", data={"csrf": token or ""})
        me = await browser.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "bad-csrf")
    assert form.status_code == 403
    assert me.status_code == 200


async def test_the_synchroniser_token_may_come_as_a_form_field(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser:
        token = browser.headers.pop("X-CSRF-Token")
        assert (await browser.post("/sign-out", data={"csrf": token})).status_code == 303


async def test_a_signed_in_post_from_another_origin_is_refused(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser:
        browser.headers["Origin"] = "http://evil.example"
        answer = await browser.post("/api/v1/windows/101/open", headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-origin")
    assert hall.hub.day().windows["101"].state == "closed"


async def test_a_bad_token_never_falls_back_to_the_cookie(hall: Hall) -> None:
    async with hall.signed_in("administrator") as browser:
        answer = await browser.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad-token")
    assert "Bearer" in answer.headers["www-authenticate"]


async def test_guessing_is_slowed_down_and_parallel_guesses_count(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        guesses = await asyncio.gather(
            *(browser.post("/api/v1/session", json={"name": "clerk", "password": f"guess {n}"}) for n in range(10))
        )
        right = await browser.post("/api/v1/session", json={"name": "clerk", "password": PASSWORD})
    assert sorted(answer.status_code for answer in guesses) == [401] * 5 + [429] * 5
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) >= 1


async def test_others_are_served_while_a_password_is_checked(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    checking, go_on = threading.Event(), threading.Event()

    def slow(stored: str, password: str) -> bool:
        checking.set()
        return go_on.wait(5)

    monkeypatch.setattr(passwords, "_fits", slow)
    async with hall.client(Origin=hall.url) as browser, hall.staff() as client:
        asked = asyncio.create_task(browser.post("/api/v1/session", json={"name": "clerk", "password": "x"}))
        await asyncio.to_thread(checking.wait, 5)
        assert (await client.get("/api/v1/queue")).status_code == 200
        assert not asked.done()
        go_on.set()
        assert (await asked).status_code == 200


async def test_a_password_set_by_somebody_else_only_lets_its_owner_change_it(hall: Hall) -> None:
    hall.access.set_password("clerk", HASHED, must_change=True)
    async with hall.client(Origin=hall.url) as browser:
        answer = await post_sign_in(browser, next="/console/101")
        assert answer.headers["location"] == "/account/password"
        me = (await browser.get("/api/v1/me")).json()
        refused = await browser.get("/api/v1/queue")
        page = await browser.get("/", headers={"Accept": "text/html"})
        browser.headers["X-CSRF-Token"] = me["csrf"]
        same = await browser.post("/account/password", data={"old": PASSWORD, "new": PASSWORD})
        weak = await browser.post("/account/password", data={"old": PASSWORD, "new": "short"})
        wrong = await browser.post("/account/password", data={"old": "x", "new": "a-new-password-1"})
        changed = await browser.post("/account/password", data={"old": PASSWORD, "new": "a-new-password-1"})
        seen = await browser.get("/api/v1/queue")
    assert me["must_change"] is True
    assert (refused.status_code, refused.json()["code"]) == (403, "password-must-change")
    assert page.status_code in (303, 404)
    refusals = [answer.headers["location"].partition("=")[2] for answer in (same, weak, wrong)]
    assert refusals == ["same-password", "weak-password", "bad-password"]
    assert changed.headers["location"] == "/"
    assert seen.status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/a\r\nb"])
def test_a_sign_in_never_leads_to_another_site(wanted: str) -> None:
    assert safe_next(wanted) == "/"


def test_a_sign_in_leads_back_to_a_page_of_this_site() -> None:
    assert safe_next("/console/101?a=b") == "/console/101?a=b"
