"""What is recorded of one device, stream ``device/<id>``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One stored page of a scan: SHA-256 as 64 hex characters, and its size."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class RecordPaper:
    """``level``: ok, low or out."""

    device: str
    at: int
    level: str


@dataclass(frozen=True, slots=True)
class RecordOutboxLost:
    """The device no longer has events ``first`` to ``last`` (both included) of an epoch it left."""

    device: str
    at: int
    epoch: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RecordPages:
    device: str
    at: int
    scan: str
    pages: tuple[Page, ...]


DeviceCommand = RecordPaper | RecordOutboxLost | RecordPages
