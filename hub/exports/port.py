"""Where daily files for the city's platforms go."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from hub.materials.disk import room_for, write_whole


class Drop(Protocol):
    def put(self, name: str, content: bytes) -> None:
        """Hand a file over; once returned it is not lost. A name put again stands for the same file and replaces it.

        Blocking. Raises ``NoRoom``; then the name stands as it did.
        """
        ...


class FolderDrop:
    """A folder that another program empties. A file appears whole or not at all; what ends in ``.new`` is not for
    reading."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """As ``Drop.put``."""
        with room_for(name):
            self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / name, content)
