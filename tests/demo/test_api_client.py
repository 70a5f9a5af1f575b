"""The demo's HTTP client against servers that behave, refuse and go away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from hub.demo.api_client import ApiClient, ApiRefused, ApiUnreachable

Answer = Callable[[bytes, int], bytes | None]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    """Answers each request by its head and how many came before; None closes the connection instead."""
    count = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                said, count = answer(head + body, count), count + 1
                if said is None:
                    return
                writer.write(said)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


def reply(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


async def test_token_and_key_travel_with_the_body() -> None:
    seen: list[bytes] = []

    def answer(request: bytes, _: int) -> bytes:
        seen.append(request)
        return reply(200, b'{"a": 1}')

    async with server(answer) as url:
        client = ApiClient(url, "word")
        assert await client.post("/x", {"b": 2}, dict, key="k1") == {"a": 1}
        await client.close()
    assert b"Authorization: Bearer word" in seen[0]
    assert b"Idempotency-Key: k1" in seen[0]
    assert seen[0].endswith(b'{"b":2}')


async def test_a_problem_document_is_raised_with_its_code() -> None:
    async with server(lambda request, n: reply(409, b'{"code": "window-busy", "title": "busy"}')) as url:
        client = ApiClient(url, "word")
        with pytest.raises(ApiRefused) as refused:
            await client.get("/x", dict)
        assert (refused.value.status, refused.value.code) == (409, "window-busy")
        await client.close()


async def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    async with server(lambda request, n: None if n == 1 else reply(200, b"[]")) as url:
        client = ApiClient(url, "word")
        assert await client.get("/x", list) == []
        assert await client.get("/x", list) == []
        await client.close()


async def test_nobody_there_is_unreachable() -> None:
    async with server(lambda request, n: None) as url:
        client = ApiClient(url, "word")
        with pytest.raises(ApiUnreachable):
            await client.get("/x", list)
        await client.close()


async def test_a_session_travels_as_cookie_with_its_synchroniser_and_our_origin() -> None:
    seen: list[bytes] = []

    def answer(request: bytes, _: int) -> bytes:
        seen.append(request)
        return reply(200, b'{"csrf": "sync"}')

    async with server(answer) as url:
        client = ApiClient(url, None)
        await client.take_session("word")
        await client.post("/x", {}, dict)
        await client.close()
        assert f"Origin: {url}".encode() in seen[1]
    assert b"Cookie: hall=word" in seen[0]
    assert b"X-CSRF-Token: sync" in seen[1]
    assert b"Authorization" not in seen[1]


async def test_a_file_goes_up_in_two_requests_and_its_hash_comes_back() -> None:
    def answer(request: bytes, n: int) -> bytes:
        if n == 0:
            assert b"Upload-Length: 3" in request
            return b"HTTP/1.1 201 X\r\nContent-Length: 0\r\nLocation: /api/v1/uploads/u\r\n\r\n"
        assert request.startswith(b"PATCH /api/v1/uploads/u ")
        assert request.endswith(b"\r\n\r\nabc")
        return b"HTTP/1.1 204 X\r\nContent-Length: 0\r\nMaterial-Sha256: feed\r\n\r\n"

    async with server(answer) as url:
        client = ApiClient(url, "word")
        assert await client.upload(b"abc") == "feed"
        await client.close()


async def test_a_refusal_is_told_in_its_own_words() -> None:
    said = (
        b'{"code": "reason-needed", "title": "Conflict", "detail": {"zh": "\xe7\x90\x86\xe7\x94\xb1", "en": "reason"}}'
    )
    async with server(lambda request, n: reply(409, said)) as url:
        client = ApiClient(url, "word")
        with pytest.raises(ApiRefused, match="理由 reason"):
            await client.get("/x", dict)
        await client.close()
