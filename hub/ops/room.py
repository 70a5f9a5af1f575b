"""How much room the hall's state takes on its disk, sampled day by day, so that someone can say how long it lasts.

One small file beside the log, ``hall.room.json``; losing it costs only the forecast's accuracy for some days.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

import msgspec

from hub.core.paths import StatePaths
from hub.views.room import DAYS_KEPT, KINDS, Sample

_DATABASE_PARTS: Final = ("", "-wal", "-shm")


class RoomSamples:
    """The samples of one hub, newest last. ``path``: the file they are kept in."""

    def __init__(self, paths: StatePaths) -> None:
        self._paths = paths
        self._file = paths.log.with_name(f"{paths.log.stem}.room.json")
        self.samples: list[Sample] = []
        with contextlib.suppress(OSError, ValueError):
            self.samples = msgspec.json.decode(self._file.read_bytes(), type=list[Sample])

    def free(self) -> int:
        """Bytes that the log's disk still takes from the hub."""
        return shutil.disk_usage(self._paths.log.parent).free

    def take(self, day: str) -> None:
        """Measure now; a day's last sample stands. Walks the folders, so call it from a thread. A full disk is no
        error: the samples then live in memory alone.
        """
        sample = Sample(day, {kind: self._bytes(kind) for kind in KINDS})
        kept = [each for each in self.samples if each.day != day]
        self.samples = [*kept, sample][-DAYS_KEPT:]
        new = self._file.with_name(self._file.name + ".new")
        with contextlib.suppress(OSError):
            new.write_bytes(msgspec.json.encode(self.samples))
            new.replace(self._file)

    def _bytes(self, kind: str) -> int:
        paths = self._paths
        match kind:
            case "log":
                return _of_database(paths.log)
            case "views":
                return _of_database(paths.views)
            case "files":
                return _of_folder(paths.files) + _of_folder(paths.uploads)
            case _:
                rest = (paths.keys, paths.access)
                return sum(_of_database(path) for path in rest) + _of_folder(paths.notices)


def _of_database(path: Path) -> int:
    return sum(_size(path.with_name(path.name + part)) for part in _DATABASE_PARTS)


def _of_folder(path: Path) -> int:
    return sum(_size(Path(folder) / name) for folder, _, names in os.walk(path) for name in names)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
