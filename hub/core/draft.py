"""The draft of the hall profile that people edit, in TinyDB; publishing it is another matter, through the log."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, cast

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document

from hub.core.profile_file import dump, load_unchecked
from hub.core.toml_shape import ShapeMismatch, plain, shape
from hub.domain.hall.check import check
from hub.domain.hall.problems import Problem
from hub.domain.hall.profile import HallProfile

Rename = Callable[[Path, Path], None]


class DraftUnreadable(Exception):
    """The draft's file holds no profile; it is left as it is. Whoever edits imports a profile over it."""


class ReplacedFile(Storage):
    """A JSON file that is always whole: a new one is written and synced, then renamed over the old one.

    A process killed at any instant leaves the old content or the new. ``rename`` is a seam for tests.
    """

    def __init__(self, path: Path, rename: Rename = os.replace) -> None:
        self._path = path
        self._rename = rename

    def read(self) -> dict[str, dict[str, Any]] | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return msgspec.json.decode(content, type=dict[str, dict[str, dict[str, Any]]])
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise DraftUnreadable(
                f"{self._path}: 草稿文件已损坏，请重新导入 / the draft is damaged; import it again"
            ) from None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        new = self._path.with_name(self._path.name + ".new")
        content = msgspec.json.format(msgspec.json.encode(data), indent=1)
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._rename(new, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class _Table(Protocol):
    """The acts of a TinyDB table used here; its own annotations are incomplete."""

    def insert(self, document: Document) -> int: ...

    def update(self, fields: dict[str, object], *, doc_ids: list[int]) -> list[int]: ...

    def get(self, *, doc_id: int) -> Document | None: ...


class Draft:
    """The draft in the file ``path``. It may be incomplete by the rules (``problems``), never by its shape."""

    def __init__(self, path: Path, rename: Rename = os.replace) -> None:
        self._path = path
        self._db = TinyDB(path, rename, storage=ReplacedFile)
        self._table = cast("_Table", self._db.table(_TABLE))  # pyright: ignore[reportUnknownMemberType]

    def load(self) -> HallProfile | None:
        """The profile being edited; None when there is no draft. Raises ``DraftUnreadable``."""
        held = self._document()
        if held is None:
            return None
        try:
            return shape(HallProfile, held.get("profile"))
        except ShapeMismatch as mismatch:
            raise DraftUnreadable(f"{self._path}: {mismatch}") from None

    def based_on(self) -> int | None:
        """The published version that editing began from; None when there is no draft or it began from a file."""
        held = self._document()
        based_on = held.get("based_on") if held is not None else None
        return based_on if isinstance(based_on, int) else None

    def save(self, profile: HallProfile, based_on: int | None = None) -> None:
        """Replace the draft, also a damaged one; on the disk when this returns."""
        document: dict[str, object] = {"profile": plain(profile), "based_on": based_on}
        # Not upsert: it writes the file twice when there was no draft.
        try:
            if self._document() is None:
                self._table.insert(Document(document, doc_id=_ONLY))
            else:
                self._table.update(document, doc_ids=[_ONLY])
        except DraftUnreadable:
            self._db.storage.write({_TABLE: {str(_ONLY): document}})

    def discard(self) -> None:
        """No draft any more; editing begins again from what is published."""
        self._db.storage.write({})

    def problems(self) -> list[Problem]:
        """What keeps the draft from being published; empty when nothing does, or when there is none."""
        profile = self.load()
        return check(profile) if profile is not None else []

    def import_text(self, text: str) -> HallProfile:
        """Take a profile file as the draft. Raises ``ProfileFileInvalid`` for what is no profile by its shape."""
        profile = load_unchecked(text)
        self.save(profile)
        return profile

    def export_text(self) -> str | None:
        """The draft as a profile file; None when there is none."""
        profile = self.load()
        return dump(profile) if profile is not None else None

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _document(self) -> dict[str, object] | None:
        return cast("dict[str, object] | None", self._table.get(doc_id=_ONLY))


_TABLE, _ONLY = "draft", 1
