"""Signed requests and signed answers between a hall and its city: HTTP message signatures (RFC 9421), Ed25519.

A request's signature covers its method, path, query, Content-Digest (RFC 9530, of an empty body too), ``Hall-Epoch``
and what else of ``_ALSO`` it carries; scheme and authority are a proxy's business and are left out. An answer's covers
its status, digest and the signature of the request that it answers, so it cannot stand for another one. Freshness comes
from challenges (``hub.sync.challenge``); ``created`` only tells how far apart the two clocks are.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import cast

from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.structures import VerifyResult

from hub.sync.challenge import NONE, Challenges, NoChallenge, Replayed
from hub.sync.identity import Identity
from hub.sync.signed_message import (
    LABEL,
    Answer,
    Distrusted,
    Headers,
    Keys,
    Request,
    combined,
    sign_message,
    verify_message,
    without_signature,
)

EPOCH = "Hall-Epoch"
CHALLENGE = "Hall-Challenge"
REQUEST = "hallhub-request-1"
ANSWER = "hallhub-answer-1"

_OF_REQUEST = ("@method", "@path", "@query", "content-digest", "hall-epoch")
_OF_ANSWER = ("@status", "content-digest", f'"signature";req;key="{LABEL}"')


@dataclass(frozen=True, slots=True)
class Verified:
    """Who signed. ``clock_off_ms``: the sender's clock less the own one, to the second. ``renew``: give a challenge.

    ``digest``: the Content-Digest that was signed, which a body still to come has to fit (``fits``).
    """

    owner: str
    keyid: str
    clock_off_ms: int
    epoch: str = ""
    renew: bool = False
    digest: str = ""


class Signer:
    """Signs requests. One instance a line; it may be used from several threads.

    ``identity``, in whose name, and ``epoch`` are read at each request, so that a key that was changed on the disk
    (``IdentityFile``) is taken at once. ``use`` takes over the challenge of an answer that was verified.
    """

    def __init__(self, identity: Callable[[], Identity], epoch: Callable[[], str]) -> None:
        self._identity = identity
        self._epoch = epoch
        self._challenge = NONE
        self._count = 0
        self._lock = Lock()

    def sign(self, method: str, target: str, body: bytes, headers: Headers) -> dict[str, str]:
        """The headers to set beside ``headers``. ``target``: path and query, percent-encoded as they are sent."""
        held = without_signature(combined(headers))
        held["hall-epoch"] = self._epoch()
        message = Request(method, target, held)
        sign_message(self._identity(), message, self._nonce(), REQUEST, _OF_REQUEST, body)
        return {
            EPOCH: held["hall-epoch"],
            **{name: message.headers[name] for name in ("Content-Digest", "Signature-Input", "Signature")},
        }

    def use(self, challenge: str) -> None:
        """Requests from now on stand under ``challenge``."""
        with self._lock:
            if challenge != self._challenge:
                self._challenge, self._count = challenge, 0

    def _nonce(self) -> str:
        with self._lock:
            if self._challenge == NONE:
                return f"{NONE}.{secrets.token_hex(12)}"
            self._count += 1
            return f"{self._challenge}.{self._count}"


class Verifier:
    """Says who sent a request, and takes each only once."""

    def __init__(self, keys: Keys, challenges: Challenges, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._challenges = challenges
        self._clock = clock

    def verify(self, method: str, target: str, headers: Headers, body: bytes | None = None) -> Verified:
        """Raises ``Distrusted``. ``headers`` and ``target`` as they were received, before any decoding.

        Without ``body``, before it is read, ``Verified.digest`` says which one it has to be.
        """
        found = combined(headers)
        checked, known = verify_message(
            self._keys, self._clock, Request(method, target, found), REQUEST, _OF_REQUEST, body
        )
        try:
            renew = self._challenges.take(known.owner, checked.nonce or "")
        except NoChallenge:
            raise Distrusted("challenge", "sign again under the challenge of this answer") from None
        except Replayed:
            raise Distrusted("replayed", "a request with this nonce was taken before") from None
        keyid, off = _told(checked, self._clock)
        return Verified(known.owner, keyid, off, found["hall-epoch"], renew, found["content-digest"])

    def challenge(self) -> str:
        """For the header ``Hall-Challenge`` of an answer that refuses, or renews."""
        return self._challenges.new()


class AnswerSigner:
    """Signs answers in the name of ``identity``, each bound to its request."""

    def __init__(self, identity: Callable[[], Identity]) -> None:
        self._identity = identity

    def sign(self, request: Request, status: int, headers: Headers, body: bytes) -> dict[str, str]:
        """The headers to set beside ``headers``. Raises ``Distrusted`` where the request bears no readable signature.

        ``body`` as it is sent: empty for HEAD, 204 and 304, encoded where it is encoded.
        """
        answer = Answer(status, without_signature(combined(headers)), request)
        try:
            sign_message(self._identity(), answer, None, ANSWER, _OF_ANSWER, body)
        except HTTPMessageSignaturesException as error:
            raise Distrusted("unsigned", f"the request's signature cannot be read: {error}") from error
        return {name: answer.headers[name] for name in ("Content-Digest", "Signature-Input", "Signature")}


class AnswerVerifier:
    """Says who answered. A copy of an older answer, or one to another request, does not pass."""

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock

    def verify(self, request: Request, status: int, headers: Headers, body: bytes) -> Verified:
        """Raises ``Distrusted``. ``request`` with the headers it was sent with."""
        answer = Answer(status, combined(headers), request)
        checked, known = verify_message(self._keys, self._clock, answer, ANSWER, _OF_ANSWER, body)
        return Verified(known.owner, *_told(checked, self._clock))


def _told(checked: VerifyResult, clock: Callable[[], float]) -> tuple[str, int]:
    created = cast("int", checked.parameters["created"]) if "created" in checked.parameters else int(clock())
    return cast("str", checked.parameters["keyid"]), (created - int(clock())) * 1000
