"""Stored files that no entry of the log names: uploads that came to nothing.

Whatever looks like a SHA-256 anywhere in an entry keeps its file, of whatever kind the event is: a collector that knows
which events name files would lose what a later kind names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hub.log.port import LogReader
from hub.materials.store import Store

LEAST_DAYS = 2
"""An upload may be named by a case for a day; a day more, for clocks and people."""
DAY_SECONDS = 86_400
ENTRIES = 5_000
_HEX = re.compile(rb"[0-9a-f]{64,}")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """``size`` in bytes; ``stored_at`` in seconds since 1970, UTC."""

    sha256: str
    size: int
    stored_at: float


def unnamed(store: Store, reader: LogReader, before: float) -> list[Unnamed]:
    """Files stored before that moment (seconds since 1970, UTC) which no entry names, the oldest first."""
    found: dict[str, Unnamed] = {}
    for name in store.all():
        told = store.place(name).stat()
        if told.st_mtime < before:
            found[name] = Unnamed(name, told.st_size, told.st_mtime)
    after = 0
    while found and (entries := reader.read(after, ENTRIES)):
        for entry in entries:
            for text in _HEX.findall(entry.data):
                _keep(found, text.decode())
        after = entries[-1].position
    return sorted(found.values(), key=lambda each: (each.stored_at, each.sha256))


def remove(store: Store, files: list[Unnamed], removed: Callable[[Unnamed], None] = lambda _: None) -> None:
    """Only while no hub runs: one that does may just name a file."""
    for each in files:
        store.remove(each.sha256)
        removed(each)


def _keep(found: dict[str, Unnamed], text: str) -> None:
    for first in range(len(text) - 63):
        found.pop(text[first : first + 64], None)
