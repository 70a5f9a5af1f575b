"""Reports for supervisors: a year and its days, one day, a range, a clerk's day, and all of them as files."""

from __future__ import annotations

import asyncio
import calendar
from collections.abc import Sequence
from datetime import date
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.views.report.charts import day_charts, heat_of, months_charts, range_charts
from hub.views.report.csv_file import definitions_csv, figures_csv
from hub.views.report.day_report import ClerkRow, DayReport
from hub.views.report.figures import FIGURES
from hub.views.report.range_report import RangeReport
from hub.views.report.tables import Table, day_tables, range_tables, said
from hub.views.report.workbook import workbook
from hub.web.access.dependencies import Caller, permission
from hub.web.api.reports import checked_day, report_of_day
from hub.web.pages.page import pages
from hub.web.site import site

router = APIRouter(prefix="/reports", include_in_schema=False)

Reader = Annotated[Caller, Depends(permission("report.see"))]
Begins = Annotated[str, Query(alias="from", max_length=10)]
Ends = Annotated[str, Query(alias="to", max_length=10)]

LONGEST_RANGE_DAYS = 3700
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
async def reports(request: Request, caller: Reader, month: Annotated[str, Query(max_length=7)] = "") -> Response:
    """A year by months and one of its months by days."""
    shown = pages(request)
    asked = month or shown.here.hub.today[:7]
    try:
        checked_day(f"{asked}-01", "month")
    except Refused as refused:
        return shown.refused(refused, caller)
    year = await asyncio.to_thread(shown.here.reports.months, asked[:4], asked)
    charts = msgspec.json.encode(months_charts(year)).decode()
    return shown.show(
        "reports.html", caller, year=year, charts=charts, figures=FIGURES, weekday=weekday, last_day=last_day, said=said
    )


@router.get("/definitions.csv")
async def definitions(_caller: Reader) -> Response:
    """Every figure with its definition."""
    return _csv(definitions_csv(), "hallhub-definitions.csv")


@router.get("/day/{day}.xlsx")
async def day_workbook(request: Request, day: str, _caller: Reader) -> Response:
    report = await report_of_day(request, day)
    book = await asyncio.to_thread(workbook, _title(request, day), day_tables(report))
    return _file(book, XLSX, f"{_stem(request)}-{day}.xlsx")


@router.get("/day/{day}.csv")
async def day_csv(request: Request, day: str, _caller: Reader) -> Response:
    report = await report_of_day(request, day)
    return _csv(figures_csv(day_tables(report)), f"{_stem(request)}-{day}.csv")


@router.get("/day/{day}")
async def day_page(request: Request, day: str, caller: Reader) -> Response:
    """One day's report; today's as of now."""
    shown = pages(request)
    try:
        report = await report_of_day(request, day)
    except Refused as refused:
        return shown.refused(refused, caller)
    charts = msgspec.json.encode(day_charts(report)).decode()
    before, after = await asyncio.to_thread(shown.here.reports.beside, day)
    return shown.show(
        "report_day.html",
        caller,
        report=report,
        tables=_by_id(day_tables(report)),
        charts=charts,
        heat=heat_of(report),
        figures=FIGURES,
        before=before,
        after=after,
        weekday=weekday,
    )


@router.get("/day/{day}/clerk/{name}")
async def clerk_page(request: Request, day: str, name: str, caller: Reader) -> Response:
    """Who did what when: one clerk's day."""
    shown = pages(request)
    try:
        report = await report_of_day(request, day)
        clerk = _clerk(report, name)
    except Refused as refused:
        return shown.refused(refused, caller)
    return shown.show("report_clerk.html", caller, report=report, clerk=clerk, figures=FIGURES, said=said)


@router.get("/range.xlsx")
async def range_workbook(request: Request, _caller: Reader, begins: Begins, ends: Ends) -> Response:
    report, _ = await _range(request, begins, ends)
    book = await asyncio.to_thread(workbook, _title(request, f"{begins} – {ends}"), range_tables(report))
    return _file(book, XLSX, f"{_stem(request)}-{begins}-{ends}.xlsx")


@router.get("/range.csv")
async def range_csv(request: Request, _caller: Reader, begins: Begins, ends: Ends) -> Response:
    report, _ = await _range(request, begins, ends)
    return _csv(figures_csv(range_tables(report)), f"{_stem(request)}-{begins}-{ends}.csv")


@router.get("/range")
async def range_page(request: Request, caller: Reader, begins: Begins, ends: Ends) -> Response:
    """Any range of days together, a month or a year mostly."""
    shown = pages(request)
    try:
        report, missing = await _range(request, begins, ends)
    except Refused as refused:
        return shown.refused(refused, caller)
    charts = msgspec.json.encode(range_charts(report)).decode()
    return shown.show(
        "report_range.html",
        caller,
        report=report,
        tables=_by_id(range_tables(report)),
        missing=missing,
        charts=charts,
        heat=heat_of(report),
        figures=FIGURES,
    )


def _clerk(report: DayReport, name: str) -> ClerkRow:
    """Raises ``Refused("unknown-account")``."""
    found = next((row for row in report.clerks if row.clerk == name), None)
    if found is None:
        raise Refused("unknown-account", name=name[:64])
    return found


async def _range(request: Request, begins: str, ends: str) -> tuple[RangeReport, int]:
    """Raises ``Refused("bad-value")``."""
    first, last = checked_day(begins, "from"), checked_day(ends, "to")
    if not 0 <= (last - first).days <= LONGEST_RANGE_DAYS:
        raise Refused("bad-value", field="to", problem=f"{begins} … +{LONGEST_RANGE_DAYS} d")
    return await asyncio.to_thread(site(request).reports.range, begins, ends)


def weekday(day: str) -> str:
    return "周" + "一二三四五六日"[date.fromisoformat(day).weekday()]


def last_day(month: str) -> str:
    """Of ``"2026-11"``: ``"2026-11-30"``."""
    year, number = (int(part) for part in month.split("-"))
    return f"{month}-{calendar.monthrange(year, number)[1]}"


def _by_id(tables: Sequence[Table]) -> dict[str, Table]:
    return {table.id: table for table in tables}


def _title(request: Request, when: str) -> str:
    return f"{site(request).hub.profile().hall.zh} {when}"


def _stem(request: Request) -> str:
    return f"hallhub-{site(request).hub.profile().hall.id}"


def _csv(text: str, name: str) -> Response:
    return _file(text.encode(), "text/csv; charset=utf-8", name)


def _file(content: bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
