"""One hub to a log: an advisory lock on a file beside it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class InUse(Exception):
    """Another process holds the log; ``pid`` is who, as far as it wrote it down."""

    def __init__(self, path: Path, pid: str) -> None:
        super().__init__(
            f"{path}：已有一个 hallhub 进程{f'（{pid}）' if pid else ''}在使用这个日志。请先停止它。"
            f" Another hallhub process{f' ({pid})' if pid else ''} is using this log. Stop it first."
        )
        self.path = path
        self.pid = pid


class Lock:
    """Held from construction until ``close`` or the end of the process. Raises ``InUse``."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            raise InUse(path, pid) from error
        try:
            os.ftruncate(self._file, 0)
            os.write(self._file, b"%d\n" % os.getpid())
        except OSError:
            pass  # a full disk: the lock counts, the note in it is for people

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
