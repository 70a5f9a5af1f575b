"""The hub's line signs what it sends and believes only answers that are signed and bound to what was sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from typing import cast

import httpx

from hub.sync.signed_message import Distrusted, Request, combined
from hub.sync.signing import CHALLENGE, AnswerVerifier, Signer, Verified

LARGEST_ANSWER = 16 * 1024 * 1024
_TRIES = 3
_UNAUTHORIZED = 401


class UntrustedAnswer(httpx.RemoteProtocolError):
    """An answer that whoever should answer did not sign, as a proxy's own 502: to be taken as no answer.

    ``status`` is its status. A transport error, so that a line treats it as one.
    """

    def __init__(self, status: int, detail: str, request: httpx.Request) -> None:
        super().__init__(f"answer {status} is not to be trusted: {detail}", request=request)
        self.status = status


class SignedLine(httpx.Auth):
    """For ``httpx.Client(auth=...)`` and ``AsyncClient``. Signs again, at most twice, where a challenge is asked for.

    ``heard`` is called with who signed each answer that is believed, and so learns how far apart the clocks are.
    """

    requires_request_body = True
    requires_response_body = True

    def __init__(
        self, signer: Signer, answers: AnswerVerifier, heard: Callable[[Verified], None] | None = None
    ) -> None:
        self._signer = signer
        self._answers = answers
        self._heard = heard

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Raises ``UntrustedAnswer`` into the caller of the client."""
        # a decoded body could not be held against the digest of what was sent
        request.headers["Accept-Encoding"] = "identity"
        for _ in range(_TRIES):
            sent = self._sign(request)
            response = yield request
            self._check(sent, request, response)
            challenge = response.headers.get(CHALLENGE)
            if challenge is not None:
                self._signer.use(challenge)
            if response.status_code != _UNAUTHORIZED or challenge is None:
                return

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """As httpx has it, but an answer without end does not fill the memory before it is judged."""
        await request.aread()
        flow = self.auth_flow(request)
        following = next(flow)
        while True:
            response = yield following
            stream = cast("httpx.AsyncByteStream", response.stream)
            response.stream = _Bounded(stream, response.status_code, following)
            await response.aread()
            try:
                following = flow.send(response)
            except StopIteration:
                return

    def _sign(self, request: httpx.Request) -> Request:
        target = request.url.raw_path.decode("ascii")
        signed = self._signer.sign(request.method, target, request.content, request.headers.multi_items())
        for name, value in signed.items():
            request.headers[name] = value
        return Request(request.method, target, combined(request.headers.multi_items()))

    def _check(self, sent: Request, request: httpx.Request, response: httpx.Response) -> None:
        try:
            verified = self._answers.verify(
                sent, response.status_code, response.headers.multi_items(), response.content
            )
        except Distrusted as error:
            raise UntrustedAnswer(response.status_code, error.detail, request) from error
        if self._heard is not None:
            self._heard(verified)


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, status: int, request: httpx.Request) -> None:
        self._stream = stream
        self._status = status
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > LARGEST_ANSWER:
                raise UntrustedAnswer(self._status, f"more than {LARGEST_ANSWER} bytes", self._request)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
