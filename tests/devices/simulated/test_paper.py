"""What the simulated head burns."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from devices.hardware import glyphs
from devices.hardware.escpos import Job
from devices.simulated.escpos_stream import Stream
from devices.simulated.paper import WIDTH, Head, Line, Paper

AT = datetime(2026, 11, 23, tzinfo=UTC)


def burn(data: bytes) -> Paper:
    head = Head()
    for token in Stream().feed(data):
        head.apply(token)
    return Paper(head.take(), AT)


def picture(paper: Paper) -> Image.Image:
    return Image.open(io.BytesIO(paper.image_png)).convert("L")


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.invert(image).getbbox()
    assert box is not None
    return box


def test_chinese_is_read_between_fs_and_and_fs_dot_only() -> None:
    chinese = "新设".encode("gb18030")
    assert burn(b"\x1c&" + chinese + b"\x1c.\n").text == "新设"
    assert burn(chinese + b"\n").text == "????"


def test_a_character_split_by_the_network_is_one_character() -> None:
    head, stream = Head(), Stream()
    for byte in b"\x1c&" + "新".encode("gb18030") + b"\n":
        for token in stream.feed(bytes((byte,))):
            head.apply(token)
    assert Paper(head.take(), AT).text == "新"


def test_sizes_alignment_and_modes_are_kept_per_line() -> None:
    paper = burn(b"\x1ba\x01\x1d!\x23\x1bE\x01A\n\x1b@B\n")
    first, second = (stroke for stroke in paper.strokes if isinstance(stroke, Line))
    assert (first.align, first.runs[0].style.width, first.runs[0].style.height, first.runs[0].style.bold) == (
        1,
        3,
        4,
        True,
    )
    assert (second.align, second.runs[0].style.width, second.runs[0].style.bold) == (0, 1, False)


def test_the_picture_is_as_wide_as_the_paper_and_large_type_is_large() -> None:
    small, large = picture(burn(b"A\n")), picture(burn(b"\x1d!\x77A\n"))
    assert small.width == large.width == WIDTH
    tall = ink(large)[3] - ink(large)[1]
    assert tall > 6 * (ink(small)[3] - ink(small)[1])


def test_centred_ink_is_in_the_middle() -> None:
    left, _, right, _ = ink(picture(burn(b"\x1ba\x01\x1d!\x33HHHH\n")))
    assert abs((left + right) / 2 - WIDTH / 2) < 10


def test_inverted_text_is_white_on_black() -> None:
    plain, inverted = (picture(burn(b"\x1dB" + bytes((on,)) + b"HHHH\n")) for on in (0, 1))
    black = [image.crop((0, 24, 48, 48)).histogram()[0] for image in (plain, inverted)]
    assert black[1] > 48 * 24 // 2 > black[0]


def test_a_raster_is_drawn_dot_for_dot() -> None:
    paper = burn(b"\x1dv0\x00\x01\x00\x02\x00\x81\x00")
    image = picture(paper)
    assert [x for x in range(16) if image.getpixel((x, 24)) == 0] == [0, 7]
    assert paper.text == "[raster 8 x 2]"


def test_a_qr_code_is_drawn_in_the_size_that_was_asked() -> None:
    job = Job()
    job.qr("https://hall.example/t/1")
    paper = burn(job.end())
    left, top, right, bottom = ink(picture(paper))
    assert right - left == bottom - top == 25 * 6  # version 2 has 25 modules
    assert paper.text == "[QR https://hall.example/t/1]"


def test_a_picture_is_drawn_only_when_it_is_asked_for() -> None:
    paper = burn(b"A\n")
    assert "image_png" not in vars(paper)
    assert paper.image_png is paper.image_png


def test_without_a_cjk_font_there_is_a_picture_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "font_file", lambda: None)
    glyphs._font.cache_clear()
    try:
        assert ink(picture(burn(b"A012\n")))
    finally:
        glyphs._font.cache_clear()


@given(st.binary(max_size=120))
def test_no_bytes_break_the_head_or_the_picture(data: bytes) -> None:
    assert burn(data).image_png.startswith(b"\x89PNG")
