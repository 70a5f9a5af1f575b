"""ESC/POS as bytes: what a job is made of, and what a printer's answers mean. Pure; no socket here.

Every job ends with `FENCE`. A printer works off its buffer in order and answers `GS r 1` only when it gets there, so
the answer after the cut is the one proof of paper: acceptance of the bytes proves nothing. `DLE EOT` is answered out
of order, at once, also while the printer stands still.

Reference: Epson ESC/POS command reference, pages dle_eot, gs_lr (GS r), gs_la (GS a), gs_lparen_lk (QR), gs_lv_0.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol, cast

import qrcode
from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy
from PIL import Image, ImageOps
from qrcode.image.pil import PilImage

DOTS: Final = 576
"""Printable width of 80 mm paper at 203 dpi (8 dots are 1 mm)."""

FENCE: Final = b"\x1dr\x01"
CHINESE_ON: Final = b"\x1c&"
CHINESE_OFF: Final = b"\x1c."

ReplyKind = Literal["real-time", "in-order", "automatic"]
Align = Literal["left", "center", "right"]


class PaperLevel(StrEnum):
    """What the roll's sensors say; the words of the event `paper-changed`."""

    OK = "ok"
    LOW = "low"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What DLE EOT 1 to 4 say together. `paper` is None when the printer did not answer DLE EOT 4."""

    offline: bool = False
    cover_open: bool = False
    paper: PaperLevel | None = None
    error: Literal["cutter", "unrecoverable", "recoverable"] | None = None

    @property
    def obstacle(self) -> str | None:
        """Why nothing can be printed now, as a result's `reason`; None when nothing is known to stop it."""
        if self.paper is PaperLevel.OUT:
            return "paper-out"
        if self.cover_open:
            return "cover-open"
        if self.error is not None:
            return f"{self.error}-error"
        return "offline" if self.offline else None


def ask_status(n: int) -> bytes:
    """DLE EOT n (1 printer, 2 cause of offline, 3 error, 4 roll paper): answered at once with one byte."""
    return bytes((0x10, 0x04, n))


def read_status(answers: Mapping[int, int]) -> PrinterStatus:
    """The answers to DLE EOT, by n; a question without an answer is simply absent."""
    printer, cause, error, roll = (answers.get(n, 0) for n in (1, 2, 3, 4))
    paper = None
    if 4 in answers:
        paper = PaperLevel.OUT if roll & 0x60 else PaperLevel.LOW if roll & 0x0C else PaperLevel.OK
    if cause & 0x20:
        paper = PaperLevel.OUT
    return PrinterStatus(
        offline=bool(printer & 0x08),
        cover_open=bool(cause & 0x04),
        paper=paper,
        error="unrecoverable"
        if error & 0x20
        else "cutter"
        if error & 0x08
        else "recoverable"
        if error & 0x44
        else None,
    )


def read_fence(answer: int) -> PaperLevel:
    """The answer to GS r 1 carries the paper sensors too: bits 0-1 near end, bits 2-3 end."""
    return PaperLevel.OUT if answer & 0x0C else PaperLevel.LOW if answer & 0x03 else PaperLevel.OK


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the printer: `real-time` to DLE EOT, `in-order` to GS r, `automatic` (4 bytes) after GS a."""

    kind: ReplyKind
    data: bytes


class ReplyReader:
    """Splits what a printer sends into replies, by the fixed bits of each; flow control and noise are dropped.

    DLE EOT answers 0xx1xx10, GS r answers 0xx0xxxx, an automatic status starts with 0xx1xx00 and its other three
    bytes look like GS r answers: read alone they would be taken for a fence.
    """

    def __init__(self) -> None:
        self._automatic = bytearray()

    def feed(self, data: bytes) -> list[Reply]:
        """Replies completed by these bytes; an unfinished automatic status waits for its rest."""
        replies: list[Reply] = []
        for byte in data:
            if self._automatic and byte & 0x90 == 0:
                self._automatic.append(byte)
                if len(self._automatic) == 4:
                    replies.append(Reply("automatic", bytes(self._automatic)))
                    self._automatic.clear()
                continue
            self._automatic.clear()
            if byte & 0x93 == 0x10:
                self._automatic.append(byte)
            elif byte & 0x93 == 0x12:
                replies.append(Reply("real-time", bytes((byte,))))
            elif byte & 0x90 == 0:
                replies.append(Reply("in-order", bytes((byte,))))
        return replies


def printable(text: str) -> str:
    """Text without control characters, so that no name in a profile can be a command; breaks become spaces."""
    kept = (" " if character in "\t\r\n" else character for character in text)
    return "".join(character for character in kept if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))


def prints_natively(text: str) -> bool:
    """Whether a GB18030 printer has every glyph: ASCII, or a two-byte code that GBK knows too.

    Four-byte codes (rare hanzi, most of them in names) are in no common printer's ROM and come out as blanks or as
    other characters.
    """
    for character in text:
        try:
            if not character.isascii() and (
                len(character.encode("gb18030")) != 2
                or len(character.encode("gbk")) != 2
                or "\ue000" <= character <= "\uf8ff"
            ):
                return False
        except UnicodeEncodeError:
            return False
    return True


def raster(picture: Image.Image) -> bytes:
    """GS v 0 of a black-on-white picture of mode "1", at most `DOTS` wide."""
    black = ImageOps.invert(picture.convert("L")).convert("1")
    across = (picture.width + 7) // 8
    return b"\x1dv0\x00" + across.to_bytes(2, "little") + picture.height.to_bytes(2, "little") + black.tobytes()


class _Encoder(Protocol):
    """The part of python-escpos used here; its `text()` is not: it sends `，。：` alone as question marks."""

    @property
    def output(self) -> bytes: ...
    def clear(self) -> None: ...
    def hw(self, hw: str) -> None: ...
    def set(
        self, *, align: str, bold: bool, invert: bool, custom_size: bool, width: int, height: int, smooth: bool
    ) -> None: ...
    def line_spacing(self, spacing: int, divisor: int) -> None: ...
    def qr(self, content: str, *, ec: int, size: int, native: bool) -> None: ...
    def print_and_feed(self, n: int) -> None: ...
    def cut(self, mode: str, feed: bool) -> None: ...


class Job:
    """The bytes of one print job, built line by line; `end` feeds, cuts and adds the fence."""

    def __init__(self) -> None:
        self._library = cast("_Encoder", Dummy())
        self._library.hw("INIT")
        self._out = bytearray()
        self._flush()

    def line(
        self,
        text: str,
        *,
        width: int = 1,
        height: int = 1,
        align: Align = "left",
        bold: bool = False,
        invert: bool = False,
        gap: int = 6,
    ) -> None:
        """One line that fits its width, `width` and `height` being size factors 1 to 8, `gap` dots below it.

        The text must print natively; `picture` takes the rest.
        """
        self._library.set(
            align=align, bold=bold, invert=invert, custom_size=True, width=width, height=height, smooth=True
        )
        self._library.line_spacing(min(255, 24 * height + gap), 180)
        self._flush()
        self._out += CHINESE_ON + printable(text).encode("gb18030") + CHINESE_OFF + b"\n"

    def picture(self, picture: Image.Image, *, align: Align = "left") -> None:
        """A black-on-white picture as raster."""
        self._library.set(align=align, bold=False, invert=False, custom_size=True, width=1, height=1, smooth=True)
        self._flush()
        self._out += raster(picture)

    def qr(self, content: str, *, native: bool = True) -> None:
        """A centred QR code of about 3 cm, drawn by the printer, or here for printers that cannot."""
        size = 6 if len(content) <= 106 else 4
        self._library.set(align="center", bold=False, invert=False, custom_size=True, width=1, height=1, smooth=True)
        if native:
            self._library.qr(content, ec=QR_ECLEVEL_M, size=size, native=True)
            self._flush()
            return
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=size, border=2)
        code.add_data(content)
        drawn = code.make_image(image_factory=PilImage)
        self._flush()
        self._out += raster(drawn.get_image().convert("1"))

    def feed(self, lines: int) -> None:
        """Blank lines at the present line spacing."""
        self._library.print_and_feed(lines)
        self._flush()

    def end(self) -> bytes:
        """The whole job: what was built, a feed past the cutter, the cut, the fence."""
        self._library.print_and_feed(1)
        self._library.cut("FULL", feed=False)
        self._flush()
        return bytes(self._out) + FENCE

    def _flush(self) -> None:
        self._out += self._library.output
        self._library.clear()
