"""Paper: what the simulated head has burnt on it, as text at once and as a picture when somebody asks.

A ticket is kept as its few strokes (a line of cells, a raster, a QR code), so that many printers cost nothing; the
picture of 576 dots width is drawn on demand.
"""

import functools
import io
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import qrcode
from PIL import Image, ImageOps
from qrcode.image.pil import PilImage

from devices.hardware import glyphs
from devices.simulated.escpos_stream import Command, Text, Token

WIDTH: Final = 576
_MARGIN: Final = 24


@dataclass(frozen=True, slots=True)
class Style:
    """Print modes in force when a line is printed."""

    width: int = 1
    height: int = 1
    align: int = 0
    bold: bool = False
    invert: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style within a line."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; the paper moves by `advance` dots, or by its height if that is more."""

    runs: tuple[Run, ...]
    align: int
    advance: int


@dataclass(frozen=True, slots=True)
class Raster:
    """Dots of GS v 0, rows of `across` bytes, a set bit is black."""

    data: bytes
    across: int
    align: int


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code drawn by the printer itself."""

    content: str
    size: int
    level: int
    align: int


@dataclass(frozen=True, slots=True)
class Feed:
    """Blank paper, in dots."""

    dots: int


Stroke = Line | Raster | Code | Feed


@dataclass(frozen=True)
class Paper:
    """One piece of paper that left the printer: `cut` is false for a torn one (power loss, reset, paper end)."""

    strokes: tuple[Stroke, ...]
    at: datetime
    cut: bool = True

    @property
    def text(self) -> str:
        """What can be read on it; a QR code stands as `[QR content]`, a raster as `[raster W x H]`."""
        return "\n".join(line for stroke in self.strokes for line in _words(stroke))

    @functools.cached_property
    def image_png(self) -> bytes:
        """The paper as a PNG of 576 dots width, one bit a dot; drawn at the first call."""
        blocks = [_draw(stroke) for stroke in self.strokes]
        sheet = Image.new("1", (WIDTH, max(1, sum(block.height for block in blocks)) + 2 * _MARGIN), 1)
        top = _MARGIN
        for block in blocks:
            sheet.paste(block, (0, top))
            top += block.height
        stream = io.BytesIO()
        sheet.save(stream, "PNG")
        return stream.getvalue()


def _words(stroke: Stroke) -> list[str]:
    match stroke:
        case Line(runs=runs):
            return ["".join(run.text for run in runs)]
        case Code(content=content):
            return [f"[QR {content}]"]
        case Raster(data=data, across=across):
            return [f"[raster {across * 8} x {len(data) // max(1, across)}]"]
        case Feed():
            return []


def _draw(stroke: Stroke) -> Image.Image:
    match stroke:
        case Line(runs=runs, align=align, advance=advance):
            pieces = [_cells(run) for run in runs if run.text]
            height = max((piece.height for piece in pieces), default=0)
            strip = Image.new("1", (max(1, sum(piece.width for piece in pieces)), max(1, height)), 1)
            left = 0
            for piece in pieces:
                strip.paste(piece, (left, height - piece.height))
                left += piece.width
            return _across(strip, align, max(advance, height))
        case Raster(data=data, across=across, align=align):
            if not data:
                return Image.new("1", (WIDTH, 1), 1)
            dots = Image.frombytes("1", (across * 8, len(data) // across), data)
            return _across(ImageOps.invert(dots.convert("L")).convert("1"), align, dots.height)
        case Code(content=content, size=size, level=level, align=align):
            levels = (qrcode.ERROR_CORRECT_L, qrcode.ERROR_CORRECT_M, qrcode.ERROR_CORRECT_Q, qrcode.ERROR_CORRECT_H)
            code = qrcode.QRCode(error_correction=levels[level], box_size=size, border=0)
            code.add_data(content)
            drawn = code.make_image(image_factory=PilImage).get_image().convert("1")
            return _across(drawn, align, drawn.height)
        case Feed(dots=dots):
            return Image.new("1", (WIDTH, max(1, dots)), 1)


def _cells(run: Run) -> Image.Image:
    style = run.style
    drawn = glyphs.draw(run.text, width=style.width, height=style.height, bold=style.bold)
    return ImageOps.invert(drawn.convert("L")).convert("1") if style.invert else drawn


def _across(block: Image.Image, align: int, height: int) -> Image.Image:
    strip = Image.new("1", (WIDTH, height), 1)
    strip.paste(block, ((WIDTH - block.width) * align // 2 if block.width < WIDTH else 0, 0))
    return strip


@dataclass(slots=True)
class Head:
    """Turns print commands into strokes; knows modes, the line being filled and the QR code being built.

    `ESC !` sets double width, height and bold; `GS !` the factors 1 to 8; text between FS & and FS . is GB18030,
    outside it bytes above 7Fh print as `?`, which is what a wrong code page looks like.
    """

    strokes: list[Stroke] = field(default_factory=list[Stroke])
    style: Style = Style()
    chinese: bool = False
    spacing: int = 30
    runs: list[Run] = field(default_factory=list[Run])
    qr: dict[int, bytes] = field(default_factory=dict[int, bytes])
    _text: bytearray = field(default_factory=bytearray)

    def apply(self, token: Token) -> int:
        """Print one token; returns the dots of paper that it used."""
        before = len(self.strokes)
        if isinstance(token, Text):
            self._text += token.data
            return 0
        self._settle()
        self._command(token)
        return sum(_height(stroke) for stroke in self.strokes[before:])

    def take(self) -> tuple[Stroke, ...]:
        """Everything burnt since the last cut; the head starts on fresh paper, its modes unchanged."""
        self._settle()
        if self.runs:
            self._line()
        strokes, self.strokes = tuple(self.strokes), []
        return strokes

    def _settle(self) -> None:
        """Decodes text only when a command ends it, for the network may split a character."""
        if self._text:
            codec = "gb18030" if self.chinese else "ascii"
            shown = bytes(self._text).decode(codec, "replace").replace("\ufffd", "?")
            self.runs.append(Run(shown, self.style))
            self._text.clear()

    def _line(self) -> None:
        self.strokes.append(Line(tuple(self.runs), self.style.align, self.spacing))
        self.runs.clear()

    def _command(self, command: Command) -> None:
        args = command.args
        n = args[0] if args else 0
        match command.name:
            case "LF":
                self._line()
            case "ESC @":
                self.style, self.chinese, self.spacing = Style(), False, 30
                self.runs.clear()
                self.qr.clear()
            case "ESC !":
                self.style = replace(
                    self.style, width=2 if n & 0x20 else 1, height=2 if n & 0x10 else 1, bold=bool(n & 0x08)
                )
            case "GS !":
                self.style = replace(self.style, width=1 + (n >> 4 & 7), height=1 + (n & 7))
            case "ESC E" | "ESC G":
                self.style = replace(self.style, bold=bool(n & 1))
            case "GS B":
                self.style = replace(self.style, invert=bool(n & 1))
            case "ESC a":
                self.style = replace(self.style, align=n % 48 if n % 48 < 3 else 0)
            case "ESC 2":
                self.spacing = 30
            case "ESC 3":
                self.spacing = n
            case "FS &" | "FS .":
                self.chinese = command.name == "FS &"
            case "ESC d" | "ESC J":
                if self.runs:
                    self._line()
                self.strokes.append(Feed(n * self.spacing if command.name == "ESC d" else n))
            case "GS v 0":
                self.strokes.append(Raster(args[5:], int.from_bytes(args[1:3], "little"), self.style.align))
            case "GS ( k":
                self._qr(args[2:])
            case _:
                pass

    def _qr(self, data: bytes) -> None:
        """GS ( k cn fn ...: 43h size, 45h level, 50h store (after one byte m), 51h print."""
        if len(data) < 2 or data[0] != 0x31:
            return
        fn, rest = data[1], data[2:]
        if fn != 0x51:
            self.qr[fn] = rest
        elif self.qr.get(0x50):
            size, level = self.qr.get(0x43, b"\x03")[0], self.qr.get(0x45, b"0")[0] - 48
            content = self.qr[0x50][1:].decode("utf-8", "replace")
            self.strokes.append(Code(content, size, level % 4, self.style.align))


def _height(stroke: Stroke) -> int:
    match stroke:
        case Line(runs=runs, advance=advance):
            return max(advance, *(24 * run.style.height for run in runs), 0)
        case Raster(data=data, across=across):
            return len(data) // max(1, across)
        case Code(size=size):
            return 33 * size
        case Feed(dots=dots):
            return dots
