"""Files over the line, by their SHA-256: up by tus 1.0, down in ranges, both go on where they broke off.

A lane of its own: entries and messages name files and never wait for them. What is wanted from the online hall lies as
a small file in ``hall.fetching`` until it is here, so that a kill forgets nothing. A file that is not what its name
says is begun anew and never kept; one that is no material at all is not asked for again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

import msgspec

from hub.domain.refusals import Refused
from hub.materials.disk import room_for, write_whole
from hub.materials.sniff import sniff
from hub.materials.store import Store
from hub.materials.turned_away import TurnedAway
from hub.sync.port import Answer, Ask, Line, LinkDown
from hub.sync.protocol import ROOT, UNREADABLE, StoredFile

PIECE: Final = 4 * 1024 * 1024
LARGEST: Final = 2_000 * 1024 * 1024
TUS: Final = {"Tus-Resumable": "1.0.0"}
_CHUNK: Final = "application/offset+octet-stream"
_SHA256: Final = re.compile(rb'"sha256"\s*:\s*"([0-9a-f]{64})"')
_RANGE: Final = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


class FileFailed(Exception):
    """The file did not get through this time. ``code`` of the receiver, or ``wrong-hash``, ``rubbish``, ``gone``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


def named_in(data: bytes) -> set[str]:
    """The SHA-256 of every file that a message's data names."""
    return {found.decode() for found in _SHA256.findall(data)}


class Wanted:
    """What is to be fetched, on the disk in ``folder``."""

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._away = TurnedAway(folder)

    def add(self, sha256: str) -> None:
        """Twice is once; a file that is here is not wanted. Raises ``NoRoom``."""
        if not self._store.has(sha256) and not self._away.has(sha256):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            write_whole(self._folder / f"{sha256}.want", b"")

    def refuse(self, sha256: str) -> None:
        """It came and is no material: never asked for again."""
        self._away.add(sha256)
        self.done(sha256)

    def all(self) -> Iterator[str]:
        if self._folder.is_dir():
            yield from sorted(path.stem for path in self._folder.glob("*.want"))

    def done(self, sha256: str) -> None:
        (self._folder / f"{sha256}.want").unlink(missing_ok=True)

    def part(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.part"


class Files:
    """One hall's files over a line. ``folder`` holds what is under way."""

    def __init__(self, line: Line, hall: str, store: Store, folder: Path) -> None:
        self._line = line
        self._path = f"{ROOT}/halls/{hall}/files"
        self._store = store
        self._folder = folder
        self.wanted = Wanted(folder, store)

    async def fetch(self, sha256: str) -> None:
        """Until the file is in the store, verified. Raises ``FileFailed``, ``LinkDown``, ``NoRoom``."""
        if self._store.has(sha256):
            self.wanted.done(sha256)
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        part = self.wanted.part(sha256)
        size = None
        while size is None or _length(part) < size:
            begin = _length(part)
            asked = {"Range": f"bytes={begin}-{begin + PIECE - 1}"}
            answer = await self._line.call(Ask("GET", f"{self._path}/{sha256}", headers=asked, seconds=60))
            if answer.status == 416 and begin:
                break
            size = await asyncio.to_thread(self._piece, part, begin, answer)
        await asyncio.to_thread(self._keep, part, sha256)

    def _keep(self, part: Path, sha256: str) -> None:
        if _hash(part) != sha256:
            part.unlink(missing_ok=True)
            raise FileFailed("wrong-hash", sha256)
        try:
            sniff(part)
        except Refused as no:
            part.unlink(missing_ok=True)
            self.wanted.refuse(sha256)
            raise FileFailed(no.code, sha256) from None
        self._store.adopt(part, sha256)
        self.wanted.done(sha256)

    def _piece(self, part: Path, begin: int, answer: Answer) -> int:
        """The whole size, once the piece is appended."""
        if answer.status == 200:
            begin, size = 0, len(answer.body)
        elif answer.status == 206:
            found = _RANGE.fullmatch(_header(answer, "content-range"))
            if found is None or int(found[1]) != begin or not answer.body:
                raise FileFailed("rubbish", _header(answer, "content-range")[:80])
            size = int(found[3])
        else:
            raise FileFailed(_code(answer))
        if size > LARGEST or begin + len(answer.body) > size:
            raise FileFailed("too-large", str(size))
        with room_for("files"), part.open("r+b" if part.exists() else "wb") as file:
            file.seek(begin)
            file.write(answer.body)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        return size

    async def send(self, sha256: str, name: str = "") -> None:
        """Until the receiver has the file. Raises ``FileFailed``, ``LinkDown``, ``Refused("unknown-file")``."""
        with self._store.read(sha256) as file:
            size = file.seek(0, 2)
            place = await self._upload(sha256, size, name)
            if place is None:
                return
            offset = await self._offset(place)
            while offset < size:
                piece = await asyncio.to_thread(_piece_of, file, offset)
                headers = {**TUS, "Upload-Offset": str(offset)}
                asked = Ask("PATCH", place, body=piece, type=_CHUNK, headers=headers, seconds=60)
                answer = await self._line.call(asked)
                if answer.status not in (200, 204):
                    self._forget(sha256)
                    raise FileFailed(_code(answer))
                reached = _number(answer, "upload-offset")
                if not offset < reached <= size:
                    raise FileFailed("rubbish", f"{reached} after {offset}")
                offset = reached
        self._forget(sha256)

    async def _upload(self, sha256: str, size: int, name: str) -> str | None:
        """Where the upload lies; None when the receiver has the file already."""
        memo = self._folder / f"{sha256}.up"
        with suppress(FileNotFoundError, UnicodeDecodeError):
            place = memo.read_text(encoding="ascii")
            if (await self._line.call(Ask("HEAD", place, headers=TUS))).status == 200:
                return place
            memo.unlink()
        told = {"sha256": sha256, "filename": name or sha256}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
        answer = await self._line.call(Ask("POST", self._path, headers=headers))
        if answer.status == 200:
            with suppress(msgspec.MsgspecError):
                if msgspec.json.decode(answer.body, type=StoredFile).sha256 == sha256:
                    return None
            raise FileFailed("rubbish")
        place = _header(answer, "location")
        if answer.status != 201 or not place.startswith(f"{self._path}/"):
            raise FileFailed(_code(answer) if answer.status != 201 else "rubbish", place[:80])
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(memo, place.encode())
        return place

    async def _offset(self, place: str) -> int:
        answer = await self._line.call(Ask("HEAD", place, headers=TUS))
        if answer.status != 200:
            raise FileFailed(_code(answer))
        return _number(answer, "upload-offset")

    def _forget(self, sha256: str) -> None:
        (self._folder / f"{sha256}.up").unlink(missing_ok=True)


async def fetch_wanted(files: Files) -> list[tuple[str, str]]:
    """One try at each wanted file, whatever becomes of the others; those that did not come, each with its code.

    Raises ``NoRoom``.
    """
    failed: list[tuple[str, str]] = []
    for sha256 in list(files.wanted.all()):
        try:
            await files.fetch(sha256)
        except FileFailed as error:
            failed.append((sha256, error.code))
        except LinkDown as down:
            failed.append((sha256, down.code))
            break
    return failed


def _piece_of(file: BufferedReader, offset: int) -> bytes:
    file.seek(offset)
    return file.read(PIECE)


def _header(answer: Answer, name: str) -> str:
    return next((value for key, value in answer.headers.items() if key.lower() == name), "")


def _number(answer: Answer, name: str) -> int:
    text = _header(answer, name)
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise FileFailed("rubbish", f"{name}: {text[:40]}")
    return int(text)


class _Code(msgspec.Struct):
    code: str = ""


def _code(answer: Answer) -> str:
    try:
        return msgspec.json.decode(answer.body, type=_Code).code or f"status-{answer.status}"
    except UNREADABLE:
        return f"status-{answer.status}"


def _length(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _hash(part: Path) -> str:
    try:
        with part.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
