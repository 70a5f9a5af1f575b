"""QR codes as one path of an SVG: sharp on paper and on screens, without a picture file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import qrcode

QUIET = 4
"""Modules of quiet zone that the standard wants."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """``size`` modules a side, the quiet zone in it; ``path`` in those units, dark modules row by row."""

    size: int
    path: str


def modules_of(text: str) -> list[list[bool]]:
    """Rows of dark modules, error correction M, with the quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in cast("list[list[bool | None]]", code.get_matrix())]


def matrix_of(text: str) -> Matrix:
    rows = modules_of(text)
    parts: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width or 1
    return Matrix(len(rows), "".join(parts))
