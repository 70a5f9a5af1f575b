"""The keys of subjects for who only reads them, in another process beside the hub that owns their file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.log import sealed
from hub.log.entry import Entry
from hub.log.keys import KEY_BYTES, PACK
from hub.log.sealed import SealBroken

_DESTROYED: Final = bytes(KEY_BYTES)


class KeyReader:
    """Every look reads the file anew and keeps nothing, so whoever was forgotten is forgotten here too.

    No look holds a read transaction open, so none keeps the write-ahead log from being truncated.
    """

    def __init__(self, path: Path) -> None:
        """Raises ``sqlite3.Error`` without a file."""
        uri = f"{path.absolute().as_uri()}?mode=ro"
        self._db = sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None, check_same_thread=False)

    def clear(self, entry: Entry) -> dict[str, str | None]:
        """The clear personal values of one entry, by stored field name; None for who was forgotten, or cannot be read.

        Raises ``sqlite3.Error`` when the file cannot be used.
        """
        return {field: self._unseal(box, entry, field) for field, box in sealed.sealed_in(entry.data).items()}

    def close(self) -> None:
        self._db.close()

    def _unseal(self, box: sealed.Sealed, entry: Entry, field: str) -> str | None:
        row = self._db.execute("SELECT keys FROM key WHERE pack = ?", (box.key // PACK,)).fetchone()
        if row is None:
            return None
        key: bytes = row[0][box.key % PACK * KEY_BYTES :][:KEY_BYTES]
        if key == _DESTROYED:
            return None
        try:
            return sealed.unseal(AESGCM(key), box.sealed, sealed.bound(entry.stream, entry.type, field, box.subject))
        except SealBroken:
            return None
