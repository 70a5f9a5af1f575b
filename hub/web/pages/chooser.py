"""The chooser of items: parts of a page that any page may hold, without a sign-in, since names and waits are public.

How a page embeds it (the take-a-number page does, in ``kiosk.html`` and ``kiosk.js``):

- its head links ``asset('chooser.css')``; its body has ``{% include "chooser.html" %}`` once, which needs no values of
  its own (``chooser_keys = false`` before it leaves the on-screen keyboard out, for screens that bring one);
- its script: ``import { chooser } from "./chooser.js"``, then
  ``const choosing = chooser({ floor, take })`` with ``floor`` the number of the floor where the visitor stands and
  ``take(codes)`` what issues the number: ``{"items": codes}`` is enough for the page's own post of a ticket, which
  answers with number, floor and wait; afterwards it calls ``choosing.wipe()``;
- ``choosing.open()`` searches everything, ``choosing.open("E")`` shows one category, ``choosing.wipe()`` forgets what
  was chosen and typed and closes both dialogs. A button with ``data-choose`` (empty, or a letter) opens it by itself.

The parts: ``GET /chooser/offer?q=&category=&department=`` and ``GET /chooser/visit?floor=&items=A01,E03``.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.views.chooser import offer, visit
from hub.views.item_search import LONGEST_QUERY
from hub.web.pages.page import pages

router = APIRouter(prefix="/chooser", include_in_schema=False)


@router.get("/offer")
async def show_offer(
    request: Request,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    category: Annotated[str, Query(max_length=1)] = "",
    department: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Departments or items to choose from, as large buttons."""
    shown = pages(request)
    index = await shown.here.catalogue.index()
    profile = shown.here.hub.profile()
    named = next((each for each in profile.categories if each.letter == category), None)
    within = next((each for each in profile.departments if each.code == department), None)
    offered = offer(index, profile, q, category or None, department or None)
    return shown.show("chooser_offer.html", offer=offered, query=q.strip(), category=named, department=within)


@router.get("/visit")
async def show_visit(
    request: Request,
    items: Annotated[str, Query(max_length=1400)],
    floor: Annotated[int, Query(ge=-9, le=199)] = 1,
) -> Response:
    """What the chosen items take: where to go and how long it takes, before a number is taken."""
    shown = pages(request)
    here = shown.here
    codes = [code for code in items.split(",") if code]
    return shown.show(
        "chooser_visit.html", visit=visit(here.hub.day(), here.bindings.items(), codes, floor, here.hub.now())
    )
