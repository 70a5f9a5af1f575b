"""Draws HTML as PDF, one document after the other: a process of its own, which alone loads WeasyPrint and Pango.

``python -I draw_pdf.py``. It first says ``R`` (ready) or ``M`` (libraries are missing, and which). Then each frame of
standard input, four bytes of length and an HTML document, is answered by a frame of one letter, a length and a body:
``P`` a PDF, ``F`` no font has these signs, ``E`` what went wrong. It fetches nothing: what a document needs is in it.
"""

from __future__ import annotations

import logging
import os
import resource
import struct
import sys
from typing import IO, TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY: Final = 2 * 1024 * 1024 * 1024
LARGEST: Final = 8 * 1024 * 1024
READY, MISSING, PDF, NO_FONT, ERROR = b"R", b"M", b"P", b"F", b"E"


class _Warned(logging.Handler):
    """Signs that no font had: WeasyPrint only warns, and draws boxes."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if "glyph" in said.lower():
            self.said.append(said)


def main() -> int:
    out = sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    devnull = os.open(os.devnull, os.O_WRONLY)
    spare = os.dup(out.fileno())
    os.dup2(devnull, out.fileno())  # a missing library makes WeasyPrint print advice there
    try:
        draw = _drawing()
    except (OSError, ImportError) as error:
        os.dup2(spare, out.fileno())
        _answer(out, MISSING, str(error).splitlines()[0].encode())
        return 3
    os.dup2(spare, out.fileno())
    _answer(out, READY, b"")
    while (document := _frame(sys.stdin.buffer)) is not None:
        try:
            letter, body = draw(document.decode())
        except Exception as error:  # the hub says that this one failed, and goes on with the next
            letter, body = ERROR, repr(error).encode()
        _answer(out, letter, body)
    return 0


def _drawing() -> Callable[[str], tuple[bytes, bytes]]:
    import warnings

    warnings.simplefilter("ignore")
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    warned = _Warned()
    logger = logging.getLogger("weasyprint")
    logger.handlers[:] = [warned]
    logger.setLevel(logging.WARNING)
    fonts = FontConfiguration()
    fetcher = URLFetcher(allowed_protocols=("data",))

    def draw(document: str) -> tuple[bytes, bytes]:
        warned.said.clear()
        html = weasyprint.HTML(string=document, url_fetcher=fetcher)
        drawn = cast("bytes", html.write_pdf(font_config=fonts))  # pyright: ignore[reportUnknownMemberType]
        return (NO_FONT, warned.said[0].encode()) if warned.said else (PDF, drawn)

    return draw


def _frame(source: IO[bytes]) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:
        return None
    length = struct.unpack(">I", head)[0]
    return source.read(length) if length <= LARGEST else None


def _answer(out: IO[bytes], letter: bytes, body: bytes) -> None:
    out.write(letter + struct.pack(">I", len(body)) + body)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
