"""咨询: what has to be answered first, one consultation with its answer form, and the form that writes one down."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.cases.almanac import almanac_of
from hub.domain.consultations.decide import may_answer
from hub.domain.consultations.state import CHANNEL_NAMES, CLOSED, STATES
from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, permission
from hub.web.cases import standing
from hub.web.consultations import asked_of, covered, scope, talk_of
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)

See = Annotated[Caller, Depends(permission("consultation.see"))]


@router.get("/consultations")
async def consultations(request: Request, caller: See, new: str = "") -> Response:
    """What is due first stands open; with ``new`` the form to write one down."""
    return await _page(request, caller, "", writing=bool(new))


@router.get("/consultations/{consultation}")
async def consultation(request: Request, consultation: str, caller: See) -> Response:
    """One consultation stands open."""
    return await _page(request, caller, consultation)


async def _page(request: Request, caller: Caller, id: str, *, writing: bool = False) -> Response:
    shown = pages(request)
    here, hub = shown.here, shown.here.hub
    found = await asked_of(here, caller)
    writing = writing and caller.may("consultation.enter")
    first = id or ("" if writing or not found.open else found.open[0].id)
    try:
        talk = await talk_of(here, caller, first) if first else None
    except Refused as refused:
        return shown.refused(refused, caller)
    who, almanac, today = standing(caller), almanac_of(hub.hall(), hub.today), hub.today
    version = hub.catalogue_in_force()
    return shown.show(
        "consultations.html",
        caller,
        found=found,
        talk=talk,
        writing=writing,
        cover=covered(here),
        left={
            row.id: almanac.between(today, row.due) if row.due >= today else -almanac.between(row.due, today)
            for row in found.open
        },
        mine=talk is not None and talk.asked.state != CLOSED and may_answer(talk.asked, who.role, who.department),
        departments={each.code: each.zh for each in hub.profile().departments},
        items={} if version is None else {code: item.zh for code, item in version.items.items()},
        channels=CHANNEL_NAMES,
        states=STATES,
        of=scope(caller),
    )
