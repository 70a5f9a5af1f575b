"""Files by their content: ``hall.files/ab/cdef…``, named by SHA-256, written once and never changed.

A file gets its name only when all of it is on the disk, so whatever has a name is whole; a kill before that leaves
something in ``hall.files/partial``, swept away at the next start. The same content twice is one file. No file that the
log names is ever deleted, which lets a backup copy the log first and the files after it.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from hub.domain.refusals import Refused
from hub.materials.disk import room_for, sync_folder, write_all

PARTIAL = "partial"
PIECE = 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """``size`` in bytes; ``sha256`` in 64 hex characters."""

    sha256: str
    size: int


class Store:
    """Blocking file work: call it in threads. Several may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._partial = root / PARTIAL
        self._folders: set[str] = set()

    def open(self) -> None:
        """Make the folders and sweep what a kill left half written. Raises ``NoRoom``. Only one process may."""
        with room_for("files"):
            self._partial.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self.root.parent)
        for left in self._partial.iterdir():
            left.unlink()

    def put(self, parts: Iterable[bytes], *, limit: int) -> Stored:
        """Store a stream, hashed while it is written.

        Raises ``Refused("file-too-large")`` past ``limit`` bytes and ``NoRoom``; then nothing is left of it.
        """
        part = self._partial / secrets.token_hex(16)
        digest, size = hashlib.sha256(), 0
        try:
            with room_for("files"):
                file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
                try:
                    for piece in parts:
                        size += len(piece)
                        if size > limit:
                            raise Refused("file-too-large", limit=limit, size=size)
                        digest.update(piece)
                        write_all(file, piece)
                    os.fsync(file)
                finally:
                    os.close(file)
            stored = Stored(digest.hexdigest(), size)
            self.adopt(part, stored.sha256)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return stored

    def adopt(self, part: Path, sha256: str) -> None:
        """Give a whole file on the same disk its name here; ``part`` is gone then. Its content must be ``sha256``'s.

        Twice is once, also when the first try was killed. Raises ``NoRoom``.
        """
        place = self.place(sha256)
        with room_for("files"):
            if place.parent.name not in self._folders:
                place.parent.mkdir(mode=0o700, exist_ok=True)
                sync_folder(self.root)
                self._folders.add(place.parent.name)
            # a copy that was damaged meanwhile is mended by the whole one
            part.replace(place)
            sync_folder(place.parent)
            sync_folder(part.parent)

    def remove(self, sha256: str) -> None:
        """Only what no entry of the log names, and only while no hub runs. Twice is once."""
        place = self.place(sha256)
        place.unlink(missing_ok=True)
        if place.parent.is_dir():
            sync_folder(place.parent)

    def place(self, sha256: str) -> Path:
        """Where the file lies or would. Raises ``Refused("unknown-file")`` for what is no SHA-256."""
        if _NAME.fullmatch(sha256) is None:
            raise Refused("unknown-file")
        return self.root / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        return self.place(sha256).is_file()

    def read(self, sha256: str) -> BufferedReader:
        """The file, opened for reading. Raises ``Refused("unknown-file")``."""
        try:
            return self.place(sha256).open("rb")
        except FileNotFoundError:
            raise Refused("unknown-file") from None

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The file in pieces of at most 1 MiB. Raises ``Refused("unknown-file")``."""
        with self.read(sha256) as file:
            while piece := file.read(PIECE):
                yield piece

    def verify(self, sha256: str) -> int:
        """The size of a file that is what its name says.

        Raises ``Refused("unknown-file")`` when there is none and ``Refused("file-damaged-here")`` when its content is
        another or cannot be read: then only a backup has it.
        """
        with self.read(sha256) as file:
            try:
                size = os.fstat(file.fileno()).st_size
                found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                found, size = "", 0
        if found != sha256:
            raise Refused("file-damaged-here", sha256=sha256)
        return size

    def all(self) -> Iterator[str]:
        """Every stored file by name, ordered within a folder; files stored meanwhile may be among them."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if len(folder.name) != 2:
                continue
            for file in sorted(folder.iterdir()):
                name = folder.name + file.name
                if _NAME.fullmatch(name):
                    yield name
