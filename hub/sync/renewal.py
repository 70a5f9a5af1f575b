"""A hall's TLS certificate is renewed over the line, once two thirds of its life are over.

``POST /sync/v1/halls/{hall}/certificate`` with a request (PEM) for a new key; the message's signature says whose it is.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509

from hub.sync.authority import Authority
from hub.sync.certificates import (
    BadCertificate,
    certificate_of,
    hall_of,
    new_private,
    new_request,
    pem,
    private_of,
    private_pem,
    request_of,
)
from hub.sync.identity import sync_folder, write_private
from hub.sync.protocol import ROOT
from hub.sync.rotation import Call, NotRenewed
from hub.sync.signed_message import Distrusted
from hub.sync.signing import Verified

PEM_TYPE = "application/x-pem-file"


def renewed(authority: Authority, verified: Verified, hall: str, body: bytes, at: datetime) -> bytes:
    """The new certificate (PEM). Raises ``Distrusted``."""
    if verified.owner != hall:
        raise Distrusted("not-yours", f"signed by {verified.owner}")
    try:
        named, _ = request_of(body)
        if named != hall:
            raise Distrusted("not-yours", f"the request is of {named}")
        return authority.sign(body, at, hall=hall).read_bytes()
    except BadCertificate as error:
        raise Distrusted("unreadable", str(error)) from error


class Renewal:
    """The hub's files: ``pair`` in use, ``{pair}.next`` the key to come. Each step can be repeated after a kill."""

    def __init__(self, pair: Path) -> None:
        self._pair = pair
        self._next = pair.with_name(f"{pair.name}.next")

    def request(self, hall: str) -> bytes:
        """The request to send or to carry (PEM); of the same key until ``finish``."""
        if not self._next.exists():
            write_private(self._next, private_pem(new_private()))
        return pem(new_request(hall, private_of(self._next.read_bytes())))

    def finish(self, hall: str, certificate: bytes) -> None:
        """Puts the new pair in place; a line takes it at its next connection.

        Raises ``BadCertificate`` for a certificate of another key or hall; nothing has changed then.
        """
        issued = certificate_of(certificate)
        key = private_of(self._next.read_bytes()) if self._next.exists() else None
        if key is None:
            raise BadCertificate(
                "没有待签的申请：已经启用过，或还没有 hallhub sync ca request / "
                "no request is waiting: it is in use already, or hallhub sync ca request was not run"
            )
        if issued.public_key() != key.public_key() or hall_of(issued) != hall:
            raise BadCertificate("证书不是这份申请的 / the certificate is not of this request")
        # one file, renamed at once: a kill between two would leave a key that does not fit its certificate
        fresh = self._pair.with_name(f"{self._pair.name}.new")
        fresh.unlink(missing_ok=True)
        write_private(fresh, pem(issued) + private_pem(key))
        fresh.replace(self._pair)
        self._next.unlink()
        sync_folder(self._pair.parent)


async def renew(call: Call, hall: str, pair: Path) -> x509.Certificate:
    """A new certificate in place of the one in ``pair``. Whatever fails, it can be called again.

    Raises ``NotRenewed``; status 404 where the city signs by hand. Raises ``BadCertificate``.
    """
    renewal = Renewal(pair)
    status, said = await call("POST", f"{ROOT}/halls/{hall}/certificate", renewal.request(hall), PEM_TYPE)
    if status != 200:
        raise NotRenewed(status, said)
    renewal.finish(hall, said)
    return certificate_of(said)
