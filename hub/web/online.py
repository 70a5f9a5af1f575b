"""Online filings 网上件 as page and API show them: by the end of the intake limit, with what is here of their files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from hub.core.hub import Hub
from hub.domain.cases.almanac import Almanac, almanac_of
from hub.domain.cases.materials import gaps
from hub.domain.refusals import Refused
from hub.views.cases.rows import CaseRow
from hub.web.site import Site


@dataclass(frozen=True, slots=True)
class Filing:
    """``due``: the last day of the intake limit, ``left`` working days after today until it, negative past it.

    ``age``: working days since the day of receipt. ``missing``: materials that are not there or will not do;
    ``files`` announced, ``coming``: of them not here yet. ``clerk`` and ``window``: who has taken it.
    """

    row: CaseRow
    due: str
    left: int
    age: int
    materials: int
    missing: int
    files: int
    coming: int

    @property
    def late(self) -> bool:
        return self.left < 0 or self.row.deemed


@dataclass(frozen=True, slots=True)
class Filings:
    """``open`` and ``late`` of all, each at most 1001; ``after``: where the next page begins, empty at the end."""

    rows: tuple[Filing, ...]
    after: str
    open: int
    late: int
    complete: bool


async def filings_of(here: Site, after: str = "") -> Filings:
    """A page of them. Raises ``Refused("bad-value")``."""
    hub = here.hub
    almanac, today, now = almanac_of(hub.hall(), hub.today), hub.today, hub.now()

    def read() -> Filings:
        finder = here.case_finder
        complete = finder.bring_up()
        page = finder.online(after=after)
        rows = tuple(_filing(here, row, at, almanac, today) for row, at in page.rows)
        open, late = finder.online_counts(now)
        return Filings(rows, page.after, open, late, complete)

    try:
        return await asyncio.to_thread(read)
    except ValueError:
        raise Refused("bad-value", field="after", problem="after") from None


def window_of(hub: Hub, clerk: str) -> str:
    """The window at which that account is signed in today; empty: at none."""
    return next((number for number, window in hub.day().windows.items() if window.clerk == clerk), "")


def _filing(here: Site, row: CaseRow, at: int, almanac: Almanac, today: str) -> Filing:
    case = here.case_log.state(row.id)
    has: Callable[[str], bool] = here.materials.store.has
    due = almanac.day_of(at - 1)
    left = almanac.between(today, due) if due >= today else -almanac.between(due, today)
    received = almanac.day_of(row.received_at or row.opened_at)
    if case is None:
        return Filing(row, due, left, almanac.between(received, today), 0, 0, 0, 0)
    files = {supply.sha256 for supply in case.materials.values() if supply.sha256}
    return Filing(
        row,
        due,
        left,
        almanac.between(received, today),
        sum(rule.now for rule in case.item.materials),
        len(gaps(case, today)),
        len(files),
        sum(not has(each) for each in files),
    )
