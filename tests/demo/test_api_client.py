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
