"""Desired state at a device: level-triggered, the newest revision wins, and the one applied is reported."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from devices.wire.messages import Reported, decode_desired

log = logging.getLogger(__name__)

D = TypeVar("D")


class DesiredState:
    """What the hub wants shown, and what is. An older revision never overwrites a newer one."""

    def __init__(self, kind: str, report: Callable[[Reported], None]) -> None:
        self._kind = kind
        self._report = report
        self._handler: Callable[[Any], Awaitable[None]] | None = None
        self._wanted: Any = None
        self._wake = asyncio.Event()
        self.reported: Reported | None = None
        self.stale = 0

    def on(self, shape: type[D], handler: Callable[[D], Awaitable[None]]) -> None:
        del shape  # it ties the handler's type to the dataclass that the vocabulary reads
        self._handler = handler

    def forget(self) -> None:
        """The hub's count of revisions began again: the next one is applied whatever its number."""
        self.reported = None
        self._wanted = None

    def receive(self, payload: bytes) -> None:
        """A payload from the `desired` topic. Raises `Malformed`."""
        if self._handler is None:
            return
        desired = decode_desired(self._kind, payload)
        newest = self._wanted.revision if self._wanted is not None else -1
        if self.reported is not None:
            newest = max(newest, self.reported.revision)
        if desired.revision > newest:
            self._wanted = desired
            self._wake.set()
        elif desired.revision < newest:
            self.stale += 1
        elif self.reported is not None and self.reported.revision == desired.revision:
            self._report(self.reported)

    async def run(self) -> None:
        """Applies one at a time until cancelled; what was overtaken meanwhile is skipped."""
        while True:
            self._wake.clear()
            desired, self._wanted = self._wanted, None
            if desired is None or self._handler is None:
                await self._wake.wait()
                continue
            applied = self.reported.revision if self.reported is not None else 0
            try:
                await self._handler(desired)
            except Exception as error:
                log.exception("desired revision %d", desired.revision)
                self._done(Reported(applied, f"revision {desired.revision}: {type(error).__name__}: {error}"[:2000]))
            else:
                self._done(Reported(desired.revision))

    def _done(self, reported: Reported) -> None:
        self.reported = reported
        self._report(reported)
