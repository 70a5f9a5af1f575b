from __future__ import annotations

import re

import pytest
from fastapi import APIRouter
from starlette.responses import HTMLResponse

from hub.domain.refusals import SENTENCES as RULE_SENTENCES
from hub.domain.refusals import Refused
from hub.web.problems import SENTENCES, STATUS, problem, show_refusals, words
from hub.web.security import CONTENT_POLICY
from tests.web.running import Hall


def test_the_content_policy_allows_nothing_unsafe_and_nobody_elses() -> None:
    assert "unsafe" not in CONTENT_POLICY
    assert "default-src 'none'" in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY
    assert not re.search(r"https?:", CONTENT_POLICY)


@pytest.mark.parametrize("path", ["/api/v1/queue", "/nowhere", "/api/v1/openapi.json", "/live"])
async def test_every_answer_carries_the_security_headers(hall: Hall, path: str) -> None:
    async with hall.client() as client:
        answer = await client.get(path)
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


async def test_pages_are_compressed_and_answers_of_the_api_are_not(hall: Hall) -> None:
    router = APIRouter()
    router.add_api_route("/page", lambda: HTMLResponse("<p>一</p>" * 500), response_class=HTMLResponse)
    hall.app.include_router(router)
    async with hall.staff() as client:
        page, answer = await client.get("/page"), await client.get("/api/v1/windows")
    assert page.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in answer.headers


async def test_a_person_without_a_sign_in_is_led_there_and_back(hall: Hall) -> None:
    router = APIRouter()

    async def page() -> None:
        raise Refused("sign-in-needed")

    router.add_api_route("/console/{window}", page)
    hall.app.include_router(router)
    async with hall.client(Accept="text/html") as browser, hall.client() as program:
        led = await browser.get("/console/101?lang=en")
        told = await program.get("/console/101")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Fconsole%2F101%3Flang%3Den")
    assert (told.status_code, told.json()["code"]) == (401, "sign-in-needed")


async def test_people_see_a_refusal_as_a_page_when_there_is_one(hall: Hall) -> None:
    show_refusals(hall.app, lambda request, refused: HTMLResponse(f"<p>{refused.code}", status_code=404))
    async with hall.client(Accept="text/html") as browser, hall.client() as program:
        page, document, api = await browser.get("/x"), await program.get("/x"), await browser.get("/api/v1/x")
    assert page.text == "<p>not-found"
    assert document.json()["code"] == api.json()["code"] == "not-found"


async def test_a_failure_is_told_without_its_inside(hall: Hall) -> None:
    router = APIRouter()

    async def page() -> None:
        raise ValueError("secret inside")

    router.add_api_route("/broken", page)
    hall.app.include_router(router)
    async with hall.client() as client:
        answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "secret" not in answer.text


@pytest.mark.parametrize("code", sorted(STATUS))
def test_every_code_with_a_status_has_sentences_in_both_languages(code: str) -> None:
    said = words(code, {})
    assert said != words("no such code", {})
    assert said.zh != said.en


def test_a_code_has_its_sentences_in_one_place() -> None:
    assert not set(SENTENCES) & set(RULE_SENTENCES)


def test_a_refusal_of_a_rule_is_a_409_with_its_facts() -> None:
    answer = problem("window-busy", {"window": "101", "number": "A001"})
    assert answer.status_code == 409
    assert b"A001" in bytes(answer.body)
