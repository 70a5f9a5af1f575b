"""办件统计: trips, materials, promised against legal time and what was on time, by month, department and item."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.views import ratings as months_of
from hub.views.cases.figure_tables import Looked, charts, look, tables
from hub.views.cases.figures import FIGURES
from hub.views.report.csv_file import figures_csv
from hub.views.report.tables import Table
from hub.views.report.workbook import workbook
from hub.views.words import Words
from hub.web.access.dependencies import Caller, permission
from hub.web.api.ratings import month_named
from hub.web.pages.page import pages
from hub.web.site import Site, site

router = APIRouter(include_in_schema=False)

See = Annotated[Caller, Depends(permission("report.see"))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
"""Items on the page; the files hold all."""


@router.get("/cases/figures")
async def figures(request: Request, caller: See, month: str = "", department: str = "") -> Response:
    """A month's figures beside those of the eleven before it."""
    shown = pages(request)
    present = shown.here.hub.today[:7]
    try:
        complete, found = await _look(shown.here, month, department)
    except Refused as refused:
        return shown.refused(refused, caller)
    asked = month or present
    named = {table.id: table for table in _tables(shown.here, found)}
    items = named["items"]
    named["items"] = replace(items, rows=items.rows[:SHOWN])
    return shown.show(
        "case_figures.html",
        caller,
        complete=complete,
        month=asked,
        earlier=months_of.months_until(asked, 2)[0],
        later=months_of.month_after(asked) if asked < present else None,
        department=department,
        departments=_departments(shown.here),
        tables=named,
        hidden=max(0, len(items.rows) - SHOWN),
        figures=FIGURES,
        charts=msgspec.json.encode(charts(found)).decode(),
    )


@router.get("/cases/figures.csv")
async def figures_as_csv(request: Request, _caller: See, month: str = "", department: str = "") -> Response:
    here = site(request)
    _, found = await _look(here, month, department)
    text = figures_csv(_tables(here, found))
    return _file(text.encode(), "text/csv; charset=utf-8", f"{_stem(here, found, department)}.csv")


@router.get("/cases/figures.xlsx")
async def figures_as_workbook(request: Request, _caller: See, month: str = "", department: str = "") -> Response:
    here = site(request)
    _, found = await _look(here, month, department)
    title = f"{here.hub.profile().hall.zh} {found.total.month}"
    book = await asyncio.to_thread(workbook, title, _tables(here, found))
    return _file(book, XLSX, f"{_stem(here, found, department)}.xlsx")


async def _look(here: Site, month: str, department: str) -> tuple[bool, Looked]:
    """Whether the index was up to date, and what it says. Raises ``Refused("bad-value")``."""
    months = months_of.months_until(month_named(month or here.hub.today[:7]))
    book = here.case_finder

    def read() -> tuple[bool, Looked]:
        return book.bring_up(), look(book.cursors, months, department[:64])

    return await asyncio.to_thread(read)


def _tables(here: Site, found: Looked) -> list[Table]:
    return tables(found, _departments(here))


def _departments(here: Site) -> Mapping[str, Words]:
    return {each.code: Words(each.zh, each.en) for each in here.hub.profile().departments}


def _stem(here: Site, found: Looked, department: str) -> str:
    of = f"-{department}" if department else ""
    return f"hallhub-{here.hub.profile().hall.id}-cases-{found.total.month}{of}"


def _file(content: bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
