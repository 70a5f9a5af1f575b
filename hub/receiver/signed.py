"""What verifies the halls' signatures in front of ``/sync/v1``, and signs the answers in the name of the city."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request

from hub.receiver.door import App
from hub.receiver.settings import ReceiverSettings
from hub.receiver.trust import Untrusted
from hub.sync.authority import Authority
from hub.sync.certified import of_socket
from hub.sync.challenge import Challenges
from hub.sync.identity import IdentityFile, new_identity, save_identity
from hub.sync.keyring import KeyRing
from hub.sync.signed_app import SignedApp, verified_of
from hub.sync.signing import AnswerSigner, Verifier
from hub.sync.trust_routes import trust_routes

OWN_KEY: Final = "city.signing.pem"
"""Beside the halls' keys, made at the first start."""


class BySignature:
    """A ``Trust``: the hall whose key signed, as ``SignedApp`` in front has found it."""

    async def verify(self, request: Request) -> str:
        try:
            return verified_of(request.scope).owner
        except KeyError:
            raise Untrusted("unsigned") from None


@dataclass(frozen=True, slots=True)
class Signatures:
    """``public``: the city's key, as every hall must trust it. ``routes``: by which halls renew what names them."""

    public: str
    trust: BySignature
    front: Callable[[App], App]
    routes: APIRouter


def signatures(settings: ReceiverSettings) -> Signatures | None:
    """None where no halls' keys are named: then nothing is verified. Raises ``BadKey``, ``OSError``."""
    if settings.halls is None:
        return None
    path = settings.signing_key or settings.halls.with_name(OWN_KEY)
    if not path.exists():
        with suppress(FileExistsError):
            save_identity(new_identity(), path)
    identity, ring = IdentityFile(path), KeyRing(settings.halls)
    verifier, signer = Verifier(ring, Challenges()), AnswerSigner(identity)

    def front(app: App) -> App:
        return SignedApp(app, verifier, signer, certified=of_socket)

    authority = None if settings.authority is None else Authority(settings.authority)
    return Signatures(identity().public, BySignature(), front, trust_routes(ring, authority))


def mutual(certificate: Path, key: Path | None, ca: Path, crl: Path | None) -> ssl.SSLContext:
    """Nobody gets in without a certificate of ``ca`` that ``crl`` does not name. Raises ``OSError``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_REQUIRED
    if crl is not None:
        context.load_verify_locations(crl)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    return context
