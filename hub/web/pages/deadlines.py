"""期限督办: lights 红黄牌 per department, what is late and why, who has it, and what would mend it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.views.cases.deadlines import Department
from hub.views.cases.lines import LIGHTS
from hub.views.cases.rows import said
from hub.web.access.dependencies import Caller, permission
from hub.web.inboxes import deadlines_of
from hub.web.pages.page import pages

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Caller, Depends(permission("deadline.see"))]


@router.get("/deadlines")
async def deadlines(
    request: Request,
    caller: Supervisor,
    light: Literal["red", "yellow", "stopped"] = "red",
    department: str = "",
    after: str = "",
) -> Response:
    """The departments with something late stand first; red cases first."""
    shown = pages(request)
    found = await deadlines_of(shown.here, light=light, department=department[:64], after=after[:200])
    busy = sorted((each for each in found.departments if _busy(each)), key=_urgency)
    people: dict[str, list[str]] = {}
    for account in shown.here.access.reviewers():
        people.setdefault(account.department, []).append(account.name)
    return shown.show(
        "deadlines.html",
        caller,
        found=found,
        light=light,
        department=department,
        busy=busy,
        quiet=[each for each in found.departments if not _busy(each)],
        names={each.code: each.named.zh for each in found.departments},
        unstaffed=[each for each in found.departments if not each.reviewers],
        lights=LIGHTS,
        said=said,
        people=msgspec.json.encode(people).decode(),
        after=after,
    )


def _busy(each: Department) -> bool:
    return bool(each.open or each.cases.red or each.cases.yellow or each.cases.stopped)


def _urgency(each: Department) -> tuple[int, int, int, str]:
    return -each.cases.red, -each.cases.yellow, -each.open, each.code
