"""Pictures of the papers that applicants bring: a sheet with its title, so that the viewer has something to show."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from devices.hardware.glyphs import draw

_WIDE, _HIGH = 620, 877
_MARGIN, _LINE = 60, 44


def sheet(title: str, about: str) -> bytes:
    """A PNG of A4 proportions. ``about`` stands below the title and makes papers of one title differ."""
    page = Image.new("1", (_WIDE, _HIGH), 1)
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, _WIDE - 20, _HIGH - 20), outline=0)
    page.paste(draw(title[:20]), (_MARGIN, _MARGIN))
    page.paste(draw(about[:36]), (_MARGIN, _MARGIN + _LINE))
    for n in range(4, 17):
        pen.line((_MARGIN, _MARGIN + n * _LINE, _WIDE - _MARGIN, _MARGIN + n * _LINE), fill=0)
    page.paste(draw("演示材料 sample"), (_MARGIN, _HIGH - 70))
    written = io.BytesIO()
    page.save(written, "PNG", optimize=True)
    return written.getvalue()
