"""What a file is, from its bytes alone. A short list is taken, everything else is refused with a reason.

The name a file came with never makes it acceptable; it can only make it refused (a text called ``run.bat``). Taken:
PDF, PNG, JPEG, TIFF, BMP, WebP, DOCX, XLSX, OFD and plain text in UTF-8 or GB18030. Programs are told apart from other
refused kinds, since they mean an attack or a mistake that somebody should hear of.
"""

from __future__ import annotations

import codecs
import os
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from hub.domain.refusals import Refused
from hub.materials.names import shown_name
from hub.materials.packed import Packed, examine_packed, is_packed_tail, packed_kind

HEAD: Final = 4096
TAIL: Final = 66 * 1024
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A type that is taken: its media type, the ending of its names, and whether the browser is shown pages of it."""

    name: str
    media: str
    ending: str
    pages: bool = True


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("pdf", "application/pdf", ".pdf"),
        Kind("png", "image/png", ".png"),
        Kind("jpeg", "image/jpeg", ".jpg"),
        Kind("tiff", "image/tiff", ".tif"),
        Kind("bmp", "image/bmp", ".bmp"),
        Kind("webp", "image/webp", ".webp"),
        Kind("docx", _OFFICE + "wordprocessingml.document", ".docx", pages=False),
        Kind("xlsx", _OFFICE + "spreadsheetml.sheet", ".xlsx", pages=False),
        Kind("ofd", "application/ofd", ".ofd", pages=False),
        Kind("text", "text/plain", ".txt", pages=False),
    )
}
"""The allow-list. GIF is left out: no scanner or camera of a hall makes it, and each decoder is one more door."""

PROGRAMS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"MZ", "Windows 程序 Windows program"),
    (b"\x7fELF", "Linux 程序 Linux program"),
    (b"\xfe\xed\xfa\xce", "macOS 程序 macOS program"),
    (b"\xfe\xed\xfa\xcf", "macOS 程序 macOS program"),
    (b"\xce\xfa\xed\xfe", "macOS 程序 macOS program"),
    (b"\xcf\xfa\xed\xfe", "macOS 程序 macOS program"),
    (b"\xca\xfe\xba\xbe", "Java 或 macOS 程序 Java or macOS program"),
    (b"\xca\xfe\xba\xbf", "macOS 程序 macOS program"),
    (b"dex\n", "Android 程序 Android program"),
    (b"\x00asm", "WebAssembly 程序 WebAssembly program"),
    (b"#!", "脚本 script"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows 快捷方式 Windows shortcut"),
    (b"ITSF", "Windows 帮助文件 Windows help file"),
)
"""Beginnings of what a machine would run."""

OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文件 old Office file"),
    (b"{\\rtf", "RTF"),
    (b"GIF8", "GIF"),
    (b"PK", "ZIP"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"MSCF", "CAB"),
    (b"SQLite format 3", "SQLite"),
    (b"%!PS", "PostScript"),
)

_RUN_BY_NAME: Final = re.compile(
    r"\.(exe|com|scr|pif|bat|cmd|ps1|vbs|vbe|js|jse|mjs|wsf|wsh|hta|msi|msp|jar|lnk|url|reg|sh|py|pl|php|rb|cpl|dll|sys|"
    r"inf|scf|iso|img|docm|xlsm|dotm|xltm|html|htm|xhtml|svg|xml|mht)"
)
_MARKUP: Final = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<?php", b"<script", b"<head", b"<body", b"<iframe")
_WITHIN_TEXT: Final = (b"<script", b"<?php", b"javascript:", b"<svg", b"<iframe")
_SCRIPT_STARTS: Final = (b"@echo", b"::", b"rem ", b"powershell", b"on error resume next", b"windows registry editor")
_CONTROL: Final = bytes(set(range(32)) - {9, 10, 12, 13} | {127})


def sniff(path: Path, name: str = "") -> Kind:
    """The kind of a whole file on the list; ``name`` is what it was called where it came from.

    Raises ``Refused``: ``file-empty``, ``file-executable``, ``file-disguised``, ``file-type-not-allowed``,
    ``file-damaged``, ``file-encrypted``, ``file-bomb``. Reads all of packed files and texts, else both ends.
    """
    with path.open("rb") as file:
        return sniff_file(file, name)


def sniff_file(file: BinaryIO, name: str = "") -> Kind:
    """As ``sniff``, of an open file."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Refused("file-empty")
    shown = shown_name(name)
    head, tail = _ends(file, size)
    program = _program(file, head, size)
    if program is not None:
        raise Refused("file-executable", name=shown, kind=program)
    found = identify(head)
    if found in ("zip", None):
        kind = _packed_or_text(file, head, tail, size, shown)
    else:
        kind = KINDS[found]
        _check_whole(kind, head, tail, size)
        if is_packed_tail(tail):
            raise Refused("file-disguised", name=shown, kind=kind.name.upper(), other="ZIP")
    _check_name(kind, shown)
    return kind


def identify(head: bytes) -> str | None:
    """What the first bytes say: a name of ``KINDS``, ``zip``, or None. No judgement: see ``sniff``."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return "tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"BM") and len(head) >= 26 and head[6:10] == bytes(4):
        return "bmp"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return None


def kind_of(file: BinaryIO) -> Kind:
    """The kind of a file that was taken once, read from its beginning and its list of parts. No judgement."""
    found = identify(file.read(HEAD))
    if found is None:
        return KINDS["text"]
    return KINDS[found if found != "zip" else packed_kind(file)]


def program_in(head: bytes) -> str | None:
    """Which program a beginning belongs to, if any."""
    for mark, kind in PROGRAMS:
        if head.startswith(mark):
            return kind
    return None


def _ends(file: BinaryIO, size: int) -> tuple[bytes, bytes]:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(max(size - TAIL, 0))
    return head, file.read(TAIL)


def _program(file: BinaryIO, head: bytes, size: int) -> str | None:
    start = head.removeprefix(codecs.BOM_UTF8)
    found = program_in(start) or program_in(start.lstrip()[:2])
    if found is None and size > 0x8006:
        file.seek(0x8001)
        # an image of a disc may begin with anything: its own mark stands in its 17th sector
        if file.read(5) in (b"CD001", b"BEA01", b"NSR02"):
            return "光盘映像 disc image"
    return found


def _packed_or_text(file: BinaryIO, head: bytes, tail: bytes, size: int, shown: str) -> Kind:
    if head.startswith(b"PK\x03\x04"):
        return _packed_kind(examine_packed(file, size, shown, program_in), shown)
    for mark, kind in OTHERS:
        if head.startswith(mark):
            raise Refused("file-type-not-allowed", name=shown, kind=kind)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(_MARKUP):
        raise Refused("file-type-not-allowed", name=shown, kind="HTML / SVG / XML")
    if is_packed_tail(tail):
        raise Refused("file-disguised", name=shown, kind="?", other="ZIP")
    _check_text(file, shown)
    return KINDS["text"]


def _packed_kind(packed: Packed, shown: str) -> Kind:
    if packed.kind is None:
        raise Refused("file-type-not-allowed", name=shown, kind="ZIP")
    return KINDS[packed.kind]


def _check_whole(kind: Kind, head: bytes, tail: bytes, size: int) -> None:
    """A file that was cut off has no end: better told now than at the approver's desk."""
    whole = True
    match kind.name:
        case "pdf":
            whole = b"%%EOF" in tail[-4096:]
        case "png":
            whole = b"IEND\xaeB`\x82" in tail
        case "jpeg":
            whole = b"\xff\xd9" in tail
        case "bmp":
            whole = int.from_bytes(head[2:6], "little") <= size
        case "webp":
            whole = int.from_bytes(head[4:8], "little") + 8 <= size
        case "tiff":
            order = "<I" if head.startswith(b"II") else ">I"
            whole = len(head) >= 8 and 8 <= struct.unpack(order, head[4:8])[0] < size
        case _:
            pass
    if not whole:
        raise Refused("file-damaged", kind=kind.name.upper())


def _check_text(file: BinaryIO, shown: str) -> None:
    """Plain text through and through: no control characters, one of two encodings, nothing that reads as a script."""
    file.seek(0)
    utf8 = codecs.getincrementaldecoder("utf-8")()
    gb = codecs.getincrementaldecoder("gb18030")()
    alive = [utf8, gb]
    first, before = True, b""
    while piece := file.read(_PIECE):
        if piece.translate(None, _CONTROL) != piece:
            raise Refused("file-type-not-allowed", name=shown, kind="未知 unknown")
        alive = [each for each in alive if _decodes(each, piece)]
        low = (before + piece).lower()
        start = low.removeprefix(codecs.BOM_UTF8).lstrip()
        if any(mark in low for mark in _WITHIN_TEXT) or (first and start.startswith(_SCRIPT_STARTS)):
            raise Refused("file-executable", name=shown, kind="脚本 script")
        first, before = False, piece[-16:]
    if not any(_decodes(each, b"", final=True) for each in alive):
        raise Refused("file-type-not-allowed", name=shown, kind="未知 unknown")


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _check_name(kind: Kind, shown: str) -> None:
    ending = Path(shown).suffix.lower()
    if _RUN_BY_NAME.fullmatch(ending):
        raise Refused("file-disguised", name=shown, kind=kind.name.upper(), other=ending)
