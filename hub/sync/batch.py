"""Entries of the log as one body on the line, within what the receiver granted."""

from __future__ import annotations

import msgspec

from hub.log.port import LogReader
from hub.sync.egress import Egress
from hub.sync.protocol import Credit

MOST_ENTRIES = 2000
"""However much is granted, so that memory stays flat and an answer comes at least every second."""
_READ = 500


class Sent(msgspec.Struct, frozen=True):
    """Entries ``base`` to ``last`` in one body; empty when ``last`` < ``base``."""

    base: int
    last: int
    body: bytes


class Batches:
    """Makes bodies of the log's entries. ``source``: ``/halls/{hall}/{epoch}``."""

    def __init__(self, log: LogReader, gate: Egress, source: str) -> None:
        self._log = log
        self._gate = gate
        self._source = source

    def after(self, committed: int, credit: Credit) -> Sent:
        """The entries that follow ``committed``: at least one if there is one, else as many as the credit allows."""
        most = min(credit.entries, MOST_ENTRIES)
        parts: list[bytes] = []
        size, last = 2, committed
        event, source = self._gate.event, self._source
        while len(parts) < most:
            entries = self._log.read(last, min(_READ, most - len(parts)))
            for entry in entries:
                part = _encode(event(entry, source))
                size += len(part) + 1
                if parts and size > credit.bytes:
                    return Sent(committed + 1, last, _listed(parts))
                parts.append(part)
                last = entry.position
            if len(entries) < min(_READ, most):
                break
        return Sent(committed + 1, last, _listed(parts))


def _listed(parts: list[bytes]) -> bytes:
    return b"[" + b",".join(parts) + b"]"


_encode = msgspec.json.Encoder().encode
