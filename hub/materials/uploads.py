"""Uploads that may break off: each lies in ``hall.uploads`` until it is whole, then becomes a stored file.

How far an upload came is the length of its ``.part`` and stands nowhere else, so no kill can make the two disagree.
``.json`` says whose it is and what was promised; with ``result`` it is a receipt, kept so that a lost answer can be
asked for again. ``.mark`` stands while a chunk with a checksum of its own is under way and says where it began: what
lies behind it was never checked and is cut off.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from hub.domain.refusals import Refused
from hub.log.entry import NoRoom
from hub.materials.disk import free_bytes, room_for, sync_folder, write_all, write_whole
from hub.materials.names import shown_name
from hub.materials.sniff import sniff
from hub.materials.store import Store

ALGORITHMS: Final = ("sha1", "sha256")
UNFINISHED_MS: Final = 24 * 3_600_000
RECEIPT_MS: Final = 24 * 3_600_000
"""Each receipt is a small file that a start reads, so they are not kept for long."""
MOST_OPEN: Final = 20
"""Unfinished uploads of one owner."""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Limits:
    """``file``: bytes of one file. ``reserve``: bytes of the disk that uploads leave to the log."""

    file: int = 50 * 1024 * 1024
    reserve: int = 256 * 1024 * 1024


class Result(msgspec.Struct, frozen=True):
    """A stored file; ``kind`` is a name of ``sniff.KINDS``."""

    sha256: str
    size: int
    kind: str


class Upload(msgspec.Struct, frozen=True):
    """``owner`` made it and alone may go on with it; ``name`` is for showing; ``sha256`` was promised ("": nothing).

    ``until``: ms since 1970 UTC; then it may be swept away.
    """

    id: str
    owner: str
    length: int
    name: str
    sha256: str
    until: int
    result: Result | None = None


class Uploads:
    """Blocking file work: call it in threads. ``now`` gives ms since 1970 UTC."""

    def __init__(self, root: Path, store: Store, limits: Limits, now: Callable[[], int]) -> None:
        self.root = root
        self.limits = limits
        self._store = store
        self._now = now
        self._guard = threading.Lock()
        self._known: dict[str, Upload] = {}
        self._brought: Counter[tuple[str, str]] = Counter()
        self._busy: set[str] = set()

    def open(self) -> None:
        """Take up where a stop or a kill left off. Raises ``NoRoom``. Only one process may."""
        with room_for("uploads"):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self.root.parent)
        names = {path.name for path in self.root.iterdir()}
        for name in names:
            if name.endswith(".json"):
                with suppress(msgspec.DecodeError, UnicodeDecodeError):
                    upload = msgspec.json.decode((self.root / name).read_bytes(), type=Upload)
                    self._keep(upload)
        for name in names:
            if name.endswith(".new") or name.partition(".")[0] not in self._known:
                (self.root / name).unlink()
        for upload in list(self._known.values()):
            if self._mark(upload).name in names:
                self._uncheck(upload)
            if upload.result is not None and self._part(upload).name in names:
                self._store.adopt(self._part(upload), upload.result.sha256)
        self.sweep()

    def create(self, owner: str, length: int, name: str, sha256: str = "") -> Upload:
        """Raises ``Refused``: ``file-too-large``, ``file-empty``, ``too-many-uploads``, ``bad-value``; ``NoRoom``."""
        self.sweep()
        if length > self.limits.file:
            raise Refused("file-too-large", limit=self.limits.file, size=length)
        if length < 1:
            raise Refused("file-empty")
        if sha256 and re.fullmatch(r"[0-9a-f]{64}", sha256) is None:
            raise Refused("bad-value", field="sha256", problem="64 hex")
        upload = Upload(secrets.token_hex(16), owner, length, shown_name(name), sha256, self._now() + UNFINISHED_MS)
        with self._guard:
            mine = [each for each in self._known.values() if each.owner == owner and each.result is None]
            if len(mine) >= MOST_OPEN:
                raise Refused("too-many-uploads", most=MOST_OPEN)
            self._leave_room(length)
            self._keep(upload)
        try:
            with room_for("uploads"):
                self._part(upload).touch(mode=0o600, exist_ok=False)
            self._write(upload)
        except BaseException:
            self._drop(upload)
            raise
        return upload

    def find(self, id: str, owner: str) -> Upload:
        """Raises ``Refused("unknown-upload")``, also for another owner's, and ``Refused("upload-expired")``."""
        upload = self._known.get(id) if _ID.fullmatch(id) else None
        if upload is None or upload.owner != owner:
            raise Refused("unknown-upload")
        if upload.result is None and upload.until <= self._now():
            raise Refused("upload-expired")
        return upload

    def offset(self, upload: Upload) -> int:
        """Bytes that are here; all of them once there is a result."""
        if upload.result is not None:
            return upload.length
        with suppress(FileNotFoundError):
            mark = self._mark(upload)
            if mark.exists():  # a chunk under way counts when it was checked
                return int(mark.read_text(encoding="ascii") or "0")
            return self._part(upload).stat().st_size
        return 0

    @contextmanager
    def busy(self, upload: Upload) -> Generator[None]:
        """One writer at a time. Raises ``Refused("upload-busy")``. Enters and leaves at once, in any thread."""
        with self._guard:
            if upload.id in self._busy:
                raise Refused("upload-busy")
            self._busy.add(upload.id)
        try:
            yield
        finally:
            with self._guard:
                self._busy.discard(upload.id)

    def chunk(self, upload: Upload, offset: int, checksum: tuple[str, bytes] | None = None) -> Chunk:
        """Begin to append at ``offset``; inside ``busy``. ``checksum``: an algorithm of ``ALGORITHMS`` and a digest.

        Raises ``Refused("upload-offset")`` when that is not where the upload stands, and ``NoRoom``.
        """
        stands = self.offset(upload)
        if offset != stands:
            raise Refused("upload-offset", offset=stands)
        self._leave_room(upload.length - stands)
        if checksum is not None:
            with room_for("uploads"):
                write_whole(self._mark(upload), str(stands).encode("ascii"))
        return Chunk(upload, self._part(upload), self._mark(upload), stands, checksum)

    def finish(self, upload: Upload) -> Result:
        """The whole upload as a stored file; twice gives the same. Inside ``busy``.

        Raises ``Refused`` (``wrong-hash`` and what ``sniff`` raises): then the upload is gone. Raises ``NoRoom``: then
        it can be tried again.
        """
        if upload.result is not None:
            return upload.result
        part = self._part(upload)
        with part.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            if upload.sha256 and sha256 != upload.sha256:
                raise Refused("wrong-hash", expected=upload.sha256, found=sha256)
            kind = sniff(part, upload.name)
        except Refused:
            self._drop(upload)
            raise
        result = Result(sha256, upload.length, kind.name)
        done = msgspec.structs.replace(upload, result=result, until=self._now() + RECEIPT_MS)
        # the receipt first: a kill before the next line is mended by ``open``
        self._write(done)
        self._store.adopt(part, sha256)
        with self._guard:
            self._keep(done)
        return result

    def drop(self, upload: Upload) -> None:
        """Forget an upload; a stored file stays stored. Raises ``Refused("upload-busy")``."""
        with self.busy(upload):
            self._drop(upload)

    def sweep(self) -> int:
        """Drop abandoned uploads and old receipts; how many."""
        now = self._now()
        with self._guard:
            old = [each for each in self._known.values() if each.until <= now and each.id not in self._busy]
        for upload in old:
            self._drop(upload)
        return len(old)

    def uploaded(self, owner: str, sha256: str) -> bool:
        """Whether the owner brought this file in the last 24 hours."""
        with self._guard:
            return self._brought[owner, sha256] > 0

    def _keep(self, upload: Upload) -> None:
        self._known[upload.id] = upload
        if upload.result is not None:
            self._brought[upload.owner, upload.result.sha256] += 1

    def _leave_room(self, length: int) -> None:
        if free_bytes(self.root) < length + self.limits.reserve:
            raise NoRoom("uploads")

    def _uncheck(self, upload: Upload) -> None:
        mark = self._mark(upload)
        if mark.exists():
            with suppress(FileNotFoundError):
                os.truncate(self._part(upload), int(mark.read_text(encoding="ascii") or "0"))
            mark.unlink()

    def _write(self, upload: Upload) -> None:
        write_whole(self.root / f"{upload.id}.json", msgspec.json.encode(upload))

    def _drop(self, upload: Upload) -> None:
        with self._guard:
            known = self._known.pop(upload.id, None)
            if known is not None and known.result is not None:
                brought = (known.owner, known.result.sha256)
                self._brought[brought] -= 1
                if not self._brought[brought]:
                    del self._brought[brought]
        for path in (self.root / f"{upload.id}.json", self._mark(upload), self._part(upload)):
            path.unlink(missing_ok=True)

    def _part(self, upload: Upload) -> Path:
        return self.root / f"{upload.id}.part"

    def _mark(self, upload: Upload) -> Path:
        return self.root / f"{upload.id}.mark"


class Chunk:
    """Bytes on their way into one upload: ``write`` as they come, then ``settle`` or ``leave``, once.

    Threads may take turns; ``leave`` waits for a ``write`` under way.
    """

    def __init__(self, upload: Upload, part: Path, mark: Path, offset: int, checksum: tuple[str, bytes] | None) -> None:
        self._length = upload.length
        self._mark = mark
        self._began = self.offset = offset
        self._checksum = checksum
        self._digest = hashlib.new(checksum[0]) if checksum is not None else None
        self._turn = threading.Lock()
        self._file = os.open(part, os.O_WRONLY | os.O_CLOEXEC)

    def write(self, piece: bytes | bytearray) -> None:
        """Raises ``Refused("upload-too-long")`` past the announced length, nothing of this piece kept; ``NoRoom``."""
        with self._turn:
            if self.offset + len(piece) > self._length:
                raise Refused("upload-too-long", length=self._length)
            with room_for("uploads"):
                os.lseek(self._file, self.offset, os.SEEK_SET)
                write_all(self._file, memoryview(piece))
            self.offset += len(piece)
            if self._digest is not None:
                self._digest.update(piece)

    def settle(self) -> int:
        """All of the chunk came: the new offset, on the disk. Then neither ``write`` nor ``leave`` follows.

        Raises ``Refused("bad-checksum")`` and ``NoRoom``; ``leave`` then takes back what has to be.
        """
        with self._turn:
            if self._digest is not None and self._checksum is not None and self._digest.digest() != self._checksum[1]:
                raise Refused("bad-checksum")
            with room_for("uploads"):
                os.fsync(self._file)
            self._close()
            return self.offset

    def leave(self, *, sync: bool = True) -> int:
        """The chunk broke off: the offset that counts. Without a checksum that is all that came. Twice is once."""
        with self._turn:
            if self._file < 0:
                return self.offset
            if self._checksum is not None:
                self.offset = self._began
            os.ftruncate(self._file, self.offset)  # what a full disk left half written goes too
            if sync:
                with suppress(OSError):
                    os.fsync(self._file)
            self._close()
            return self.offset

    def _close(self) -> None:
        os.close(self._file)
        self._file = -1
        self._mark.unlink(missing_ok=True)
