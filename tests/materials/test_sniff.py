"""What is taken is told by its bytes; what is refused stays refused, whatever it is called and wherever it is cut."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.refusals import Refused
from hub.materials.sniff import KINDS, kind_of, sniff_file
from tests.materials.makers import (
    ELF,
    OTHERS,
    PE,
    RUNS,
    TAKEN,
    WORD,
    docx,
    docx_with,
    encrypted,
    overlapping,
    packed,
    pdf,
    picture,
    xlsx,
)

REFUSED = {**RUNS, **OTHERS}


def sniffed(content: bytes, name: str = "") -> str:
    return sniff_file(io.BytesIO(content), name).name


def code(content: bytes, name: str = "") -> str:
    with pytest.raises(Refused) as refused:
        sniffed(content, name)
    return refused.value.code


@pytest.mark.parametrize("kind", TAKEN)
def test_each_kind_is_told_by_its_bytes_whatever_it_is_called(kind: str) -> None:
    for name in ("", "a.pdf", "b.docx", "照片.jpg", "no ending"):
        assert sniffed(TAKEN[kind], name) == kind
    assert kind_of(io.BytesIO(TAKEN[kind])).name == kind


def test_every_kind_of_the_list_has_an_example() -> None:
    assert set(TAKEN) == set(KINDS)


@pytest.mark.parametrize("what", RUNS)
def test_what_runs_is_refused_as_such(what: str) -> None:
    assert code(RUNS[what], "申请表.pdf") == "file-executable"


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_not_on_the_list_is_refused(what: str) -> None:
    assert code(OTHERS[what], "申请表.pdf") in ("file-type-not-allowed", "file-executable")


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg", "tiff", "bmp", "webp"])
def test_a_file_that_is_two_at_once_is_refused(kind: str) -> None:
    assert code(TAKEN[kind] + packed({"evil.js": b"1"}), f"a.{kind}") in ("file-disguised", "file-damaged")
    big = packed({f"{n}.js": bytes(100) for n in range(2000)})
    assert code(TAKEN[kind] + big) in ("file-disguised", "file-damaged")


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.JS", "申请‮fdp.exe", "a.bat", "x.svg", "x.docm"])
def test_a_name_can_only_make_it_worse(name: str) -> None:
    assert code(TAKEN["text"], name) == "file-disguised"


def test_text_is_utf_8_or_gb18030() -> None:
    assert sniffed("申请表，张三".encode("gb18030")) == "text"
    assert sniffed("﻿申请表".encode()) == "text"
    assert code("申请表".encode("utf-16")) == "file-type-not-allowed"


def test_a_text_whose_characters_lie_across_the_pieces_is_read_on() -> None:
    assert sniffed(b"a" + "政".encode() * 700_000) == "text"


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg", "bmp", "webp", "docx", "xlsx", "ofd"])
def test_a_file_that_was_cut_off_is_refused(kind: str) -> None:
    content = TAKEN[kind]
    assert code(content[: len(content) * 2 // 3]) == "file-damaged"


def test_an_empty_file_is_refused() -> None:
    assert code(b"") == "file-empty"


def test_locked_packed_files_are_refused() -> None:
    assert code(encrypted(docx())) == "file-encrypted"


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_hides() -> None:
    assert code(docx_with({"word/media/a.bmp": bytes(60_000_000)})) == "file-bomb"
    assert code(overlapping()) == "file-bomb"
    many = packed({f"word/{n}.xml": b"" for n in range(9000)})
    assert code(many) == "file-bomb"


def test_a_part_that_is_longer_than_it_says_is_refused() -> None:
    content = bytearray(docx_with({"word/media/a.txt": b"0123456789" * 1000}))
    entry = content.rfind(b"word/media/a.txt") - 46
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert code(bytes(content)) == "file-damaged"


def test_packed_files_nest_once_and_only_as_documents() -> None:
    chart = docx_with({"word/embeddings/sheet.xlsx": xlsx()})
    assert sniffed(chart) == "docx"
    assert code(docx_with({"word/embeddings/letter.docx": chart})) == "file-bomb"


def test_a_document_that_is_large_but_honest_is_taken() -> None:
    words = b"<w:p>" + b" ".join(b"%d" % n for n in range(2_000_000)) + b"</w:p>"
    assert sniffed(packed({"[Content_Types].xml": WORD, "word/document.xml": words})) == "docx"


def test_other_ways_to_pack_are_refused() -> None:
    assert code(packed({"[Content_Types].xml": WORD, "word/document.xml": b"x"}, zipfile.ZIP_LZMA)) == "file-damaged"


@given(st.sampled_from(sorted(REFUSED)), st.floats(0.0, 1.0), st.sampled_from(["a.pdf", "照片.jpg", "x.docx", ""]))
@settings(max_examples=300, deadline=None)
def test_no_beginning_of_a_program_passes_for_a_document(what: str, share: float, name: str) -> None:
    content = REFUSED[what]
    cut = content[: int(len(content) * share)]
    try:
        kind = sniffed(cut, name)
    except Refused:
        return
    # what is left may be a few harmless letters, never a document, and never the mark of a program
    assert kind == "text" or what.startswith("iso that")
    assert not cut.startswith((b"MZ", b"\x7fELF", b"#!"))


@given(st.sampled_from([PE, ELF, b"#!/bin/sh\n", b"\xcf\xfa\xed\xfe1234"]), st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_nothing_behind_the_mark_of_a_program_makes_it_a_document(start: bytes, rest: bytes) -> None:
    for more in (rest, rest + TAKEN["pdf"], rest + TAKEN["docx"]):
        assert code(start + more, "申请表.pdf") == "file-executable"


@given(st.sampled_from(sorted(TAKEN)), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_damage_anywhere_is_a_refusal_or_a_kind_of_the_list_and_never_a_failure(
    kind: str, at: int, noise: bytes
) -> None:
    content = bytearray(TAKEN[kind])
    at %= len(content)
    content[at : at + len(noise)] = noise
    try:
        found = sniffed(bytes(content), "a.pdf")
    except Refused:
        return
    assert found in (kind, "text", "xlsx", "docx")


@given(st.binary(max_size=3000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_at_all_are_judged(content: bytes) -> None:
    try:
        found = sniffed(content)
    except Refused as refused:
        found = refused.code
    assert found in KINDS or found.startswith("file-")


def test_pictures_with_something_appended_by_a_camera_are_taken() -> None:
    assert sniffed(picture("JPEG") + b"\xff\xd9" + bytes(2000)) == "jpeg"
    assert sniffed(pdf() + b"\n\n") == "pdf"
