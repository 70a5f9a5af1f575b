"""The catalogue: everybody browses it and reads an item, staff see all of it and its versions, administrators import.

An upload goes to ``/catalogue/import`` as JSON and comes back as the part of the page that reports on it; publishing
goes to the API.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.hall.planning import business_day_after
from hub.domain.refusals import Refused
from hub.views import catalogue as view
from hub.views.item_search import LONGEST_QUERY
from hub.web.access.dependencies import Caller, permission
from hub.web.api.catalogue import found, in_force, take, version_named
from hub.web.pages.page import pages, visitor

router = APIRouter(prefix="/catalogue", include_in_schema=False)

Publisher = Annotated[Caller, Depends(permission("catalogue.publish"))]
MOST_SHOWN = 200
"""Bad rows, and items of each kind of a difference, that a report lists."""


@router.get("")
async def browse(
    request: Request,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    category: Annotated[str, Query(max_length=1)] = "",
    department: Annotated[str, Query(max_length=64)] = "",
    place: Annotated[str, Query(max_length=20)] = "",
    complete: bool = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Names, where, how long, what it costs."""
    shown, caller = pages(request), visitor(request)
    try:
        force = in_force(shown.here)
    except Refused as refused:
        return shown.refused(refused, caller)
    profile = shown.here.hub.listed_profile()
    listed = view.browse(
        force,
        profile,
        await found(shown.here, force, q),
        category=category,
        department=department,
        place=place,
        complete=complete,
        page=page,
    )
    return shown.show(
        "catalogue.html",
        caller,
        listed=listed,
        version=force.catalogue,
        asked={"q": q.strip(), "category": category, "department": department, "place": place, "complete": complete},
        categories=[each for each in profile.categories if each.items],
        departments=profile.departments,
        words=view,
    )


@router.get("/import")
async def importing(request: Request, caller: Publisher) -> Response:
    """Upload, report, difference, publish."""
    shown = pages(request)
    state, force = shown.here.hub.catalogue(), shown.here.hub.catalogue_in_force()
    last = None if force is None else force.catalogue.valid_to
    return shown.show(
        "catalogue_import.html",
        caller,
        versions=state.versions[::-1],
        force=force,
        gap=last is not None and state.in_force(business_day_after(last)) is None,
        ends=state.ends,
    )


@router.post("/import")
async def report(request: Request, caller: Publisher) -> Response:
    """What the uploaded file holds and would change."""
    shown = pages(request)
    held = await take(request, caller)
    return shown.show("catalogue_report.html", caller, held=held, most=MOST_SHOWN, words=view)


@router.get("/{code}")
async def item(request: Request, code: str, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Everything about one item; its other versions for staff."""
    shown, caller = pages(request), visitor(request)
    staff = caller is not None and caller.may("catalogue.see")
    try:
        of = version_named(shown.here, version if staff else None)
        kept = of.items.get(code)
        if kept is None:
            raise Refused("unknown-item", item=code[:64])
    except Refused as refused:
        return shown.refused(refused, caller)
    hub = shown.here.hub
    return shown.show(
        "catalogue_item.html",
        caller,
        found=view.item_page(of, hub.listed_profile(), kept),
        staff=staff,
        in_force=of is hub.catalogue_in_force(),
        revisions=view.revisions(hub.catalogue(), code) if staff else [],
        words=view,
    )
