"""A case's notices 文书: their list, each as a page and as an A4 PDF, and pledges to be signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Query
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.core.case_log import CaseRecord
from hub.domain.cases.almanac import almanac_of
from hub.domain.cases.clocks import start, until
from hub.domain.cases.guards import a_date
from hub.domain.cases.records import CHECK, TOLERANCE, Pledge, Promise
from hub.domain.cases.tolerance_events import PromiseTaken, ToleranceGranted
from hub.domain.refusals import Refused
from hub.notices.texts import masked
from hub.views.notices.code import in_groups
from hub.views.notices.dates import chinese
from hub.views.notices.notice import Notice
from hub.web.access.dependencies import Caller, permission
from hub.web.cases import may_see_name, read_case
from hub.web.pages.page import Pages, pages
from hub.web.pages.render import frame
from hub.web.printing.qr import Matrix, matrix_of
from hub.web.security import is_loopback
from hub.web.site import Site

router = APIRouter(include_in_schema=False)

See = Annotated[Caller, Depends(permission("case.see"))]

UNSPECIFIED = ("0.0.0.0", "::")  # noqa: S104 (an address to leave out, not to listen at)
MOST_MATERIALS = 100


@router.get("/cases/{case}/notices")
async def listed(request: Request, case: str, caller: See) -> Response:
    """What the applicant was told in writing, the latest first."""
    shown = pages(request)
    record = await read_case(shown.here, case)
    told = await shown.here.notices.of(record)
    return shown.show("notices.html", caller, record=record, told=told[::-1], chinese=chinese)


@router.get("/cases/{case}/notices/{kind}/{n}.pdf")
async def paper(request: Request, case: str, kind: str, n: int, caller: See, reprint: bool = False) -> Response:
    """On A4. Marked 补打 when asked for, and always after the day on which it was told."""
    shown = pages(request)
    record, notice = await _found(shown, case, kind, n)
    again = reprint or notice.date < shown.here.hub.today
    return await _pdf(shown, _sheet(shown.here, caller, record, notice, again=again), notice.number)


@router.get("/cases/{case}/notices/{kind}/{n}")
async def page(request: Request, case: str, kind: str, n: int, caller: See) -> Response:
    """As it is printed, with what may be done with it."""
    shown = pages(request)
    record, notice = await _found(shown, case, kind, n)
    sheet = _sheet(shown.here, caller, record, notice, again=False)
    filled: dict[str, object] = {
        **frame(shown.here),
        **sheet,
        "caller": caller,
        "here": f"/cases/{case}/notices/{kind}/{n}",
        "old": notice.date < shown.here.hub.today,
    }
    return HTMLResponse(shown.renderer.part("notice.html", **filled))


@router.get("/cases/{case}/pledge.pdf")
async def pledge(
    request: Request,
    case: str,
    caller: See,
    owe: Annotated[tuple[str, ...], Query(max_length=MOST_MATERIALS)] = (),
    due: str = "",
    waive: Annotated[tuple[str, ...], Query(max_length=MOST_MATERIALS)] = (),
    days: int = 20,
) -> Response:
    """容缺承诺书 (``owe`` until ``due``) or 告知承诺书 (``waive``, checked within ``days``), for the applicant to sign.

    Whether the item allows it is for the acceptance to decide, which takes the signed paper's hash.
    """
    shown = pages(request)
    here, hub = shown.here, shown.here.hub
    record = await read_case(here, case)
    known = {rule.code for rule in record.case.item.materials}
    codes = owe or waive
    if not codes or (owe and waive) or not set(codes) <= known:
        raise Refused("unknown-material", item=record.case.item.zh, material="、".join(codes)[:64])
    almanac, now = almanac_of(hub.hall(), hub.today), hub.now()
    if owe:
        clock = until(almanac, TOLERANCE, now, hub.today, a_date("due", due))
        would = ToleranceGranted(case, Pledge(owe, due, ""), (), (clock,), now)
    else:
        if not 1 <= days <= 120:
            raise Refused("bad-value", field="days", problem="1…120")
        clocks = tuple(start(almanac, CHECK + code, now, hub.today, days) for code in waive)
        would = PromiseTaken(case, Promise(waive, days, ""), clocks, now)
    notice = await here.notices.draft(record, would)
    return await _pdf(shown, _sheet(here, caller, record, notice, again=False), f"{notice.content.title.zh}待签")


async def _found(shown: Pages, case: str, kind: str, n: int) -> tuple[CaseRecord, Notice]:
    """Raises ``Refused``: unknown-case, unknown-notice."""
    record = await read_case(shown.here, case)
    for notice in await shown.here.notices.of(record):
        if (notice.kind, notice.n) == (kind, n):
            return record, notice
    raise Refused("unknown-notice")


def _sheet(here: Site, caller: Caller, record: CaseRecord, notice: Notice, *, again: bool) -> Mapping[str, object]:
    """What the sheet's template is told. Names stand in clear only for who may see them, and then for all."""
    clear = may_see_name(here, caller, record)
    names = here.notices.names(record, notice)

    def shown(name: str | None) -> str:
        if name is None:
            return "（个人信息已删除）"
        return name if clear else masked(name)

    code = here.notices.code(notice) if notice.number else ""
    address = check_address(here.options.public_url)
    link = f"{address}/{notice.key}/{quote(notice.case_number)}/{code}" if address and code else ""
    return {
        "notice": notice,
        "said": notice.content,
        "applicant": shown(names.applicant),
        "receiver": None if names.receiver is None else shown(names.receiver),
        "clear": clear,
        "again": again,
        "dated": chinese(notice.date),
        "code": in_groups(code),
        "address": address,
        "qr": _drawn(link),
        "link": link,
    }


def _drawn(link: str) -> Matrix | None:
    return matrix_of(link) if link else None


def check_address(public_url: str) -> str:
    """Where a phone finds the check page; empty when the hall told no address that others can reach."""
    name = urlsplit(public_url).hostname or ""
    return "" if not name or is_loopback(name) or name in UNSPECIFIED else f"{public_url.rstrip('/')}/check"


async def _pdf(shown: Pages, sheet: Mapping[str, object], name: str) -> Response:
    style = Markup(f"<style>{shown.renderer.assets.text('notice_sheet.css')}</style>")  # noqa: S704 (our own file)
    document = shown.renderer.part("notice_pdf.html", style=style, **sheet)
    content = await shown.here.notices.press.pdf(document)
    disposition = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": disposition})
