"""PDFs: drawn beside the hub, one at a time, the same each time; without the libraries only they are missing."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pypdfium2
import pytest

from hub.domain.refusals import Refused
from hub.web import assets
from hub.web.pages.render import Renderer
from hub.web.printing import press as module
from hub.web.printing.press import Press
from hub.web.printing.qr import QUIET, matrix_of, modules_of

A4 = (595.28, 841.89)


def document(text: str = "受理通知书") -> str:
    style = Renderer(assets.load()).assets.text("notice_sheet.css")
    return f"<!doctype html><html lang=zh-CN><style>{style}</style><article class=sheet><h1>{text}</h1></article>"


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    made = Press()
    try:
        await made.pdf(document())
    except Refused as refused:
        if refused.code == "pdf-unavailable":
            pytest.skip(f"Debian packages are missing: {refused.facts}")
        raise
    yield made
    await made.close()


def text_of(pdf: bytes) -> tuple[int, str]:
    opened = pypdfium2.PdfDocument(pdf)
    return len(opened), "".join(page.get_textpage().get_text_range() for page in opened)


async def test_a_page_of_a4_with_its_number(press: Press) -> None:
    pdf = await press.pdf(document())
    pages, text = text_of(pdf)
    assert pages == 1
    assert "受理通知书" in text
    assert "第 1 页 共 1 页" in text
    assert pypdfium2.PdfDocument(pdf)[0].get_size() == pytest.approx(A4, abs=0.1)


async def test_the_same_document_gives_the_same_bytes_from_another_process_too(press: Press) -> None:
    first = await press.pdf(document())
    other = Press()
    assert await press.pdf(document()) == first == await other.pdf(document())
    await other.close()


async def test_a_document_fetches_nothing(press: Press, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>秘密</text></svg>')
    pdf = await press.pdf(document() + f'<img src="file://{secret}"><img src="http://127.0.0.1:9/x.png">')
    assert "秘密" not in text_of(pdf)[1]


async def test_signs_that_no_font_has_are_a_fault_and_no_boxes_on_paper(press: Press) -> None:
    with pytest.raises(Refused) as refused:
        await press.pdf(document("\U000f1234"))
    assert refused.value.code == "pdf-unavailable"
    assert await press.pdf(document())


async def test_many_at_once_are_drawn_one_after_the_other_and_the_hub_does_not_grow(press: Press) -> None:
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        drawn = await asyncio.gather(*(press.pdf(document(str(n))) for n in range(10)))
        assert len(drawn) == 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


async def test_the_process_is_renewed_after_its_share(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DOCUMENTS", 3)
    assert len([await press.pdf(document()) for _ in range(5)]) == 5


async def test_without_the_libraries_the_fault_says_what_to_install() -> None:
    lacking = "import sys; sys.stdout.buffer.write(b'M' + (5).to_bytes(4, 'big') + b'pango')"
    press = Press((sys.executable, "-c", lacking))
    with pytest.raises(Refused) as refused:
        await press.pdf(document())
    assert refused.value.code == "pdf-unavailable"
    assert "libpango-1.0-0" in str(refused.value.facts["missing"])
    await press.close()


async def test_a_process_that_dies_is_a_refusal_and_the_next_one_begins_anew() -> None:
    press = Press((sys.executable, "-c", "raise SystemExit(1)"))
    for _ in range(2):
        with pytest.raises(Refused, match="pdf-failed"):
            await press.pdf(document())
    await press.close()


async def test_too_many_waiting_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING", 0)
    with pytest.raises(Refused, match="pdf-busy"):
        await Press().pdf(document())


def test_the_code_drawn_is_the_code_as_the_library_makes_it() -> None:
    link = "https://hall.example/check/acceptance/1101012026C000001/1234567890123456"
    rows, drawn = modules_of(link), matrix_of(link)
    assert drawn.size == len(rows)
    assert not any(rows[QUIET - 1])
    found = [[False] * drawn.size for _ in rows]
    for part in drawn.path.split("M")[1:]:
        x, rest = part.split(" ", 1)
        y, rest = rest.split("h", 1)
        for at in range(int(rest.split("v")[0])):
            found[int(y)][int(x) + at] = True
    assert found == rows
