"""Files that cases name and that the online hall still holds: what the line's file lane has to fetch."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from hub.domain.cases.events import MaterialsSupplied
from hub.domain.cases.records import ONLINE
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import Entry

_TABLES = (
    "DROP TABLE IF EXISTS wanted_file",
    """CREATE TABLE wanted_file (position INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,
       media_type TEXT NOT NULL, case_id TEXT NOT NULL, PRIMARY KEY (position, sha256)) WITHOUT ROWID""",
)


@dataclass(frozen=True, slots=True)
class WantedFile:
    """``position``: of the entry that named it; ``bytes`` and ``media_type`` as the online hall announced them."""

    position: int
    sha256: str
    bytes: int
    media_type: str
    case: str


class WantedRecord:
    """A ``Reader``: every file that came from outside by name, in the order in which it was announced."""

    name = "wanted-files"
    version = 1

    def __init__(self, codec: Codec) -> None:
        self._codec = codec

    def reset(self, db: sqlite3.Connection) -> None:
        for statement in _TABLES:
            db.execute(statement)

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        if not entry.type.startswith("materials-supplied"):
            return
        event = cast(MaterialsSupplied, self._codec.decode(entry))
        for supply in event.materials:
            if supply.origin == ONLINE and supply.sha256:
                db.execute(
                    "INSERT OR IGNORE INTO wanted_file VALUES (?, ?, ?, ?, ?)",
                    (entry.position, supply.sha256, supply.size, supply.media_type, event.case),
                )


class WantedFiles:
    """What is not here yet, the longest announced first. ``has``: whether the store holds a file; both block.

    What was found here once is not looked for again: files are never removed.
    """

    def __init__(self, cursors: Cursors, has: Callable[[str], bool]) -> None:
        self._cursors = cursors
        self._has = has
        self._settled = 0
        """Up to this position every file is here."""

    def wanted(self, limit: int = 100) -> list[WantedFile]:
        """At most ``limit``, each file once, as far as the record was read."""
        found: dict[str, WantedFile] = {}
        for each in self._rows():
            if self._has(each.sha256):
                if not found:
                    self._settled = each.position - 1
                continue
            found.setdefault(each.sha256, each)
            if len(found) >= limit:
                break
        return list(found.values())

    def _rows(self) -> Iterator[WantedFile]:
        if not self._cursors.read("SELECT 1 FROM sqlite_master WHERE name = 'wanted_file'"):
            return
        last = (self._settled, "~")
        while rows := self._cursors.read(
            "SELECT position, sha256, bytes, media_type, case_id FROM wanted_file WHERE (position, sha256) > (?, ?)"
            " ORDER BY position, sha256 LIMIT 500",
            last,
        ):
            for row in rows:
                yield WantedFile(*row)
            last = (rows[-1][0], rows[-1][1])
