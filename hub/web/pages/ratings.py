"""差评整改: what is due first, the next step of one case, its trace, and the figures of a month."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.calendar import WorkingDays
from hub.domain.ratings import steps
from hub.domain.refusals import Refused
from hub.views import ratings as view
from hub.views.rating_book import RatingBook
from hub.views.ratings import Figures, RectificationRow
from hub.views.visit_trace import VisitTrace
from hub.web.access.dependencies import Caller, permission
from hub.web.api.ratings import month_named
from hub.web.pages.page import Pages, pages

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Caller, Depends(permission("rating.see"))]


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: the API's act and its body; ``danger``: what cannot be taken back and is rare."""

    path: str
    body: str
    zh: str
    en: str
    danger: bool = False


OFFERS: Mapping[str, Offer] = {
    steps.FOUND: Offer("verify", '{"founded":true}', "情况属实", "Founded"),
    steps.NOT_FOUND: Offer("verify", '{"founded":false}', "情况不属实", "Not founded"),
    steps.FIX: Offer("fix", "{}", "已整改", "Fixed"),
    steps.EXPLAIN: Offer("explain", "{}", "已说明", "Explained"),
    steps.VOID: Offer("void", "{}", "评价作废", "Void the rating", danger=True),
    steps.SATISFIED: Offer("call-back", '{"reached":true,"satisfied":true}', "回访满意", "Satisfied"),
    steps.STILL_UNSATISFIED: Offer("call-back", '{"reached":true,"satisfied":false}', "仍不满意", "Not satisfied"),
    steps.UNREACHED: Offer("call-back", '{"reached":false}', "未接通", "Not reached"),
    steps.CLOSE: Offer("close", "{}", "办结", "Close"),
}
"""By act of the table. Whether a failed call was the last try is for the rule to say, so that one has no button."""

ASKS: Mapping[str, tuple[str, str]] = {
    steps.TO_VERIFY: ("核实到的情况", "What was found"),
    steps.FOUNDED: ("怎样整改，或为什么", "What was put right, or why it was so"),
    steps.UNFOUNDED: ("说明，或作废的原因", "The explanation, or the reason to void it"),
    steps.TO_CALL_BACK: ("群众怎么说，或联系经过", "What the citizen said, or what was tried"),
    steps.UNSATISFIED: ("再次整改或说明", "What was put right or explained now"),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at the record found. ``phone``: only while a call back is due."""

    complete: bool
    rows: list[RectificationRow]
    closed: list[RectificationRow]
    chosen: RectificationRow | None
    trace: VisitTrace | None
    phone: str | None
    figures: list[Figures]


@router.get("/ratings")
async def ratings(request: Request, caller: Supervisor, month: str = "") -> Response:
    """What is due first stands open."""
    return await _page(request, caller, None, month)


@router.get("/ratings/{ticket}")
async def rating(request: Request, ticket: str, caller: Supervisor, month: str = "") -> Response:
    """One rectification stands open."""
    return await _page(request, caller, ticket[:64], month)


async def _page(request: Request, caller: Caller, ticket: str | None, month: str) -> Response:
    shown = pages(request)
    hub = shown.here.hub
    present = hub.today[:7]
    asked = month_named(month or present)
    months = view.months_until(asked)
    found = await asyncio.to_thread(_look, shown.here.ratings, hub.now(), ticket, months)
    if ticket is not None and found.chosen is None:
        return shown.refused(Refused("unknown-rectification"), caller)
    return _show(shown, caller, found, months, present)


def _look(book: RatingBook, now: int, ticket: str | None, months: list[str]) -> Looked:
    complete = book.bring_up()
    rows = book.open(now)
    chosen = book.one(now, ticket) if ticket is not None else next(iter(rows), None)
    calling = chosen is not None and chosen.state == steps.TO_CALL_BACK
    return Looked(
        complete=complete,
        rows=rows,
        closed=book.closed(now, months[-1]),
        chosen=chosen,
        trace=None if chosen is None else book.trace(chosen),
        phone=book.phone(chosen) if chosen is not None and calling else None,
        figures=book.figures(now, months),
    )


def _show(shown: Pages, caller: Caller, found: Looked, months: list[str], present: str) -> Response:
    hub, month = shown.here.hub, months[-1]
    profile = hub.profile()
    days = WorkingDays(hub.hall().calendar, profile.hall.calendar)
    totals = [view.together(each, found.figures) for each in months]
    acts = () if found.chosen is None else tuple(steps.TABLE[found.chosen.state])
    return shown.show(
        "ratings.html",
        caller,
        found=found,
        month=month,
        earlier=view.months_until(month, 2)[0],
        later=view.month_after(month) if month < present else None,
        windows=[row for row in found.figures if row.month == month],
        total=totals[-1],
        chart=msgspec.json.encode([_point(each) for each in totals]).decode(),
        left={row.ticket: days.between(hub.today, row.due) for row in found.rows},
        offers=[OFFERS[act] for act in acts if act in OFFERS],
        ask=ASKS.get(found.chosen.state) if found.chosen is not None else None,
        own=found.chosen is not None and found.chosen.clerk == caller.name,
        words=view,
        definitions=view.DEFINITIONS,
    )


def _point(figures: Figures) -> dict[str, object]:
    return {
        "month": figures.month,
        "on_time": figures.on_time,
        "overdue": figures.overdue,
        "open": figures.opened - figures.on_time - figures.overdue,
        "share": None if figures.share is None else round(figures.share * 100, 1),
    }
