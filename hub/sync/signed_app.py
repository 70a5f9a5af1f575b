"""In front of the resources under ``/sync/v1``: only signed requests come in, only signed answers go out.

Pure ASGI, so that it sees the body and the answer as bytes. What lies elsewhere passes untouched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, cast

import msgspec

from hub.sync.certified import CertifiedHall
from hub.sync.protocol import PROBLEM_TYPE, ROOT, Problem
from hub.sync.signed_message import Distrusted, Request, combined, fits
from hub.sync.signing import CHALLENGE, AnswerSigner, Verified, Verifier

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Owns = Callable[[Verified, str], bool]

_KEY = "hallhub.verified"
_STATUS = {"unsigned": 401, "challenge": 401, "replayed": 401, "not-yours": 403}
_DRAINED = 8 * 1024 * 1024
_DRAIN_SECONDS = 10.0
_STILL_SECONDS = 1.0
"""Whoever sends nothing for so long waits for the answer."""


def owns_path(verified: Verified, path: str) -> bool:
    """Whether ``path`` is no other hall's: ``/sync/v1/halls/{hall}/…`` is that hall's alone."""
    of_halls = f"{ROOT}/halls/"
    return not path.startswith(of_halls) or path.removeprefix(of_halls).partition("/")[0] == verified.owner


def verified_of(scope: Scope) -> Verified:
    """Who signed the request of this scope. Raises ``KeyError`` where ``SignedApp`` is not in front."""
    return cast("Verified", scope[_KEY])


class SignedApp:
    """``SignedRequests`` within ``SignedAnswers``."""

    def __init__(
        self,
        app: App,
        verifier: Verifier,
        signer: AnswerSigner,
        *,
        owns: Owns = owns_path,
        certified: CertifiedHall | None = None,
    ) -> None:
        self._app = SignedAnswers(SignedRequests(app, verifier, owns=owns, certified=certified), signer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class SignedRequests:
    """``owns`` says whether whoever signed may use a path; ``certified`` whose TLS certificate the line has, if any.

    A body is held to its signed digest as the app reads it: of another one the app gets no end, but a disconnect, and
    whatever it makes of that, the answer is ``unsigned``. So the app decides how much it holds at a time.
    """

    def __init__(
        self, app: App, verifier: Verifier, *, owns: Owns = owns_path, certified: CertifiedHall | None = None
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._owns = owns
        self._certified = certified

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_ours(scope):
            await self._app(scope, receive, send)
            return
        try:
            verified = self._verified(scope)
        except Distrusted as error:
            asked = error.code in ("challenge", "replayed")
            whole = await drained(receive)
            await _refuse(send, error, self._verifier.challenge() if asked else "", close=not whole)
            return
        scope[_KEY] = verified
        body = _Held(receive, verified.digest)
        answer = _Answered(send, self._verifier.challenge() if verified.renew else "")
        try:
            await self._app(scope, body.next, answer.take)
        except Exception:
            if not body.broken:
                raise
        if body.broken:
            await _refuse(send, Distrusted("unsigned", "the body is not the one that was signed"))
        else:
            await answer.out()

    def _verified(self, scope: Scope) -> Verified:
        request = _request(scope)
        verified = self._verifier.verify(request.method, request.target, request.headers.items())
        if not self._owns(verified, str(scope["path"])):
            raise Distrusted("not-yours", f"signed by {verified.owner}")
        certified = None if self._certified is None else self._certified(scope)
        if certified is not None and certified != verified.owner:
            raise Distrusted("not-yours", f"the line has the certificate of {certified}, {verified.owner} signed")
        return verified


class SignedAnswers:
    """Outside of everything that answers a hall, so that a refusal at the door is believed as well.

    An answer is held until it is whole. To a request that bears no readable signature it goes out as it is, for it
    could be bound to nothing.
    """

    def __init__(self, app: App, signer: AnswerSigner) -> None:
        self._app = app
        self._signer = signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_ours(scope):
            await self._app(scope, receive, send)
            return
        # before the app, which may change the scope
        request = _request(scope)
        answer = _Answered(send, "")
        await self._app(scope, receive, answer.take)
        await answer.out(self._signer, request)


class _Held:
    """A body on its way to the app, held against the digest that was signed."""

    def __init__(self, receive: Receive, digest: str) -> None:
        self.broken = False
        self._receive = receive
        self._digest = digest
        self._hash = sha256()
        self._ended = False

    async def next(self) -> Event:
        event = await self._receive()
        if event["type"] != "http.request" or self._ended:
            return event
        self._hash.update(cast("bytes", event.get("body", b"")))
        if not event.get("more_body", False):
            self._ended = True
            if not fits(self._digest, self._hash.digest()):
                self.broken = True
                return {"type": "http.disconnect"}
        return event


class _Answered:
    """Holds an answer back until it is whole."""

    def __init__(self, send: Send, challenge: str) -> None:
        self._send = send
        self._challenge = challenge
        self._start: Event = {}
        self._parts: list[bytes] = []

    async def take(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._start = event
        elif event["type"] == "http.response.body":
            self._parts.append(cast("bytes", event.get("body", b"")))

    async def out(self, signer: AnswerSigner | None = None, request: Request | None = None) -> None:
        if not self._start:
            return
        headers = list(cast("list[tuple[bytes, bytes]]", self._start.get("headers", [])))
        if self._challenge:
            headers.append((CHALLENGE.lower().encode(), self._challenge.encode()))
        body = b"".join(self._parts)
        if signer is not None and request is not None:
            headers += _signature(signer, request, cast("int", self._start["status"]), headers, body)
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _signature(
    signer: AnswerSigner, request: Request, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> list[tuple[bytes, bytes]]:
    sent = b"" if request.method == "HEAD" or status in (204, 304) else body
    text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    try:
        signed = signer.sign(request, status, text, sent)
    except Distrusted:
        return []
    return [(name.lower().encode(), value.encode()) for name, value in signed.items()]


async def _refuse(send: Send, error: Distrusted, challenge: str = "", *, close: bool = False) -> None:
    body = msgspec.json.encode(Problem(error.code, detail=error.detail))
    headers = [(b"content-type", PROBLEM_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    if close:
        headers.append((b"connection", b"close"))
    if _STATUS[error.code] == 401:
        headers.append((b"www-authenticate", b"Signature"))
    if challenge:
        headers.append((CHALLENGE.lower().encode(), challenge.encode()))
    await send({"type": "http.response.start", "status": _STATUS[error.code], "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _is_ours(scope: Scope) -> bool:
    return scope["type"] == "http" and str(scope["path"]).startswith(f"{ROOT}/")


def _request(scope: Scope) -> Request:
    raw = cast("bytes", scope.get("raw_path") or str(scope["path"]).encode())
    query = cast("bytes", scope.get("query_string", b""))
    target = raw.partition(b"?")[0] + (b"?" + query if query else b"")
    received = cast("list[tuple[bytes, bytes]]", scope["headers"])
    headers = combined((name.decode("latin-1"), value.decode("latin-1")) for name, value in received)
    return Request(str(scope["method"]), target.decode("latin-1"), headers)


async def drained(receive: Receive) -> bool:
    """Reads on within reason, so that a sender in the middle of its body still hears the answer; whether it ended."""
    size = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while size < _DRAINED:
                async with asyncio.timeout(_STILL_SECONDS):
                    event = await receive()
                size += len(cast("bytes", event.get("body", b"")))
                if not event.get("more_body", False):
                    return True
    return False
