"""In front of the resources under ``/sync/v1``: only signed requests come in, only signed answers go out.

Pure ASGI, so that it sees the body and the answer as bytes. What lies elsewhere passes untouched.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

import msgspec

from hub.sync.certified import CertifiedHall
from hub.sync.protocol import PROBLEM_TYPE, ROOT, Problem
from hub.sync.signing import CHALLENGE, AnswerSigner, Distrusted, Request, Verified, Verifier, combined

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Owns = Callable[[Verified, str], bool]

BODY_LIMIT = 8 * 1024 * 1024
_KEY = "hallhub.verified"
_STATUS = {"unsigned": 401, "challenge": 401, "replayed": 401, "not-yours": 403, "too-large": 413}


def owns_path(verified: Verified, path: str) -> bool:
    """Whether ``path`` is a resource of the hall that signed: ``/sync/v1/halls/{hall}/…``."""
    return path.removeprefix(f"{ROOT}/halls/").partition("/")[0] == verified.owner


def verified_of(scope: Scope) -> Verified:
    """Who signed the request of this scope. Raises ``KeyError`` where ``SignedApp`` is not in front."""
    return cast("Verified", scope[_KEY])


class SignedApp:
    """``owns`` says whether whoever signed may use a path; ``certified`` whose TLS certificate the line has, if any."""

    def __init__(
        self,
        app: App,
        verifier: Verifier,
        signer: AnswerSigner,
        *,
        owns: Owns = owns_path,
        certified: CertifiedHall | None = None,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._signer = signer
        self._owns = owns
        self._certified = certified
        self._limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not str(scope["path"]).startswith(f"{ROOT}/"):
            await self._app(scope, receive, send)
            return
        request = _request(scope)
        body = await self._body(receive)
        answer = _Signed(self._signer, request, send)
        if body is None:
            await answer.refuse(Distrusted("too-large", f"more than {self._limit} bytes"))
            return
        try:
            verified = self._verified(scope, request, body)
        except Distrusted as error:
            asked = error.code in ("challenge", "replayed")
            await answer.refuse(error, self._verifier.challenge() if asked else "")
            return
        scope[_KEY] = verified
        if verified.renew:
            answer.challenge = self._verifier.challenge()
        await self._app(scope, _again(body, receive), answer.take)

    def _verified(self, scope: Scope, request: Request, body: bytes) -> Verified:
        verified = self._verifier.verify(request.method, request.target, request.headers.items(), body)
        if not self._owns(verified, str(scope["path"])):
            raise Distrusted("not-yours", f"signed by {verified.owner}")
        certified = None if self._certified is None else self._certified(scope)
        if certified is not None and certified != verified.owner:
            raise Distrusted("not-yours", f"the line has the certificate of {certified}, {verified.owner} signed")
        return verified

    async def _body(self, receive: Receive) -> bytes | None:
        """None when it is too large; it is read to its end all the same, so that the sender hears the answer."""
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return b"".join(parts)
            part = cast("bytes", event.get("body", b""))
            size += len(part)
            if size <= self._limit:
                parts.append(part)
            more = bool(event.get("more_body", False))
        return b"".join(parts) if size <= self._limit else None


class _Signed:
    """Holds an answer back until it is whole, then signs it and sends it."""

    def __init__(self, signer: AnswerSigner, request: Request, send: Send) -> None:
        self.challenge = ""
        self._signer = signer
        self._request = request
        self._send = send
        self._start: Event = {}
        self._parts: list[bytes] = []

    async def take(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._start = event
        elif event["type"] == "http.response.body":
            self._parts.append(cast("bytes", event.get("body", b"")))
            if not event.get("more_body", False):
                await self._out()

    async def refuse(self, error: Distrusted, challenge: str = "") -> None:
        self.challenge = challenge
        status = _STATUS[error.code]
        body = msgspec.json.encode(Problem(error.code, detail=error.detail))
        headers = [(b"content-type", PROBLEM_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        if status == 401:
            headers.append((b"www-authenticate", b"Signature"))
        self._start = {"type": "http.response.start", "status": status, "headers": headers}
        self._parts = [body]
        await self._out()

    async def _out(self) -> None:
        status = cast("int", self._start["status"])
        headers = list(cast("list[tuple[bytes, bytes]]", self._start.get("headers", [])))
        if self.challenge:
            headers.append((CHALLENGE.lower().encode(), self.challenge.encode()))
        body = b"".join(self._parts)
        sent = b"" if self._request.method == "HEAD" or status in (204, 304) else body
        text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        try:
            signed = self._signer.sign(self._request, status, text, sent)
        except Distrusted:
            # whoever signs nothing gets an answer that is bound to nothing
            signed = {}
        headers += [(name.lower().encode(), value.encode()) for name, value in signed.items()]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _request(scope: Scope) -> Request:
    raw = cast("bytes", scope.get("raw_path") or str(scope["path"]).encode())
    query = cast("bytes", scope.get("query_string", b""))
    target = raw.partition(b"?")[0] + (b"?" + query if query else b"")
    received = cast("list[tuple[bytes, bytes]]", scope["headers"])
    headers = combined((name.decode("latin-1"), value.decode("latin-1")) for name, value in received)
    return Request(str(scope["method"]), target.decode("latin-1"), headers)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, then what comes after it."""
    left: list[Event] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_event() -> Event:
        return left.pop() if left else await receive()

    return next_event
