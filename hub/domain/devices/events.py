"""What happened to one device, the entries of stream ``device/<id>``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.devices.commands import Page


@dataclass(frozen=True, slots=True)
class PaperChanged:
    device: str
    level: str
    at: int


@dataclass(frozen=True, slots=True)
class OutboxLost:
    device: str
    epoch: str
    first: int
    last: int
    at: int


@dataclass(frozen=True, slots=True)
class PagesScanned:
    device: str
    scan: str
    pages: tuple[Page, ...]
    at: int


DeviceEvent = PaperChanged | OutboxLost | PagesScanned
