"""``/api/v1/items``: the hall's service items, all of them or those that answer a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.views.item_search import LONGEST_QUERY, Found
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import shown
from hub.web.api.documented import documented
from hub.web.site import site

router = APIRouter(prefix="/api/v1", tags=["hall"])


@dataclass(frozen=True, slots=True)
class ItemShape:
    """``code`` is what a ticket request names in ``items``; ``floors``: where its category is served."""

    code: str
    zh: str
    en: str
    category: str
    department: str
    floors: tuple[int, ...]


@router.get("/items", openapi_extra=documented(list[ItemShape]))
async def see_items(
    request: Request,
    _caller: Annotated[Caller, Depends(permission("hall.see"))],
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    category: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """Service items, best first: ``q`` holds words of their names, pinyin, its initials, or English."""
    index = await site(request).catalogue.index()
    return shown([_shape(found) for found in index.search(q, category or None)])


def _shape(found: Found) -> ItemShape:
    item = found.item
    return ItemShape(item.code, item.zh, item.en, item.category, item.department, found.floors)
