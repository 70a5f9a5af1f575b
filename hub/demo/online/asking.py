"""What the demo and the process of its online hall say to each other, a JSON line each."""

from __future__ import annotations

from typing import Final

import msgspec

LINE_BYTES: Final = 64 * 1024


class Tick(msgspec.Struct, frozen=True, tag=True):
    """The demo's time, ms since 1970 UTC, and how many times as fast as the system's it runs; 0: it stands."""

    at: int
    speed: float


class Compare(msgspec.Struct, frozen=True, tag=True):
    """Hold what was received of ``hall`` against the hub's own log, beside whose file its keys lie."""

    hall: str
    log: str
    keys: str


class Task(msgspec.Struct, frozen=True):
    """``halls``: the key ring of the halls. ``signing_key``: the city's.

    ``secret``: the token of the programs that ask for citizens.
    """

    url: str
    files: str
    halls: str
    signing_key: str
    secret: str
    stale_minutes: int
    tick: Tick


class Comparison(msgspec.Struct, frozen=True):
    """``head``: the hub's last entry, ``received`` the receiver's. ``same_chain``: both have the same hash at the last
    that both have. ``rows`` there should be, by kind; ``differ``: the first few that are not the same, as kind and key.
    """

    head: int
    received: int
    viewed: int
    same_chain: bool
    rows: dict[str, int]
    differ: list[str]

    @property
    def agrees(self) -> bool:
        return self.same_chain and not self.differ and self.head == self.received == self.viewed
