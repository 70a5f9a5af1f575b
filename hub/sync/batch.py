"""Entries of the log as one body on the line, within what the receiver granted."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hub.log.port import LogReader
from hub.sync.egress import Egress
from hub.sync.envelope import BATCH_TYPE
from hub.sync.lines import LINES_TYPE, line, packed
from hub.sync.protocol import Credit

MOST_ENTRIES = 2000
"""However much is granted, so that memory stays flat and an answer comes at least every second."""
_READ = 500


class Sent(msgspec.Struct, frozen=True):
    """Entries ``base`` to ``last`` in one body of ``type``; empty when ``last`` < ``base``. ``size``: unpacked."""

    base: int
    last: int
    body: bytes
    size: int
    type: str = BATCH_TYPE
    headers: Mapping[str, str] = {}


class Batches:
    """Makes bodies of the log's entries. ``source``: ``/halls/{hall}/{epoch}``."""

    def __init__(self, log: LogReader, gate: Egress, source: str) -> None:
        self._log = log
        self._gate = gate
        self._source = source

    def after(self, committed: int, credit: Credit, version: int = 1) -> Sent:
        """The entries that follow ``committed``: at least one if there is one, else as many as the credit allows."""
        most = min(credit.entries, MOST_ENTRIES)
        parts: list[bytes] = []
        size, last = 2, committed
        event, source, encode = self._gate.event, self._source, _encode if version == 1 else line
        full = False
        while len(parts) < most and not full:
            wanted = min(_READ, most - len(parts))
            entries = self._log.read(last, wanted)
            for entry in entries:
                part = encode(event(entry, source))
                if parts and size + len(part) + 1 > credit.bytes:
                    full = True
                    break
                size += len(part) + 1
                parts.append(part)
                last = entry.position
            full = full or len(entries) < wanted
        if version == 1:
            return Sent(committed + 1, last, b"[" + b",".join(parts) + b"]", size)
        body, headers = packed(b"\n".join(parts))
        return Sent(committed + 1, last, body, size, LINES_TYPE, headers)


_encode = msgspec.json.Encoder().encode
