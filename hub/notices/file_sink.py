"""The first sink: one JSON line a message in ``hall.notices/<day>.jsonl``, the day being the message's own.

A message always belongs to the same file, so one file tells whether it was written before. A line counts when its end
is there: what a kill left half written is cut off before the next one.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from hub.materials.disk import room_for, sync_folder, write_all
from hub.notices.port import Evidence, Message

KEPT_DAYS: Final = 8


class _Written(msgspec.Struct):
    id: str


class FileSink:
    """One writer. ``timezone`` is the hall's, e.g. ``Asia/Shanghai``."""

    def __init__(self, folder: Path, timezone: str) -> None:
        self._folder = folder
        self._zone = ZoneInfo(timezone)
        self._days: OrderedDict[str, dict[str, int]] = OrderedDict()

    def send(self, message: Message) -> Evidence:
        """As ``Port.send``; ``where`` is ``<day>.jsonl#<line>``, lines counted from 1."""
        day = datetime.fromtimestamp(message.at / 1000, self._zone).date().isoformat()
        lines = self._lines(day)
        if message.id not in lines:
            self._append(day, msgspec.json.encode(message) + b"\n")
            lines[message.id] = len(lines) + 1
        return Evidence(message.id, "file", f"{day}.jsonl#{lines[message.id]}")

    def _lines(self, day: str) -> dict[str, int]:
        """Message id to line, of a file whose last line is whole."""
        if day not in self._days:
            self._days[day] = self._read(self._folder / f"{day}.jsonl")
            while len(self._days) > KEPT_DAYS:
                self._days.popitem(last=False)
        self._days.move_to_end(day)
        return self._days[day]

    def _read(self, path: Path) -> dict[str, int]:
        if not path.exists():
            return {}
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)
        lines = content[:whole].splitlines()
        return {msgspec.json.decode(line, type=_Written).id: number for number, line in enumerate(lines, 1)}

    def _append(self, day: str, line: bytes) -> None:
        path = self._folder / f"{day}.jsonl"
        with room_for("notices"):
            if not self._folder.exists():
                self._folder.mkdir(mode=0o700)
                sync_folder(self._folder.parent)
            new = not path.exists()
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                end = os.lseek(file, 0, os.SEEK_END)
                try:
                    write_all(file, line)
                    os.fsync(file)
                except OSError:
                    os.ftruncate(file, end)
                    raise
            finally:
                os.close(file)
            if new:
                sync_folder(self._folder)
