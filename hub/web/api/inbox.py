"""``/api/v1/inbox`` and ``/api/v1/deadlines``: what a department has to do, who stands in, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.cases.leave import HandOverInbox, LeaveReply, TakeBackInbox
from hub.domain.cases.review import SUPERVISOR
from hub.domain.refusals import Refused
from hub.views.cases.deadlines import Department, LateCase
from hub.views.cases.inbox import InboxLine
from hub.views.cases.rows import PAGE
from hub.web.access.dependencies import Caller, allow, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import read_json
from hub.web.api.case_materials import Day
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.inboxes import deadlines_of, inbox_of
from hub.web.review import check_colleague, reviewer
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1", tags=["review"])

Reviewer = Annotated[Caller, Depends(permission("case.review"))]
Supervisor = Annotated[Caller, Depends(permission("deadline.see"))]
Name = Annotated[str, Meta(max_length=64)]


class HandOverBody(msgspec.Struct, frozen=True):
    """``to`` acts for ``reviewer`` (empty: the caller) from ``first`` to ``last``, inclusive."""

    to: Name
    first: Day
    last: Day
    reviewer: Name = ""


class TakeBackBody(msgspec.Struct, frozen=True):
    reviewer: Name = ""


@dataclass(frozen=True, slots=True)
class TaskShape:
    """One thing to do. ``whose``: mine, free, leave (of a colleague the caller stands in for) or other.

    ``due`` of ``clock``, which sorts; ``group``: late, today, later or stopped; ``left``: working days.
    """

    case: str
    number: str
    item: str
    item_zh: str
    item_en: str
    kind: str
    step: str
    zh: str
    en: str
    by: str
    whose: str
    escalated: bool
    group: str
    light: str
    clock: str
    due: str
    left: int | None
    provisional: bool
    late_step: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class InboxShape:
    """``after``: give it to the same question for the next page; ``complete``: the index is up to the log's end."""

    department: str
    late: int
    today: int
    later: int
    stopped: int
    tasks: tuple[TaskShape, ...]
    after: str
    complete: bool


@dataclass(frozen=True, slots=True)
class DepartmentShape:
    """Open tasks of a department and cases by light, each at most 1001. ``reviewers``: who can sign in."""

    department: str
    zh: str
    en: str
    reviewers: int
    head: bool
    late: int
    today: int
    later: int
    stopped: int
    red: int
    yellow: int


@dataclass(frozen=True, slots=True)
class LateShape:
    """``why``, ``who`` and the remedies (escalate, assign, extend, decide, correct) in the order to try them."""

    case: str
    number: str
    item_zh: str
    item_en: str
    department: str
    light: str
    clock: str
    due: str
    left: int
    why_zh: str
    why_en: str
    who_zh: str
    who_en: str
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeadlinesShape:
    departments: tuple[DepartmentShape, ...]
    cases: tuple[LateShape, ...]
    after: str
    complete: bool


_hand_over = msgspec.json.Decoder(HandOverBody)
_take_back = msgspec.json.Decoder(TakeBackBody)


@router.get("/inbox", openapi_extra=documented(InboxShape))
async def see_inbox(
    request: Request,
    caller: Reviewer,
    of: Literal["", "mine", "free", "leave"] = "",
    stopped: bool = False,
    after: str = "",
) -> Response:
    """What is due first stands first; stopped clocks are asked for apart. A supervisor sees what was escalated."""
    found = await inbox_of(site(request), caller, of=of, stopped=stopped, after=after, limit=PAGE)
    tasks = tuple(_task(line) for line in found.lines)
    counts = found.counts
    return shown(
        InboxShape(
            caller.department, counts.late, counts.today, counts.later, counts.stopped, tasks, found.after,
            found.complete,
        )
    )  # fmt: skip


@router.post("/inbox/leave", openapi_extra=documented(LeaveReply, body=HandOverBody, key=True))
async def hand_over(request: Request) -> Response:
    """请假移交: the whole inbox goes to a colleague for these days."""
    caller = await allow(request, "case.review")
    asked = await read_json(request, _hand_over)
    done = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    who, department = _absent(here, caller, asked.reviewer)
    check_colleague(here.access, asked.to, department)
    command = HandOverInbox(department, here.hub.now(), reviewer(caller).name, who, asked.to, asked.first, asked.last)
    return answer(await submit(request, command, done))


@router.post("/inbox/leave/back", openapi_extra=documented(LeaveReply, body=TakeBackBody, key=True))
async def take_back(request: Request) -> Response:
    """The inbox is its owner's again, from now on."""
    caller = await allow(request, "case.review")
    asked = await read_json(request, _take_back)
    done = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    who, department = _absent(here, caller, asked.reviewer)
    command = TakeBackInbox(department, here.hub.now(), reviewer(caller).name, who)
    return answer(await submit(request, command, done))


@router.get("/deadlines", openapi_extra=documented(DeadlinesShape))
async def see_deadlines(
    request: Request,
    _caller: Supervisor,
    light: Literal["red", "yellow", "stopped"] = "red",
    department: str = "",
    after: str = "",
) -> Response:
    """红黄牌 per department, and what is late or near: why, who has it, and what would mend it."""
    found = await deadlines_of(site(request), light=light, department=department[:64], after=after)
    return shown(
        DeadlinesShape(
            tuple(_department(each) for each in found.departments),
            tuple(_late(each) for each in found.cases),
            found.after,
            found.complete,
        )
    )


def _absent(here: Site, caller: Caller, named: str) -> tuple[str, str]:
    """Whose inbox is meant, and of which department. Others' are for heads there and for supervisors.

    Raises ``Refused``: unknown-account, not-reviewer, head-needed.
    """
    me = reviewer(caller)
    if me.role != SUPERVISOR and named in ("", me.name):
        return me.name, me.department
    account = here.access.account(named)
    if account is None:
        raise Refused("unknown-account", name=named[:64])
    if account.role != "reviewer" or (me.role != SUPERVISOR and account.department != me.department):
        raise Refused("not-reviewer", name=named, department=me.department)
    if me.role != SUPERVISOR and not me.head:
        raise Refused("head-needed", department=me.department)
    return account.name, account.department


def _task(line: InboxLine) -> TaskShape:
    task, case = line.task, line.task.case
    return TaskShape(
        case=case.id,
        number=case.number,
        item=case.item,
        item_zh=case.item_zh,
        item_en=case.item_en,
        kind=task.kind,
        step=task.step,
        zh=line.what.zh,
        en=line.what.en,
        by=task.by,
        whose=line.whose,
        escalated=task.escalated,
        group=line.group,
        light=line.light,
        clock=line.clock,
        due=line.due,
        left=line.left,
        provisional=line.provisional,
        late_step=line.late_step,
        since=utc(task.since),
    )


def _department(each: Department) -> DepartmentShape:
    tasks, cases = each.tasks, each.cases
    return DepartmentShape(
        each.code, each.named.zh, each.named.en, each.reviewers, each.head, tasks.late, tasks.today, tasks.later,
        tasks.stopped, cases.red, cases.yellow,
    )  # fmt: skip


def _late(each: LateCase) -> LateShape:
    row = each.row
    return LateShape(
        row.id, row.number, row.item_zh, row.item_en, row.department, each.light, row.clock, row.due, each.left,
        each.why.zh, each.why.en, each.who.zh, each.who.en, tuple(one.act for one in each.remedies),
    )  # fmt: skip
