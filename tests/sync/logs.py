"""Logs and gates that tests of the line stand on."""

from __future__ import annotations

from functools import cache

from hub.core.epoch import Epoch
from hub.log.chain import GENESIS
from hub.log.entry import Batch, Draft
from hub.log.names import EVENTS
from hub.log.port import Log
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Egress

FIRST = Epoch("e" * 16, 0, GENESIS.hex())
CLOSED = b'{"window":"112","clerk":"zhang","at":1795000000124}'


@cache
def gate() -> Egress:
    return Egress(EVENTS, ALLOWED, lambda entry: {}, lambda name: name[:1] + "*")


def grow(log: Log, count: int, stream: str = "queue/2026-11-23") -> None:
    """``count`` more entries, in batches as the writer makes them."""
    version = max((entry.version for entry in log.read_stream(stream)), default=0)
    while count > 0:
        many = min(count, 500)
        drafts = [
            Draft(stream, version + n, "window-closed", 1_795_000_000_123, "window/112", bytes(16), CLOSED)
            for n in range(1, many + 1)
        ]
        log.append(Batch(drafts, (), (), 1_795_000_000_999))
        version, count = version + many, count - many
