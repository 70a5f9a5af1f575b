"""The CJK font of the host, and text drawn with it in printer cells (24 dots an em, ASCII half as wide)."""

import functools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

CELL: Final = 24
"""Height of one line of font A, and width of one Chinese character, in dots (8 dots are 1 mm)."""

_FACES: Final = ("Noto Sans Mono CJK SC", "Noto Sans CJK SC")
_KNOWN: Final = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJKsc-Regular.otf",
)
_EM: Final = 0.92  # of the cell, so that descenders stay in it
_BASELINE: Final = 0.80  # of the cell, from its top
_INK: Final = 112  # of 255: a thermal head burns a dot or does not


def cells(text: str) -> int:
    """Width in half cells (12 dots at size 1): 1 for ASCII, 2 for everything else."""
    return sum(1 if character.isascii() else 2 for character in text)


@functools.cache
def font_file() -> tuple[str, int] | None:
    """Path and face index of a Simplified Chinese Noto font; None when the host has none."""
    for path in (*_KNOWN, *_listed()):
        if Path(path).is_file():
            return path, _face(path)
    return None


def _listed() -> Iterator[str]:
    program = shutil.which("fc-list")
    if program is None:
        return
    try:
        found = subprocess.run(  # noqa: S603 -- a fixed program with fixed arguments
            [program, ":lang=zh-cn", "file"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    names = sorted(line.partition(":")[0] for line in found.stdout.splitlines())
    yield from (name for name in names if "Noto" in name and "CJK" in name and "Bold" not in name)


def _face(path: str) -> int:
    """Index of the best face of a collection: the mono one has ASCII of exactly half an em, as printers do."""
    faces: dict[str, int] = {}
    for index in range(16):
        try:
            family = ImageFont.truetype(path, CELL, index=index).getname()[0]
        except OSError:
            break
        faces.setdefault(family or "", index)
    return next((faces[name] for name in _FACES if name in faces), 0)


@functools.lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    found = font_file()
    return ImageFont.load_default(size) if found is None else ImageFont.truetype(found[0], size, index=found[1])


def draw(text: str, *, width: int = 1, height: int = 1, bold: bool = False) -> Image.Image:
    """Text as a black-on-white picture of mode "1", each character in its cell.

    `width` and `height` are the printer's size factors (1 to 8); the picture is 12 * width dots a half cell wide
    and 24 * height dots high. Without a CJK font, other scripts come out as the default font's empty boxes.
    """
    size = CELL * height
    half = size // 2
    grey = Image.new("L", (max(1, cells(text) * half), size), 255)
    pen = ImageDraw.Draw(grey)
    font = _font(int(size * _EM))
    left = 0
    for character in text:
        span = half * cells(character)
        if isinstance(font, ImageFont.FreeTypeFont):
            spare = max(0, int(span - font.getlength(character)) // 2)
            pen.text(
                (left + spare, int(size * _BASELINE)), character, 0, font, "ls", stroke_width=height / 2 if bold else 0
            )
        else:
            pen.text((left, 0), character, 0, font)
        left += span
    if width != height:
        grey = grey.resize((max(1, cells(text) * CELL * width // 2), size))  # pyright: ignore[reportUnknownMemberType]
    return grey.point([0 if value < 255 - _INK else 255 for value in range(256)], "1")  # pyright: ignore[reportUnknownMemberType]


def has_glyph(character: str) -> bool:
    """Whether the host's font draws this character (a font draws its `.notdef` box for what it lacks)."""
    if font_file() is None:
        return False
    font = _font(CELL)
    return isinstance(font, ImageFont.FreeTypeFont) and _mask(font, character) != _mask(font, "\U0010fffd")


def _mask(font: ImageFont.FreeTypeFont, character: str) -> bytes:
    picture = Image.new("L", (2 * CELL, 2 * CELL))
    ImageDraw.Draw(picture).text((0, CELL), character, 255, font, "ls")
    return picture.tobytes()
