"""Files from outside that came and were no material (a program, a bomb): remembered, so that nobody waits for them."""

from __future__ import annotations

from pathlib import Path

from hub.materials.disk import write_whole


class TurnedAway:
    """One empty file each in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, sha256: str) -> None:
        """Raises ``NoRoom``."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(self._mark(sha256), b"")

    def has(self, sha256: str) -> bool:
        return self._mark(sha256).exists()

    def _mark(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.refused"
