"""Entries, steps and batches for the log's tests."""

from __future__ import annotations

import hashlib

from hub.log.entry import Batch, DeviceStep, Draft, KeyedOutcome, Outcome

NOW = 1_700_000_000_000
DAY = 86_400_000


def counted_salts():
    """The same salts each time a log is made."""
    made = 0

    def salts(size: int) -> bytes:
        nonlocal made
        out = b""
        while len(out) < size:
            made += 1
            out += hashlib.sha256(str(made).encode()).digest()[:16]
        return out

    return salts


def draft(stream: str = "queue/2024-03-04", version: int = 1, data: bytes = b'{"number":"A001"}') -> Draft:
    return Draft(stream, version, "ticket-issued", NOW, "kiosk/k1", version.to_bytes(16, "big"), data)


def step(seq: int, device: str = "k1", epoch: str = "e1", at: int = NOW) -> DeviceStep:
    return DeviceStep(device, epoch, seq, b"f" * 16, Outcome(True, b'{"seq":%d}' % seq, seq), at)


def kept(number: int, at: int = NOW, ok: bool = True) -> KeyedOutcome:
    return KeyedOutcome(number.to_bytes(16, "big"), b"p" * 16, Outcome(ok, b'{"n":%d}' % number, number), at)


def batch(*, drafts=(), outcomes=(), steps=(), at: int = NOW) -> Batch:
    return Batch(tuple(drafts), tuple(outcomes), tuple(steps), at)
