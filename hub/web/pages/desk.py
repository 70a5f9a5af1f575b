"""The acceptance desk 受理台 beside the console: the called ticket becomes a case, is checked and accepted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.core.case_log import CaseRecord
from hub.domain.cases.almanac import almanac_of
from hub.domain.cases.machine import OPEN_STATES
from hub.domain.catalogue.item import Item
from hub.domain.queue.state import Ticket
from hub.domain.refusals import Refused
from hub.views.cases import words
from hub.views.cases.lines import LIGHTS
from hub.views.cases.look import CaseLook
from hub.views.cases.preview import Preview, preview
from hub.views.cases.rows import CaseRow, Search
from hub.web.access.dependencies import Caller, permission
from hub.web.api.case_materials import reusable
from hub.web.api.cases import look_of
from hub.web.cases import Listed, absent_files, item_in_force, read_case, unmasking
from hub.web.pages.case_offers import offers
from hub.web.pages.page import Pages, pages
from hub.web.site import Site

router = APIRouter(include_in_schema=False)

Clerk = Annotated[Caller, Depends(permission("case.open"))]

EARLIER = 20
"""Cases of the same person, the newest, in which papers are looked for that may be used again."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """A material that the hall holds already: in which case, and how good it is."""

    case: str
    number: str
    grade: str


@dataclass(frozen=True, slots=True)
class Place:
    """The window with its visitor. ``cases``: opened from this ticket; ``listed``: the items it was taken for."""

    window: str
    ticket: Ticket | None
    cases: list[CaseRow]
    listed: list[Listed]


@router.get("/desk/{window}")
async def desk(
    request: Request,
    window: str,
    caller: Clerk,
    item: Annotated[str, Query(max_length=64)] = "",
    case: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Empty until an item is chosen (the ticket's only one is); then its form; with ``case`` that case's checklist."""
    shown = pages(request)
    here = shown.here
    day = here.hub.day()
    standing = day.windows.get(window)
    if standing is None:
        return shown.refused(Refused("unknown-window", window=window[:16]), caller)
    ticket = None if standing.active is None else day.tickets[standing.active]
    try:
        if case:
            return await _checklist(shown, caller, window, ticket, await read_case(here, case))
        chosen = _chosen(here, ticket, item)
    except Refused as refused:
        return shown.refused(refused, caller)
    return shown.show(
        "desk.html",
        caller,
        place=await _place(here, window, ticket),
        words=words,
        lights=LIGHTS,
        listed=chosen,
        seen=None,
        preview=None if chosen is None else _preview(here, chosen.item, received=False),
    )


async def _checklist(shown: Pages, caller: Caller, window: str, ticket: Ticket | None, record: CaseRecord) -> Response:
    here = shown.here
    seen = look_of(here, caller, record)
    ahead = _preview(here, seen.case.item, received=bool(seen.case.number))
    return shown.show(
        "desk.html",
        caller,
        place=await _place(here, window, ticket),
        words=words,
        lights=LIGHTS,
        listed=None,
        seen=seen,
        clear=unmasking(here, caller, record),
        absent=await absent_files(here, record),
        reuse=await asyncio.to_thread(_reusable, here, seen),
        preview=ahead,
        offers=offers(seen, caller, ahead.owe_until),
    )


async def _place(here: Site, window: str, ticket: Ticket | None) -> Place:
    codes = () if ticket is None else ticket.items
    listed = [found for code in codes if (found := _listed(here, code)) is not None]
    return Place(window, ticket, await asyncio.to_thread(_cases_of, here, ticket), listed)


def _cases_of(here: Site, ticket: Ticket | None) -> list[CaseRow]:
    if ticket is None:
        return []
    here.case_finder.bring_up()
    return here.case_finder.of_ticket(ticket.id)


def _reusable(here: Site, seen: CaseLook) -> dict[str, Reuse]:
    """By material code: what is missing here and lies in an earlier case of the same person."""
    case = seen.case
    wanted = {
        line.rule.code: line.rule.reuse for line in seen.checklist if line.standing != "there" and line.rule.reuse
    }
    found: dict[str, Reuse] = {}
    if not wanted or case.state not in OPEN_STATES:
        return found
    here.case_finder.bring_up()
    for row in here.case_finder.find(Search(person=case.person, limit=EARLIER)).rows:
        earlier = None if row.id == seen.id else here.case_log.state(row.id)
        for code, name in wanted.items():
            held = None if earlier is None or code in found else reusable(earlier, name, case.person)
            if held is not None and (held.valid_until is None or held.valid_until >= here.hub.today):
                found[code] = Reuse(row.id, row.number, held.grade)
    return found


def _chosen(here: Site, ticket: Ticket | None, code: str) -> Listed | None:
    """The item asked for, else the ticket's when it has one only."""
    if code:
        return item_in_force(here.hub, code)
    if ticket is not None and len(ticket.items) == 1:
        return _listed(here, ticket.items[0])
    return None


def _listed(here: Site, code: str) -> Listed | None:
    try:
        return item_in_force(here.hub, code)
    except Refused:
        return None


def _preview(here: Site, item: Item, *, received: bool) -> Preview:
    hub = here.hub
    return preview(item, almanac_of(hub.hall(), hub.today), hub.now(), hub.today, received=received)
