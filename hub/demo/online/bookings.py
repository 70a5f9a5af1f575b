"""What each buyer of an appointment has, kept beside the log before it is asked for: a demo started again asks for the
same places under the same ids.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

_FILE = "bookings.json"


class Place(msgspec.Struct, frozen=True):
    """A leased unit, whose code is the booking's. ``starts``: of its slot, ms."""

    unit: str
    lease: str
    slot: str
    starts: int


class Booking(msgspec.Struct):
    """``place`` was asked for under the buyer's id and ``tries``, ``moved`` under ``moves``; ``sold``, ``left`` and
    ``cancelled``: the online hall took it. ``number``: of the ticket at the check-in.
    """

    place: Place
    tries: int = 0
    sold: bool = False
    moved: Place | None = None
    moves: int = 0
    left: bool = False
    cancelled: bool = False
    number: str = ""

    @property
    def code(self) -> str:
        return self.place.unit if self.moved is None or not self.left else self.moved.unit

    @property
    def starts(self) -> int:
        return self.place.starts if self.moved is None or not self.left else self.moved.starts


class _Kept(msgspec.Struct):
    day: str
    by: dict[str, Booking] = {}


class Bookings:
    """Of one day, by buyer's id."""

    def __init__(self, folder: Path, day: str) -> None:
        self._file = folder / _FILE
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=_Kept)
        except (FileNotFoundError, msgspec.DecodeError):
            kept = _Kept(day)
        self._kept = kept if kept.day == day else _Kept(day)
        self.by = self._kept.by

    def keep(self) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(self._kept))
        fresh.replace(self._file)
