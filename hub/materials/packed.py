"""Packed files (ZIP) that are documents (DOCX, XLSX, OFD), looked through whole before anybody opens them.

What a packed file says about itself is not believed: the list of its parts is bounded before it is read, parts may not
overlap, and every part is unpacked (and forgotten) to see that it is as long as it says.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from hub.domain.refusals import Refused

MOST_PARTS: Final = 8192
MOST_LIST_BYTES: Final = 2 * 1024 * 1024
MOST_UNPACKED: Final = 400 * 1024 * 1024
MOST_RATIO: Final = 100
RATIO_FROM: Final = 8 * 1024 * 1024
"""Bytes unpacked below which no ratio is a danger: an empty sheet packs 500 to 1."""
MOST_NESTED_BYTES: Final = 16 * 1024 * 1024
_PIECE: Final = 256 * 1024
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LOCAL_BYTES: Final = 30
_PLAIN: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

ProgramIn = Callable[[bytes], str | None]


@dataclass(frozen=True, slots=True)
class Packed:
    """``kind``: ``docx``, ``xlsx``, ``ofd``, or None for any other packed file; ``unpacked`` in bytes."""

    kind: str | None
    unpacked: int


def is_packed_tail(tail: bytes) -> bool:
    """Whether the end of a file that began as something else is the end of a packed file, as unpackers look for it."""
    at = tail.rfind(_END)
    while at >= 0:
        record = tail[at : at + _END_BYTES]
        if len(record) == _END_BYTES and record[4:8] == bytes(4):  # no other volumes: chance bytes seldom say so
            listed, note = int.from_bytes(record[12:16], "little"), int.from_bytes(record[20:22], "little")
            begins = tail[at - listed :].startswith(b"PK\x01\x02") if 0 < listed <= at else listed > at
            if begins and at + _END_BYTES + note <= len(tail):
                return True
        at = tail.rfind(_END, 0, at)
    return False


def packed_kind(file: BinaryIO) -> str:
    """``docx``, ``xlsx`` or ``ofd`` of a file that ``examine_packed`` took."""
    with zipfile.ZipFile(file) as box:
        names = set(box.namelist())
    return "ofd" if "OFD.xml" in names else "docx" if "word/document.xml" in names else "xlsx"


def examine_packed(file: BinaryIO, size: int, shown: str, program_in: ProgramIn, *, depth: int = 0) -> Packed:
    """What the packed file is. ``program_in`` tells programs by their beginning.

    Raises ``Refused``: ``file-damaged``, ``file-encrypted``, ``file-bomb``, ``file-executable`` (programs, macros and
    embedded objects inside), ``file-type-not-allowed`` (other packed files inside).
    """
    _check_list(file, size)
    try:
        with zipfile.ZipFile(file) as box:
            parts = box.infolist()
            _check_parts(parts, size, shown)
            unpacked = sum(_look_through(box, part, shown, program_in, depth) for part in parts)
            kind = _kind_of(box, {part.filename for part in parts}, shown)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        struct.error,
        UnicodeError,
        OSError,
    ) as error:
        raise Refused("file-damaged", kind="ZIP") from error
    if unpacked > MOST_UNPACKED:
        raise Refused("file-bomb", name=shown)
    return Packed(kind, unpacked)


def _check_list(file: BinaryIO, size: int) -> None:
    """The list of parts is where the file ends, and small enough to be read."""
    file.seek(max(size - 65_535 - _END_BYTES, 0))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise Refused("file-damaged", kind="ZIP")
    count, listed, _, note = struct.unpack("<HIIH", tail[at + 10 : at + _END_BYTES])
    if at + _END_BYTES + note != len(tail):
        raise Refused("file-damaged", kind="ZIP")
    if count > MOST_PARTS or listed > MOST_LIST_BYTES:
        raise Refused("file-bomb", name="ZIP")


def _check_parts(parts: list[zipfile.ZipInfo], size: int, shown: str) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused("file-encrypted", name=shown)
    if any(part.compress_type not in _PLAIN for part in parts):
        raise Refused("file-damaged", kind="ZIP")
    total = sum(part.file_size for part in parts)
    if total > MOST_UNPACKED or (total > RATIO_FROM and total > MOST_RATIO * size):
        raise Refused("file-bomb", name=shown)
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:  # parts that share bytes: a small file that unpacks to a huge one
            raise Refused("file-bomb", name=shown)
        end = part.header_offset + _LOCAL_BYTES + part.compress_size


def _look_through(box: zipfile.ZipFile, part: zipfile.ZipInfo, shown: str, program_in: ProgramIn, depth: int) -> int:
    """Unpack a part to nowhere. Its size; the checksum at its end holds, so it is as long as it says."""
    lower = part.filename.lower()
    if _is_active(lower):
        raise Refused("file-executable", name=shown, kind="宏或嵌入对象 macros or embedded objects")
    kept = io.BytesIO()
    seen = 0
    with box.open(part) as stream:
        head = stream.read(4096)
        program = program_in(head)
        if program is not None:
            raise Refused("file-executable", name=shown, kind=program)
        nested = head.startswith(b"PK\x03\x04")
        relations = lower.endswith((".rels", "[content_types].xml"))
        piece = head
        while piece:
            seen += len(piece)
            if nested or relations:
                if seen > MOST_NESTED_BYTES:
                    raise Refused("file-bomb", name=shown)
                kept.write(piece)
            piece = stream.read(_PIECE)
    if nested:
        return seen + _nested(kept, seen, shown, program_in, depth)
    if relations:
        _check_relations(kept.getvalue().lower(), shown)
    return seen


def _nested(kept: io.BytesIO, size: int, shown: str, program_in: ProgramIn, depth: int) -> int:
    """A chart in a letter holds its sheet; that sheet holds no further packed file."""
    if depth:
        raise Refused("file-bomb", name=shown)
    inner = examine_packed(kept, size, shown, program_in, depth=depth + 1)
    if inner.kind not in ("docx", "xlsx"):
        raise Refused("file-type-not-allowed", name=shown, kind="ZIP")
    return inner.unpacked


def _is_active(lower: str) -> bool:
    return (
        lower.endswith(("vbaproject.bin", "vbadata.xml", ".class", "manifest.mf"))
        or "/macrosheets/" in lower
        or "/activex/" in lower
        or "oleobject" in lower
    )


def _check_relations(low: bytes, shown: str) -> None:
    """Macro types, and templates or objects that would be fetched from elsewhere when the document is opened."""
    remote = b'targetmode="external"' in low and (b"/attachedtemplate" in low or b"/oleobject" in low)
    if b"macroenabled" in low or remote:
        raise Refused("file-executable", name=shown, kind="宏或外部模板 macros or a remote template")


def _kind_of(box: zipfile.ZipFile, names: set[str], shown: str) -> str | None:
    if "[Content_Types].xml" in names:
        types = box.read("[Content_Types].xml")
        if "word/document.xml" in names and b"wordprocessingml.document.main" in types:
            return "docx"
        if "xl/workbook.xml" in names and b"spreadsheetml.sheet.main" in types:
            return "xlsx"
        raise Refused("file-type-not-allowed", name=shown, kind="Office")
    return "ofd" if "OFD.xml" in names else None
