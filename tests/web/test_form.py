"""Form posts that are too much, against a running server."""

from __future__ import annotations

import asyncio

from tests.web.running import PASSWORD, Hall

FORM = "application/x-www-form-urlencoded"


async def begin_post(hall: Hall, kind: str, length: int, start: bytes) -> bytes:
    """The status line and headers that come while the rest of the body is kept back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.server.port)
    head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nOrigin: {hall.url}\r\nContent-Type: {kind}\r\n"
    writer.write(f"{head}Content-Length: {length}\r\n\r\n".encode() + start)
    try:
        async with asyncio.timeout(5):
            return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


async def test_a_form_of_a_gigabyte_is_refused_before_it_comes(hall: Hall) -> None:
    assert b" 413 " in await begin_post(hall, FORM, 1_000_000_000, b"name=")


async def test_an_upload_is_not_waited_for(hall: Hall) -> None:
    start = b'--zz\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    answer = await begin_post(hall, "multipart/form-data; boundary=zz", 1_000_000_000, start)
    assert b"/sign-in?refused=" in answer


async def test_a_form_with_too_many_fields_is_refused(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        answer = await browser.post("/sign-in", data={f"f{n}": "1" for n in range(21)})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-value")


async def test_a_form_that_is_not_utf_8_signs_nobody_in(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        answer = await browser.post("/sign-in", content=b"name=%ED%A0%80&password=\xff", headers={"Content-Type": FORM})
    assert "refused=bad-password" in answer.headers["location"]


async def test_a_password_of_any_characters_signs_in(hall: Hall) -> None:
    async with hall.client(Origin=hall.url) as browser:
        answer = await browser.post("/sign-in", data={"name": "clerk", "password": PASSWORD, "next": "/console?a=b"})
    assert answer.headers["location"] == "/console?a=b"


async def test_a_form_posted_to_the_api_is_refused_as_no_json(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser:
        csrf = browser.headers.pop("X-CSRF-Token")
        answer = await browser.post("/api/v1/windows/101/open", data={"csrf": csrf}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (415, "not-json")
