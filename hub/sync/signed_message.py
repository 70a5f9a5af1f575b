"""One HTTP message and its signature (RFC 9421): what the library is asked, and why a message is not believed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage]
from http_message_signatures.digests import ContentDigest
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature
from http_message_signatures.resolvers import MappingKeyResolver
from http_message_signatures.signatures import HTTPMessageSigner, HTTPMessageVerifier
from http_message_signatures.structures import VerifyResult

from hub.sync.identity import Identity

LABEL = "hall"
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
_OWN = "x-hall"
"""Covered where they are present, as is what begins with ``x-hall``: one that is present and not covered spoils the
signature.
"""

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


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: object = None) -> None:
        """Clocks decide nothing here: a challenge, or the request's signature, says how fresh a message is."""


def sign_message(
    identity: Identity,
    message: Request | Answer,
    nonce: str | None,
    tag: str,
    components: tuple[str, ...],
    body: bytes,
) -> None:
    """Sets Content-Digest, Signature-Input and Signature of ``message``."""
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


def verify_message(
    keys: Keys,
    clock: Callable[[], float],
    message: Request | Answer,
    tag: str,
    components: tuple[str, ...],
    body: bytes | None,
) -> tuple[VerifyResult, Known]:
    """What the signature says, and whose it is; ``body`` None: it is not looked at. Raises ``Distrusted``."""
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


def _also(headers: Mapping[str, str]) -> tuple[str, ...]:
    own = sorted(name for name in headers if name.startswith(_OWN))
    return (*(name for name in _ALSO if name in headers), *own)


def without_signature(headers: dict[str, str]) -> dict[str, str]:
    """A request that is signed again must not carry what was said before."""
    return {
        name: value for name, value in headers.items() if name not in ("signature", "signature-input", "content-digest")
    }
