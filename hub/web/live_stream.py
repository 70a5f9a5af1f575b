"""``GET /live?channel=a&channel=b``: one server-sent event stream that carries several channels.

Events: ``snapshot`` and ``heartbeat`` as ``hub.web.live`` frames them, ``ended`` when the sign-in it rests on is over.
A plain ASGI endpoint: one task a page and one wake-up a change, since hundreds of pages follow one board.
"""

from __future__ import annotations

import asyncio
from typing import cast

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from hub.domain.refusals import Refused
from hub.web.access.dependencies import caller_of
from hub.web.access.roles import may_follow
from hub.web.live import Live, Subscriber
from hub.web.problems import on_refused
from hub.web.site import site

MOST_CHANNELS = 100
"""All tabs of one browser share a stream: a clerk keeps many cases open."""

MOST_STREAMS = 3000
RETRY_MS = 3000

_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ],
}
_ENDED = b"event: ended\ndata: {}\n\n"


class LiveStream:
    """The endpoint, mounted beside the pages so that no compression ever buffers it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        subscriber = Subscriber()
        try:
            names = self._admit(request, subscriber)
        except Refused as refused:
            answer = await on_refused(request, refused)
            await answer(scope, receive, send)
            return
        live = site(request).live
        gone = asyncio.create_task(_gone(receive, subscriber))
        try:
            await send(_START)
            await send({"type": "http.response.body", "body": b"retry: %d\n\n" % RETRY_MS, "more_body": True})
            await _carry(request, names, live, subscriber, gone, send)
        finally:
            gone.cancel()
            live.leave(names, subscriber)

    def _admit(self, request: Request, subscriber: Subscriber) -> list[str]:
        live = site(request).live
        if request.method != "GET":
            raise Refused("method-not-allowed")
        if live.stopping:
            raise Refused("stopping")
        if len(live.subscribers) >= MOST_STREAMS:
            raise Refused("too-many-streams")
        names = list(dict.fromkeys(request.query_params.getlist("channel")))
        if not 0 < len(names) <= MOST_CHANNELS:
            raise Refused("bad-value", field="channel", problem=f"1-{MOST_CHANNELS}")
        _check(request, names)
        missing = live.join(names, subscriber)
        if missing:
            raise Refused("unknown-channel", channel=missing[0][:64])
        return names


def _check(request: Request, names: list[str]) -> None:
    """Raises ``Refused`` unless the caller may follow every channel; who needs no sign-in is not looked up."""
    if all(may_follow(None, name) for name in names):
        return
    caller = caller_of(request)
    if caller is None:
        raise Refused("sign-in-needed")
    if caller.must_change:
        raise Refused("password-must-change")
    for name in names:
        if not may_follow(caller.role, name):
            raise Refused("not-allowed", permission=name[:64], role=caller.role)


async def _carry(
    request: Request, names: list[str], live: Live, subscriber: Subscriber, gone: asyncio.Task[None], send: Send
) -> None:
    staff = not all(may_follow(None, name) for name in names)
    loop = asyncio.get_running_loop()
    checked = loop.time()
    while not gone.done() and not live.stopping:
        chunk = await subscriber.frames()
        if staff and loop.time() - checked >= live.heartbeat:
            checked = loop.time()
            try:
                _check(request, names)
            except Refused:
                chunk = _ENDED
                live.leave(names, subscriber)
        if chunk:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if chunk is _ENDED:
            break
    if not gone.done():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive, subscriber: Subscriber) -> None:
    while cast("str", (await receive())["type"]) != "http.disconnect":
        pass
    subscriber.wake()
