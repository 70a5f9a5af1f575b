"""Requests put to the receiver's real application without a socket, whole or broken off."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from hub.receiver.door import App
from hub.sync.port import Answer, Ask


async def call(app: App, ask: Ask, cut: int | None = None) -> Answer | None:
    """The answer; ``cut``: the request's body ends after so many bytes and the connection with it."""
    body = ask.body
    query = {name: "0" if name == "wait" else value for name, value in ask.query.items()}
    headers = {"content-type": ask.type, "content-length": str(len(body)), **ask.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "http",
        "path": ask.path,
        "raw_path": ask.path.encode(),
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    parts: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    if cut is not None:
        broken = body[: cut % max(len(body), 1)]
        parts = [{"type": "http.request", "body": broken, "more_body": True}]
    told: dict[str, Any] = {}
    answer = bytearray()

    async def receive() -> MutableMapping[str, Any]:
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(event: MutableMapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            told.update(event)
        else:
            answer.extend(event.get("body", b""))

    await app(scope, receive, send)
    if cut is not None or not told:
        return None
    known = {name.decode(): value.decode() for name, value in told["headers"]}
    after = known.get("retry-after")
    return Answer(told["status"], bytes(answer), None if after is None else float(after), known)


def of_another_version(answer: Answer, *, old: bool) -> Answer:
    """What a receiver says that has never heard of versions, or one that says more than this hub knows."""
    if not 200 <= answer.status < 300:
        return answer
    said = msgspec.json.decode(answer.body)
    if old:
        said.pop("versions", None)
    else:
        said["moon"] = {"phase": "full"}
    return msgspec.structs.replace(answer, body=msgspec.json.encode(said))
