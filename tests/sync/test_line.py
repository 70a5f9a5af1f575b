"""The real line: what comes back, and by which name each way of failing is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.sync import line as line_module
from hub.sync.credentials import Credentials, line_to
from hub.sync.identity import new_identity, save_identity
from hub.sync.line import HttpLine, Tls
from hub.sync.port import Ask, LinkDown

GET = Ask("GET", "/sync/v1/halls/h", {"after": "1"}, seconds=0.3)


@asynccontextmanager
async def answering(told: bytes, *, then: Callable[[], None] = lambda: None) -> AsyncGenerator[tuple[str, list[bytes]]]:
    """A server that says ``told`` to each request and goes on listening."""
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (head := await reader.readuntil(b"\r\n\r\n")) and told:
            heard.append(head)
            writer.write(told)
            await writer.drain()
            then()

    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(quiet, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
    finally:
        server.close()


async def said(url: str, ask: Ask = GET) -> str:
    """The code of the failure."""
    line = HttpLine(url)
    try:
        with pytest.raises(LinkDown) as down:
            await line.call(ask)
    finally:
        await line.close()
    return down.value.code


async def test_an_answer_comes_with_its_status_and_how_long_to_wait_on_one_connection() -> None:
    told = b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
    async with answering(told) as (url, heard):
        line = HttpLine(url)
        for _ in range(3):
            answer = await line.call(GET)
            assert (answer.status, answer.body, answer.retry_after) == (503, b"{}", 7.0)
        await line.close()
        assert heard[0].startswith(b"GET /sync/v1/halls/h?after=1 HTTP/1.1")


async def test_a_redirect_is_not_followed() -> None:
    told = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with answering(told) as (url, _):
        line = HttpLine(url)
        assert (await line.call(GET)).status == 302
        await line.close()


async def test_each_way_of_failing_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await said("http://127.0.0.1:9") == "unreachable"
    async with answering(b"") as (url, _):
        assert await said(url) == "timeout"
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort") as (url, _):
        assert await said(url) in ("timeout", "broken-off")
    async with answering(b"SSH-2.0-OpenSSH\r\n\r\n") as (url, _):
        assert await said(url) == "broken-off"
    monkeypatch.setattr(line_module, "LARGEST_ANSWER", 10)
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + bytes(20)) as (url, _):
        assert await said(url) == "too-long"


async def test_tls_with_who_speaks_none_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "CONNECT_SECONDS", 0.3)
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (url, _):
        line = HttpLine(url.replace("http:", "https:"), Tls())
        with pytest.raises(LinkDown) as down:
            await line.call(GET)
        assert down.value.code in ("tls", "unreachable", "timeout")
        await line.close()


async def test_certificates_that_cannot_be_read_are_told_and_taken_once_they_are_there(tmp_path: Path) -> None:
    line = HttpLine("https://127.0.0.1:9", Tls(certificate=tmp_path / "hall.pem"))
    with pytest.raises(LinkDown) as down:
        await line.call(GET)
    assert down.value.code == "files"
    await line.close()


async def test_an_answer_that_the_online_hall_did_not_sign_is_no_answer(tmp_path: Path) -> None:
    save_identity(new_identity(), tmp_path / "signing.pem")
    ours = Credentials(str(tmp_path / "signing.pem"), str(tmp_path / "online.json"))
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as (url, heard):
        line = line_to(url, ours, "e1")
        with pytest.raises(LinkDown) as down:
            await line.call(GET)
        assert down.value.code == "untrusted"
        assert b"signature" in heard[0].lower()
        await line.close()
