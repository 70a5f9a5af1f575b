"""Draws one page of one file: a process of its own, since what is drawn may be made to hurt whoever opens it.

``python -I draw.py KIND count|PAGE WIDTH``: the file is standard input, the picture (PNG or JPEG) or ``{"pages": n}``
is standard output. It can write no file, takes at most 1 GiB and 10 s of processor, and knows nothing of the hub, from
which it imports nothing.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 10
OUTPUT: Final = 32 * 1024 * 1024
MOST_PIXELS: Final = 120_000_000
HIGHEST: Final = 6000
NO_PAGE, LOCKED, UNREADABLE = 3, 4, 5


class _Bitmap(Protocol):
    def to_pil(self) -> Image: ...


def limit() -> None:
    """Before anything of the file is read."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(arguments: list[str]) -> int:
    kind, what, width = arguments[0], arguments[1], int(arguments[2])
    try:
        answer = (_pdf if kind == "pdf" else _picture)(what, width)
    except Exception:  # whatever a file made to hurt brings about
        return UNREADABLE
    if isinstance(answer, int):
        return answer
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def _pdf(what: str, width: int) -> bytes | int:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer)
    except pypdfium2.PdfiumError as error:
        return LOCKED if "password" in str(error).lower() else UNREADABLE
    if what == "count":
        return json.dumps({"pages": len(document)}).encode()
    number = int(what) - 1
    if not 0 <= number < len(document):
        return NO_PAGE
    page = document[number]
    wide, high = page.get_size()
    if not (wide > 0 and high > 0):
        return UNREADABLE
    scale = min(width / wide, HIGHEST / high)
    bitmap = cast("_Bitmap", page.render(scale=scale, may_draw_forms=False))  # pyright: ignore[reportUnknownMemberType]
    return _encoded(bitmap.to_pil(), photo=False)


def _picture(what: str, width: int) -> bytes | int:
    import warnings

    from PIL import Image, ImageOps

    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow raises at twice this
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("PNG", "JPEG", "TIFF", "BMP", "WEBP")) as picture:
        pages = int(getattr(picture, "n_frames", 1)) if picture.format in ("TIFF",) else 1
        if what == "count":
            return json.dumps({"pages": pages}).encode()
        number = int(what) - 1
        if not 0 <= number < pages:
            return NO_PAGE
        picture.seek(number)
        photo = picture.format == "JPEG"
        picture.draft("RGB", (width, HIGHEST))
        upright = _plain(ImageOps.exif_transpose(picture), photo=photo)
        upright.thumbnail((width, HIGHEST))
        return _encoded(upright, photo=photo)


def _plain(picture: Image, *, photo: bool) -> Image:
    """In a mode that can be made smaller smoothly and encoded."""
    if photo:
        return picture.convert("RGB")
    match picture.mode:
        case "L" | "RGB" | "RGBA":
            return picture
        case "1":
            return picture.convert("L")
        case "P" | "LA" | "PA" | "La" | "RGBa":
            return picture.convert("RGBA")
        case _:
            return picture.convert("RGB")


def _encoded(picture: Image, *, photo: bool) -> bytes:
    """Nothing of the original but its pixels."""
    picture.info.clear()
    out = io.BytesIO()
    if photo:
        picture.save(out, "JPEG", quality=85)
    else:
        picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


if __name__ == "__main__":
    os.environ.clear()
    limit()
    sys.exit(main(sys.argv[1:]))
