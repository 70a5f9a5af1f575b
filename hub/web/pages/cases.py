"""Cases: one case with its clocks, and the search for them."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.core.case_log import CaseRecord
from hub.domain.cases.almanac import almanac_of
from hub.domain.cases.events import CaseOpened, ExternalCaseRegistered
from hub.domain.cases.machine import STATES, UNOPENED
from hub.domain.refusals import Refused
from hub.views.cases import words
from hub.views.cases.history import Happening
from hub.views.cases.lines import LIGHTS
from hub.views.cases.look import CaseLook
from hub.views.cases.preview import preview
from hub.views.cases.rows import light_of
from hub.views.visit_trace import TraceStep, VisitTrace, visit_trace
from hub.views.words import Words
from hub.web.access.dependencies import Caller, permission
from hub.web.api.case_files import held
from hub.web.api.cases import SearchBody, find_cases, look_of
from hub.web.cases import absent_files, read_case, unmasking
from hub.web.form import read_form
from hub.web.pages.case_offers import offers
from hub.web.pages.files import viewed
from hub.web.pages.page import Pages, pages
from hub.web.problems import words as said
from hub.web.site import Site

router = APIRouter(include_in_schema=False)

See = Annotated[Caller, Depends(permission("case.see"))]

_ASKED = ("number", "item", "state", "department", "identity", "after")


@router.get("/cases")
async def newest(request: Request, caller: See) -> Response:
    """The newest cases, and the form that finds others. What is asked for is posted: an address would keep it."""
    return await _found(pages(request), caller, {})


@router.post("/cases")
async def search(request: Request, caller: See) -> Response:
    """The cases that were asked for; a whole number leads to its case."""
    form = await read_form(request)
    return await _found(pages(request), caller, {name: form.get(name, "").strip() for name in _ASKED})


@router.get("/cases/{case}")
async def case(request: Request, case: str, caller: See) -> Response:
    """Where it is, whose turn, until when, by which rule; and the next legal steps."""
    shown = pages(request)
    here = shown.here
    position = here.hub.head()
    try:
        record = await read_case(here, case)
    except Refused as refused:
        return shown.refused(refused, caller)
    seen = look_of(here, caller, record)
    hub = here.hub
    almanac = almanac_of(hub.hall(), hub.today)
    trace = await _trace(here, record)
    return shown.show(
        "case.html",
        caller,
        position=position,
        seen=seen,
        words=words,
        lights=LIGHTS,
        trace=trace,
        papers=record.papers,
        absent=await absent_files(here, record),
        happened=_together(seen, trace),
        rated=None if trace is None else _rated(trace),
        clear=unmasking(here, caller, record),
        offers=offers(seen, caller, preview(seen.case.item, almanac, hub.now(), hub.today, received=True).owe_until),
        departments=_departments(shown),
    )


@router.get("/cases/{case}/files/{sha256}")
async def case_file(request: Request, case: str, sha256: str, caller: See) -> Response:
    """A file that the case holds, in the viewer."""
    try:
        materials = await held(request, case, sha256)
    except Refused as refused:
        return pages(request).refused(refused, caller)
    return await viewed(request, caller, materials, sha256, f"/api/v1/cases/{case}/files/{sha256}")


async def _found(shown: Pages, caller: Caller, asked: dict[str, str]) -> Response:
    here = shown.here
    refusal = None
    rows, after, complete = (), "", True
    body = SearchBody(
        asked.get("number", "")[:40],
        asked.get("item", "")[:64],
        asked.get("identity", "")[:40] or None,
        asked.get("state", ""),
        asked.get("department", ""),
        asked.get("after", ""),
    )
    try:
        complete, page = await find_cases(here, body)
        rows, after = page.rows, page.after
    except Refused as refused:
        refusal = said(refused.code, refused.facts)
    if len(rows) == 1 and body.number and rows[0].number == body.number.upper():
        return RedirectResponse(f"/cases/{rows[0].id}", status_code=303)
    hub = here.hub
    almanac = almanac_of(hub.hall(), hub.today)
    return shown.show(
        "cases.html",
        caller,
        asked=asked,
        rows=rows,
        lights=[LIGHTS[light_of(row, almanac, hub.now(), hub.today)] for row in rows],
        after=after,
        complete=complete,
        refusal=refusal,
        words=words,
        states={code: named for code, named in STATES.items() if code != UNOPENED},
        departments=_departments(shown),
    )


async def _trace(here: Site, record: CaseRecord) -> VisitTrace | None:
    """The visit that the case came from, with its rating; None without one."""
    opened = record.told[0][1]
    if not isinstance(opened, CaseOpened | ExternalCaseRegistered) or opened.ticket is None:
        return None
    told = await asyncio.to_thread(here.day_log.of_ticket, opened.ticket_day or "", opened.ticket)
    return visit_trace(opened.ticket, [(entry.actor, event) for entry, event in told])


def _together(seen: CaseLook, trace: VisitTrace | None) -> list[Happening]:
    """The visit and the case in one line of time."""
    visit = () if trace is None else trace.steps
    steps = [Happening(step.at, step.what, step.who, step.note or _where(step)) for step in visit]
    return sorted((*steps, *seen.history), key=lambda step: step.at)


def _where(step: TraceStep) -> str:
    return "" if step.window is None else f"窗口 {step.window}"


def _rated(trace: VisitTrace) -> Words | None:
    return next((step.what for step in reversed(trace.steps) if step.what.zh.startswith("评价")), None)


def _departments(shown: Pages) -> dict[str, str]:
    return {each.code: each.zh for each in shown.here.hub.profile().departments}
