"""What the online hall had acknowledged when the hub last looked: so that a start in the dark tells what waits, and not
the whole log.

A hint for the page and nothing else: the line itself asks the receiver. It belongs to one epoch and is in no backup.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import msgspec

from hub.core.paths import StatePaths

_LOOKS: Final = 15
"""It is written with every so many looks at most."""


class _Known(msgspec.Struct, frozen=True):
    epoch: str
    committed: int


class Acknowledged:
    """Beside the log of ``paths``. Blocking, for one thread."""

    def __init__(self, paths: StatePaths) -> None:
        self._file: Path = paths.log.with_name(f"{paths.log.stem}.acknowledged.json")
        self._kept = self._read()
        self._looks = 0

    def now(self, epoch: str, committed: int | None) -> int:
        """``committed`` as the receiver said it, else as it was known of this epoch, else 0."""
        if committed is None:
            # an epoch that is not known yet is that of the file, unless the line says another one
            return self._kept.committed if epoch in ("", self._kept.epoch) else 0
        self._looks -= 1
        said = _Known(epoch, committed)
        if said != self._kept and (self._looks <= 0 or said.epoch != self._kept.epoch):
            fresh = self._file.with_suffix(".new")
            with contextlib.suppress(OSError):  # a full disk is told of elsewhere
                fresh.write_bytes(msgspec.json.encode(said))
                fresh.replace(self._file)
            self._kept, self._looks = said, _LOOKS
        return committed

    def _read(self) -> _Known:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Known)
        except (OSError, msgspec.MsgspecError):
            return _Known("", 0)
