"""Writing so that it stays written, and a full disk by its one name."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hub.log.entry import NoRoom

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def room_for(what: str) -> Generator[None]:
    """Whatever is written inside finds room, else ``NoRoom``."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom(what) from error
        raise


def sync_folder(path: Path) -> None:
    """A file's name is on the disk only when its folder is."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_whole(path: Path, content: bytes) -> None:
    """The file has its old content or this one, also after a kill or a power failure. Raises ``NoRoom``."""
    part = path.with_name(path.name + ".new")
    try:
        with room_for(path.name):
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sync_folder(path.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_all(file: int, content: bytes | memoryview) -> None:
    """Everything, however little the system takes at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def free_bytes(path: Path) -> int:
    """Room on the disk under ``path`` for this user."""
    room = os.statvfs(path)
    return room.f_bavail * room.f_frsize
