"""Whose client certificate a line has: from the socket that uvicorn holds, or from a proxy that ended the TLS.

The certificate lets a hall knock; the signing key names it. So this only notices a hall on another hall's line.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, MutableMapping
from typing import Any, cast

from cryptography import x509
from cryptography.x509.oid import NameOID
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Scope = MutableMapping[str, Any]
CertifiedHall = Callable[[Scope], str | None]

_KEY = "hallhub.certificate"


class CertifiedProtocol(HttpToolsProtocol):
    """For ``uvicorn.Config(http=CertifiedProtocol)``: the scope tells whose certificate the line has."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        found = self.transport.get_extra_info("peercert")
        if found:
            cast("Scope", self.scope)[_KEY] = _common_name(cast("dict[str, Any]", found))


def of_socket(scope: Scope) -> str | None:
    """The hall of the line's certificate, where ``CertifiedProtocol`` serves; None without a certificate."""
    return cast("str | None", scope.get(_KEY))


def of_proxy(scope: Scope) -> str | None:
    """The hall of the certificate in ``Client-Cert`` (RFC 9440). Only behind a proxy that removes it from what it gets.

    ``""``, which is no hall, for a header that cannot be read.
    """
    for name, value in cast("list[tuple[bytes, bytes]]", scope["headers"]):
        if name == b"client-cert":
            try:
                certificate = x509.load_der_x509_certificate(b64decode(value.strip().strip(b":"), validate=True))
            except ValueError:
                return ""
            names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            return str(names[0].value) if names else ""
    return None


def _common_name(peer: dict[str, Any]) -> str:
    subject = cast("tuple[tuple[tuple[str, str], ...], ...]", peer.get("subject", ()))
    return next((value for part in subject for name, value in part if name == "commonName"), "")
