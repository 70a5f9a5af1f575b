"""What goes to a printer and what comes back, as bytes."""

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.hardware.escpos import (
    CHINESE_OFF,
    CHINESE_ON,
    FENCE,
    Job,
    PaperLevel,
    PrinterStatus,
    ReplyReader,
    ask_status,
    printable,
    prints_natively,
    raster,
    read_fence,
    read_status,
)


def test_chinese_is_gb18030_between_fs_and_and_fs_dot() -> None:
    job = Job()
    job.line("新设企业，。")
    assert CHINESE_ON + "新设企业，。".encode("gb18030") + CHINESE_OFF + b"\n" in job.end()


def test_punctuation_alone_is_not_printed_as_question_marks() -> None:
    job = Job()
    job.line("，。：")
    assert bytes.fromhex("1c26 a3ac a1a3 a3ba 1c2e") in job.end()


def test_a_job_starts_with_a_reset_and_ends_with_cut_and_fence() -> None:
    job = Job()
    job.line("A012")
    whole = job.end()
    assert whole.startswith(b"\x1b@")
    assert whole.endswith(b"\x1dVB\x00" + FENCE)
    assert whole.count(FENCE) == 1


def test_a_native_qr_code_carries_its_address_whole() -> None:
    job = Job()
    job.qr("https://hall.example/t/1")
    assert b"\x1d(k\x1b\x001P0https://hall.example/t/1" in job.end()


def test_a_raster_qr_code_needs_no_qr_command() -> None:
    job = Job()
    job.qr("https://hall.example/t/1", native=False)
    whole = job.end()
    assert b"\x1d(k" not in whole
    assert b"\x1dv0\x00" in whole


def test_a_raster_has_a_set_bit_for_a_black_dot() -> None:
    picture = Image.new("1", (10, 2), 1)
    picture.putpixel((0, 0), 0)
    picture.putpixel((9, 1), 0)
    assert raster(picture) == b"\x1dv0\x00\x02\x00\x02\x00" + bytes.fromhex("8000 0040")


@pytest.mark.parametrize("text", ["A012", "综合窗口", "，。：（）", "①", "臺"])
def test_what_every_gbk_rom_has_prints_natively(text: str) -> None:
    assert prints_natively(text)


@pytest.mark.parametrize("text", ["𠮷", "张㐂", "€", "é\u0301", "\ue000", "😀", "\ud800"])
def test_what_a_rom_may_lack_does_not(text: str) -> None:
    assert not prints_natively(text)


@given(st.text())
def test_no_text_can_smuggle_a_command(text: str) -> None:
    kept = printable(text)
    if prints_natively(kept):
        assert all(byte >= 0x20 and byte != 0x7F for byte in kept.encode("gb18030"))


@pytest.mark.parametrize(
    ("answers", "status", "obstacle"),
    [
        ({1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}, PrinterStatus(paper=PaperLevel.OK), None),
        ({1: 0x12, 2: 0x12, 3: 0x12, 4: 0x1E}, PrinterStatus(paper=PaperLevel.LOW), None),
        ({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}, PrinterStatus(offline=True, paper=PaperLevel.OUT), "paper-out"),
        ({1: 0x1A, 2: 0x16}, PrinterStatus(offline=True, cover_open=True), "cover-open"),
        ({1: 0x1A, 2: 0x12, 3: 0x1A}, PrinterStatus(offline=True, error="cutter"), "cutter-error"),
        ({1: 0x1A, 2: 0x12, 3: 0x32}, PrinterStatus(offline=True, error="unrecoverable"), "unrecoverable-error"),
        ({1: 0x1A}, PrinterStatus(offline=True), "offline"),
        ({}, PrinterStatus(), None),
    ],
)
def test_status_bytes_become_states(answers: dict[int, int], status: PrinterStatus, obstacle: str | None) -> None:
    assert read_status(answers) == status
    assert status.obstacle == obstacle


def test_the_fence_carries_the_paper_level() -> None:
    assert [read_fence(byte) for byte in (0x00, 0x03, 0x0F, 0x60)] == ["ok", "low", "out", "ok"]


def test_status_is_asked_in_real_time() -> None:
    assert ask_status(4) == b"\x10\x04\x04"


def test_the_tail_of_an_automatic_status_is_not_taken_for_a_fence() -> None:
    replies = ReplyReader().feed(bytes.fromhex("10000000 00 12"))
    assert [(reply.kind, reply.data) for reply in replies] == [
        ("automatic", bytes.fromhex("10000000")),
        ("in-order", b"\x00"),
        ("real-time", b"\x12"),
    ]


def test_flow_control_and_noise_are_no_replies() -> None:
    assert ReplyReader().feed(bytes.fromhex("11 13 ff 95")) == []


@given(st.binary(max_size=40), st.integers(0, 40))
def test_replies_do_not_depend_on_how_the_network_splits_them(data: bytes, cut: int) -> None:
    whole, parts = ReplyReader(), ReplyReader()
    assert whole.feed(data) == parts.feed(data[:cut]) + parts.feed(data[cut:])


def test_a_raster_qr_code_is_the_code_of_its_address() -> None:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=6, border=2)
    code.add_data("https://hall.example/t/1")
    job = Job()
    job.qr("https://hall.example/t/1", native=False)
    assert raster(code.make_image().get_image().convert("1")) in job.end()
