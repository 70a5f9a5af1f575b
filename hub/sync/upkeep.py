"""What a hall does about its own certificate, once a day and whenever the line comes back: renew it in good time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509

from hub.sync.certificates import certificate_of, renewal_due
from hub.sync.renewal import renew
from hub.sync.rotation import Call


async def renew_when_due(call: Call, hall: str, pair: Path, at: datetime) -> x509.Certificate | None:
    """The new certificate, already in place; None where two thirds of the present one's life are not over, or there is
    none. Raises ``NotRenewed``, with status 404 where the city signs by hand, and ``BadCertificate``.
    """
    if not _due(pair, at):
        return None
    return await renew(call, hall, pair)


def _due(pair: Path, at: datetime) -> bool:
    try:
        return renewal_due(certificate_of(pair.read_bytes()), at)
    except FileNotFoundError:
        return False
