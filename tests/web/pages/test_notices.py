"""Notices over a socket: who sees what, the same paper each time, and codes that only this hall can make."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import httpx
import pypdfium2
import pytest

from hub.web import assets
from hub.web.pace import Pace
from hub.web.pages import register
from hub.web.pages.notices import check_address
from tests.web.cases import open_for_cases, opened, original, post
from tests.web.running import Hall

DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
async def _pages(hall: Hall) -> AsyncIterator[None]:
    stop = register(hall.app, assets.load())
    yield
    stop()


async def accepted(hall: Hall, clerk: httpx.AsyncClient) -> str:
    """A case of 李悦 with a receipt and an acceptance; its id."""
    await open_for_cases(hall.hub)
    case = await opened(clerk, "A03", "id", "form")
    answer = await post(clerk, f"/{case}/accept")
    assert answer.status_code == 200, answer.text
    return case


async def page(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def code_on(text: str) -> str:
    found = re.search(r"校验码<br>([\d ]{19})", text)
    assert found is not None
    return found[1]


def number_on(text: str) -> str:
    found = re.search(r"受〔2026〕(\w+)号", text)
    assert found is not None
    return found[1]


async def test_a_case_lists_its_notices_the_latest_first(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        text = await page(clerk, f"/cases/{case}/notices")
        assert 0 < text.index("受理通知书") < text.index("收件凭证")


async def test_the_clerk_of_the_case_reads_the_name_another_one_a_masked_one(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        mine = await page(clerk, f"/cases/{case}/notices/acceptance/1")
        assert "李悦" in mine
        assert "姓名已遮盖" not in mine
    async with hall.staff("clerk") as other:
        text = await page(other, f"/cases/{case}/notices/acceptance/1")
        assert "李悦" not in text
        assert "李*" in text
        assert "姓名已遮盖" in text


async def test_nobody_signed_in_and_no_attendant_sees_a_notice(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
    for path in ("", "/acceptance/1", "/acceptance/1.pdf"):
        async with hall.client() as anybody, hall.staff("attendant") as attendant:
            assert (await anybody.get(f"/cases/{case}/notices{path}")).status_code == 401
            assert (await attendant.get(f"/cases/{case}/notices{path}")).status_code == 403


async def test_what_was_never_told_is_not_found(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        for path in ("decision/1", "acceptance/2", "acceptance/2.pdf", "nonsense/1"):
            assert (await clerk.get(f"/cases/{case}/notices/{path}")).status_code == 404


async def test_the_pdf_is_the_same_each_time_and_marked_once_it_is_a_reprint(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        where = f"/cases/{case}/notices/acceptance/1.pdf"
        first = await clerk.get(where, timeout=60)
        if first.status_code == 503:
            pytest.skip(first.text)
        assert first.headers["content-type"] == "application/pdf"
        assert (await clerk.get(where)).content == first.content
        text = pdf_text(first.content)
        assert "李悦" in text
        assert "补打" not in text
        assert "补打" in pdf_text((await clerk.get(where + "?reprint=1")).content)
        hall.clock.advance(DAY_MS)
        await hall.hub.keep()
        assert "补打" in pdf_text((await clerk.get(where)).content)


def pdf_text(content: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))


async def test_anybody_can_check_a_notice_and_reads_no_name(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        text = await page(clerk, f"/cases/{case}/notices/acceptance/1")
    code, number = code_on(text), number_on(text)
    async with hall.client() as anybody:
        said = await page(anybody, f"/check?number={number}&code={code}")
        assert "是本大厅出具的文书" in said
        assert "受理通知书" in said
        assert "已受理" in said
        assert "李" not in said
        scanned = await page(anybody, f"/check/acceptance/{number}/{code.replace(' ', '')}")
        assert "是本大厅出具的文书" in scanned


async def test_the_qr_code_leads_to_the_check_page(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        text = await page(clerk, f"/cases/{case}/notices/acceptance/1")
    code, number = code_on(text).replace(" ", ""), number_on(text)
    assert f'href="http://hall.test/check/acceptance/{number}/{code}"' in text
    assert '<svg class="qr"' in text


async def test_a_changed_digit_fails_the_check_wherever_it_is(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        text = await page(clerk, f"/cases/{case}/notices/acceptance/1")
    code, number = code_on(text).replace(" ", ""), number_on(text)
    async with hall.client() as anybody:
        for at in range(16):
            forged = code[:at] + str((int(code[at]) + 1) % 10) + code[at + 1 :]
            answer = await anybody.get(f"/check/acceptance/{number}/{forged}", headers={"Accept": "text/html"})
            assert answer.status_code == 404
            assert "没有核验到" in answer.text


async def test_a_code_of_another_kind_or_case_is_not_issued_here(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        text = await page(clerk, f"/cases/{case}/notices/acceptance/1")
    code, number = code_on(text).replace(" ", ""), number_on(text)
    async with hall.client() as anybody:
        for path in (f"receipt/{number}", f"acceptance/{number[:-1]}9", "acceptance/%3Cb%3E"):
            answer = await anybody.get(f"/check/{path}/{code}", headers={"Accept": "text/html"})
            assert answer.status_code == 404
            assert "<b>" not in answer.text


async def test_checks_that_come_too_fast_have_to_wait(hall: Hall) -> None:
    hall.app.state.site.notices.pace = Pace(0.001, 2)
    async with hall.client() as anybody:
        answers = [(await anybody.get("/check/receipt/X/1234567890123456")).status_code for _ in range(4)]
    assert answers == [404, 404, 429, 429]


async def test_a_paper_still_checks_when_its_case_has_gone_on(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        case = await accepted(hall, clerk)
        text = await page(clerk, f"/cases/{case}/notices/acceptance/1")
    code, number = code_on(text), number_on(text)
    async with hall.staff("supervisor") as supervisor:
        answer = await post(supervisor, f"/{case}/withdraw", reason="不办了")
        assert answer.status_code == 200, answer.text
    async with hall.client() as anybody:
        said = await page(anybody, f"/check?number={number}&code={code}")
    assert "已受理" in said
    assert "已撤回" in said


async def test_a_pledge_can_be_printed_to_be_signed(hall: Hall) -> None:
    async with hall.signed_in("clerk") as clerk:
        await open_for_cases(hall.hub)
        answer = await post(clerk, "", item="A02", applicant={"name": "李悦", "identity": "11010519491231002X"},
                            materials=original("id", "form", "proof"))  # fmt: skip
        case = answer.json()["case"]
        paper = await clerk.get(f"/cases/{case}/pledge.pdf?owe=lease&due=2026-12-01", timeout=60)
        if paper.status_code == 503:
            pytest.skip(paper.text)
        text = pdf_text(paper.content)
        assert "签字前文本" in text
        assert "容缺承诺书" in text
        assert "校验码" not in text
        assert (await clerk.get(f"/cases/{case}/pledge.pdf?owe=nothing&due=2026-12-01")).status_code == 422


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://0.0.0.0:8443", "http://[::1]:80"])
def test_an_address_that_no_phone_can_reach_is_not_put_into_a_code(url: str) -> None:
    assert check_address(url) == ""


def test_an_address_that_a_phone_can_reach_is() -> None:
    assert check_address("https://hall.example:8443/") == "https://hall.example:8443/check"
