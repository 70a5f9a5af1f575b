"""Signed requests and signed answers between a hall and its city: HTTP message signatures (RFC 9421), Ed25519.

A request's signature covers its method, path, query, Content-Digest (RFC 9530, of an empty body too), ``Hall-Epoch``
and what else of ``_ALSO`` it carries; scheme and authority are a proxy's business and are left out. An answer's covers
its status, digest and the signature of the request that it answers, so it cannot stand for another one. Freshness comes
from challenges (``hub.sync.challenge``); ``created`` only tells how far apart the two clocks are.
"""

from __future__ import annotations

import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Protocol, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage]
from http_message_signatures.digests import ContentDigest
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature
from http_message_signatures.resolvers import MappingKeyResolver
from http_message_signatures.signatures import HTTPMessageSigner, HTTPMessageVerifier
from http_message_signatures.structures import VerifyResult

from hub.sync.challenge import NONE, Challenges, NoChallenge, Replayed
from hub.sync.identity import Identity

EPOCH = "Hall-Epoch"
CHALLENGE = "Hall-Challenge"
LABEL = "hall"
REQUEST = "hallhub-request-1"
ANSWER = "hallhub-answer-1"

_OF_REQUEST = ("@method", "@path", "@query", "content-digest", "hall-epoch")
_OF_ANSWER = ("@status", "content-digest", f'"signature";req;key="{LABEL}"')
_ALSO = (
    "content-type",
    "content-encoding",
    "idempotency-key",
    "tus-resumable",
    "upload-length",
    "upload-offset",
    "upload-metadata",
    "upload-checksum",
    "location",
    "retry-after",
    "hall-challenge",
)
"""Covered where they are present; one that is present and not covered spoils the signature."""

Headers = Iterable[tuple[str, str]]


class Distrusted(Exception):
    """The message is not taken. ``code`` as in ``hub.sync.protocol.Problem``:

    ``unsigned``: no good signature of a key that is known and valid now; ``challenge``: a good one, under no challenge
    that holds; ``replayed``: taken before; ``not-yours``: of somebody whose resource this is not.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Known:
    """A key: whose it is, and why it does not count now, ``""`` where it does."""

    owner: str
    public: Ed25519PublicKey
    problem: str = ""


class Keys(Protocol):
    """Where keys are looked up. ``at``: the own clock, in ms."""

    def find(self, keyid: str, at: int) -> Known | None: ...


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


@dataclass(slots=True)
class Request:
    """A request as both sides see it. ``target``: path and query as sent, from the first ``/``."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def url(self) -> str:
        # only path and query are covered; the library wants some host
        return f"https://hall{self.target}"


@dataclass(slots=True)
class Answer:
    status_code: int
    headers: dict[str, str]
    request: Request


def fits(digest: str, sha256: bytes) -> bool:
    """Whether the content whose SHA-256 is given is the one of a Content-Digest, which must have no other digest."""
    return digest == f"sha-256=:{b64encode(sha256).decode()}:"


def combined(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name; repeated ones joined as RFC 9110 has it."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


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
        held = _without_signature(combined(headers))
        held["hall-epoch"] = self._epoch()
        message = Request(method, target, held)
        _sign(self._identity(), message, self._nonce(), REQUEST, _OF_REQUEST, body)
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
        checked, known = _verified(self._keys, self._clock, Request(method, target, found), REQUEST, _OF_REQUEST, body)
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
        answer = Answer(status, _without_signature(combined(headers)), request)
        try:
            _sign(self._identity(), answer, None, ANSWER, _OF_ANSWER, body)
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
        checked, known = _verified(self._keys, self._clock, answer, ANSWER, _OF_ANSWER, body)
        return Verified(known.owner, *_told(checked, self._clock))


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """Clocks decide nothing here: a challenge, or the request's signature, says how fresh a message is."""


def _sign(
    identity: Identity,
    message: Request | Answer,
    nonce: str | None,
    tag: str,
    components: tuple[str, ...],
    body: bytes,
) -> None:
    keys = MappingKeyResolver(public_keys={}, private_keys={identity.keyid: identity.private})
    signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=keys)
    message.headers["Content-Digest"] = ContentDigest.create(body)
    covered = (*components, *_also(message.headers))
    signer.sign(  # pyright: ignore[reportUnknownMemberType]
        message,
        key_id=identity.keyid,
        nonce=nonce,
        label=LABEL,
        tag=tag,
        covered_component_ids=covered,
        use_existing_digest=True,
    )


def _verified(
    keys: Keys,
    clock: Callable[[], float],
    message: Request | Answer,
    tag: str,
    components: tuple[str, ...],
    body: bytes | None,
) -> tuple[VerifyResult, Known]:
    asked: list[Known] = []
    verifier = _Verifier(signature_algorithm=ED25519, key_resolver=_Resolver(keys, clock, asked))
    required = (*components, *_also(message.headers))
    try:
        results = verifier.verify(  # pyright: ignore[reportUnknownMemberType]
            message, expect_tag=tag, expect_label=LABEL, require_components=required, body=body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        told = next((known.problem for known in asked if known.problem), "")
        raise Distrusted("unsigned", told or str(error) or "the signature does not fit") from error
    return results[0], asked[0]


class _Resolver(MappingKeyResolver):
    def __init__(self, keys: Keys, clock: Callable[[], float], asked: list[Known]) -> None:
        super().__init__(public_keys={}, private_keys={})
        self._keys = keys
        self._clock = clock
        self._asked = asked

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        known = self._keys.find(key_id, int(self._clock() * 1000))
        if known is None:
            raise InvalidSignature(f"key {key_id} is not known here")
        self._asked.append(known)
        if known.problem:
            raise InvalidSignature(known.problem)
        return known.public


def _told(checked: VerifyResult, clock: Callable[[], float]) -> tuple[str, int]:
    created = cast("int", checked.parameters["created"]) if "created" in checked.parameters else int(clock())
    return cast("str", checked.parameters["keyid"]), (created - int(clock())) * 1000


def _also(headers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in _ALSO if name in headers)


def _without_signature(headers: dict[str, str]) -> dict[str, str]:
    """A request that is signed again must not carry what was said before."""
    return {
        name: value for name, value in headers.items() if name not in ("signature", "signature-input", "content-digest")
    }
