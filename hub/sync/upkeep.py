"""What a hall does about its own certificate, once a day and whenever the line comes back: renew it in good time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from hub.sync.certificates import BadCertificate, certificate_of, renewal_due
from hub.sync.port import Ask, Line, LinkDown
from hub.sync.renewal import renew
from hub.sync.rotation import Call, NotRenewed

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS: Final = 60.0
AGAIN: Final = timedelta(days=1)
"""After the city would not."""


class Upkeep:
    """The certificate in ``pair`` (None: there is none that could be renewed), renewed over ``line`` while ``there``
    says that the line is up."""

    def __init__(self, line: Line, hall: str, pair: Path | None, there: Callable[[], bool]) -> None:
        self._line = line
        self._hall = hall
        self._pair = pair
        self._there = there
        self._not_before = datetime.min.replace(tzinfo=UTC)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look(datetime.now(UTC))
            except Exception:
                log.exception("the certificate was not looked at")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self, at: datetime) -> x509.Certificate | None:
        """The new certificate when one was due and the city gave it. A line that is cut is asked again at the next
        look, a city that would not a day later."""
        if self._pair is None or at < self._not_before or not self._there():
            return None
        try:
            renewed = await renew_when_due(self._call, self._hall, self._pair, at)
        except LinkDown:
            return None
        except (NotRenewed, BadCertificate, OSError) as error:
            self._not_before = at + AGAIN
            log.warning("the certificate of the line was not renewed", extra={"facts": {"said": str(error)[:300]}})
            return None
        if renewed is not None:
            log.info("the certificate of the line is new", extra={"facts": {"until": renewed.not_valid_after_utc}})
        return renewed

    async def _call(self, method: str, path: str, body: bytes, type: str) -> tuple[int, bytes]:
        answer = await self._line.call(Ask(method, path, body=body, type=type))
        return answer.status, answer.body


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
