"""The inbox and the deadlines as pages and API show them, read from the case index in a thread."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from hub.domain.cases.leave import ReviewDesk
from hub.domain.cases.review import SUPERVISOR
from hub.domain.refusals import Refused
from hub.views.cases.deadlines import Department, LateCase, Staff, late_case
from hub.views.cases.inbox import InboxLine, lines
from hub.views.cases.rows import DueCounts, InboxCounts, Page, Task
from hub.views.words import Words
from hub.web.access.dependencies import Caller
from hub.web.case_finder import CaseFinder
from hub.web.review import desk_of, moment_of, reviewer
from hub.web.site import Site

SHOWN = 200
"""Tasks that one look sorts by whose they are."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """``after``: where the next page begins, empty at the end; ``counts`` of the department."""

    lines: tuple[InboxLine, ...]
    counts: InboxCounts
    after: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Deadlines:
    departments: tuple[Department, ...]
    counts: DueCounts
    cases: tuple[LateCase, ...]
    after: str
    complete: bool


async def inbox_of(
    here: Site, caller: Caller, *, of: str = "", stopped: bool = False, after: str = "", limit: int = SHOWN
) -> Inbox:
    """The caller's department's, of a supervisor what was escalated. ``of``: only what is so (``Whose``).

    A page by ``of`` may be short, or empty, and still have one after it. Raises ``Refused("bad-value")``.
    """
    me = reviewer(caller)
    almanac, at = moment_of(here.hub)
    desk = desk_of(here.hub, me.department)

    def read() -> Inbox:
        finder = here.case_finder
        complete = finder.bring_up()
        page = _tasks(finder, me.department, me.role == SUPERVISOR, stopped, after, limit)
        found = lines(page.rows, me.name, desk, almanac, at)
        escalated = me.role == SUPERVISOR
        counts = _counted(found) if escalated else finder.inbox_counts(me.department, at.now, at.tonight)
        kept = tuple(line for line in found if not of or line.whose == of)
        return Inbox(kept, counts, page.after, complete)

    try:
        return await asyncio.to_thread(read)
    except ValueError:
        raise Refused("bad-value", field="after", problem="after") from None


def leave_of(here: Site, caller: Caller) -> ReviewDesk:
    """Who is on leave in the caller's department."""
    return desk_of(here.hub, reviewer(caller).department)


async def deadlines_of(here: Site, *, light: str, department: str = "", after: str = "") -> Deadlines:
    """Every department of the hall, and the cases of that light, the most urgent first.

    Raises ``Refused("bad-value")``.
    """
    almanac, at = moment_of(here.hub)
    profile = here.hub.profile()
    accounts = here.access.reviewers()
    staff = Staff(
        {each.code: Words(each.zh, each.en) for each in profile.departments},
        frozenset(account.department for account in accounts),
    )
    people = Counter(account.department for account in accounts)
    heads = {account.department for account in accounts if account.head}

    def read() -> Deadlines:
        finder = here.case_finder
        complete = finder.bring_up()
        departments = tuple(
            Department(
                each.code,
                Words(each.zh, each.en),
                people[each.code],
                each.code in heads,
                finder.inbox_counts(each.code, at.now, at.tonight),
                finder.near_counts(at.now, at.today, almanac, each.code),
            )
            for each in profile.departments
        )
        page = finder.deadlines(at.now, at.today, almanac, light=light, department=department, after=after)
        cases = tuple(late_case(row, staff, almanac, at) for row in page.rows)
        counts = finder.due_counts(at.now, at.today, almanac, department)
        return Deadlines(departments, counts, cases, page.after, complete)

    try:
        return await asyncio.to_thread(read)
    except ValueError:
        raise Refused("bad-value", field="after", problem="after") from None


def _tasks(finder: CaseFinder, department: str, supervising: bool, stopped: bool, after: str, limit: int) -> Page[Task]:
    if supervising:
        return Page(tuple(task for task in finder.escalated(SHOWN) if task.stopped == stopped), "")
    return finder.inbox(department, stopped=stopped, after=after, limit=limit)


def _counted(found: tuple[InboxLine, ...]) -> InboxCounts:
    groups = Counter(line.group for line in found)
    return InboxCounts(groups["late"], groups["today"], groups["later"], groups["stopped"])
