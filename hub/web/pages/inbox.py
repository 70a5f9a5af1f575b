"""审查收件箱: what is due today stands first and open; one key claims, opens, agrees."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.cases.review import SUPERVISOR
from hub.domain.refusals import Refused
from hub.views.cases.inbox import GROUPS, WHOSE, grouped
from hub.views.cases.lines import LIGHTS
from hub.views.cases.review_pane import ReviewPane
from hub.views.cases.words import STANDINGS, state_words
from hub.web.access.dependencies import Caller, permission
from hub.web.api.review import pane_of
from hub.web.inboxes import Inbox, inbox_of
from hub.web.pages.page import Pages, pages
from hub.web.pages.render import frame
from hub.web.review import desk_of, reviewer

router = APIRouter(include_in_schema=False)

Reviewer = Annotated[Caller, Depends(permission("case.review"))]
Of = Literal["", "mine", "free", "leave"]


@router.get("/inbox")
async def inbox(request: Request, caller: Reviewer, of: Of = "", part: str = "") -> Response:
    """What is due first stands open. ``part`` ``list``: only the list, for a page that follows the cases."""
    shown = pages(request)
    running, stopped = await _lists(shown, caller, of)
    if part == "list":
        return _part(shown, "inbox_list.html", running=running, stopped=stopped, of=of, chosen=None)
    first = next(iter((*running.lines, *stopped.lines)), None)
    if first is None:
        return await _page(shown, caller, of, running, stopped, None)
    seen = await pane_of(shown.here, caller, first.task.case.id, first.task.step)
    return await _page(shown, caller, of, running, stopped, seen)


@router.get("/inbox/{case}")
async def inbox_case(
    request: Request, case: str, caller: Reviewer, step: str = "", of: Of = "", part: str = ""
) -> Response:
    """One case stands open. ``part`` ``head``: only who has it now."""
    shown = pages(request)
    try:
        seen = await pane_of(shown.here, caller, case[:64], step[:64])
    except Refused as refused:
        return shown.refused(refused, caller)
    if part == "head":
        return _part(shown, "inbox_head.html", pane=seen)
    running, stopped = await _lists(shown, caller, of)
    return await _page(shown, caller, of, running, stopped, seen)


async def _lists(shown: Pages, caller: Caller, of: str) -> tuple[Inbox, Inbox]:
    running = await inbox_of(shown.here, caller, of=of)
    return running, await inbox_of(shown.here, caller, of=of, stopped=True)


async def _page(
    shown: Pages, caller: Caller, of: str, running: Inbox, stopped: Inbox, seen: ReviewPane | None
) -> Response:
    here, me = shown.here, reviewer(caller)
    department = me.department
    if not department and seen is not None:
        department = next((each.department for each in seen.look.case.item.route if each.id == seen.step), "")
    names = {each.code: each.zh for each in here.hub.profile().departments}
    return shown.show(
        "inbox.html",
        caller,
        of=of,
        running=running,
        stopped=stopped,
        pane=seen,
        chosen=None if seen is None else (seen.look.id, seen.step),
        department=names.get(me.department, me.department),
        supervising=me.role == SUPERVISOR,
        colleagues=[each.name for each in here.access.reviewers(department) if each.name != caller.name],
        leaves=desk_of(here.hub, me.department).leaves,
        me=caller.name,
        words=_WORDS,
    )


def _part(shown: Pages, template: str, **values: object) -> Response:
    return Response(
        shown.renderer.part(template, **frame(shown.here), words=_WORDS, **values), media_type="text/html; charset=utf-8"
    )


_WORDS: dict[str, object] = {
    "groups": GROUPS,
    "grouped": grouped,
    "whose": WHOSE,
    "lights": LIGHTS,
    "standings": STANDINGS,
    "state_words": state_words,
}
