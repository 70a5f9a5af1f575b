"""The cases as pages and the API read them, from SQL that is brought up to the log first. It blocks: use a thread.

Who may see what is for the caller to ask; nothing here knows accounts. Every list is read by key (no offset), so the
first page and the thousandth cost the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import changed
from hub.domain.cases.lights import YELLOW_DAYS, worst
from hub.domain.cases.state import Case
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import NoRoom
from hub.log.port import LogReader
from hub.views.cases import lists
from hub.views.cases.figures import CaseFigures, by_department
from hub.views.cases.index import CaseIndex, known
from hub.views.cases.rows import MOST, PAGE, CaseRow, DueCounts, InboxCounts, Page, Search, Task
from hub.views.cases.stored import clocks_of

WAIT_SECONDS = 0.5
"""So long a page reads on at most; an index that is built again is shown as far as it came."""
LATER = 400
"""Cases that are due later than what is yellow for any limit, looked at for one page: a long limit warns earlier."""
CLOCKED = 5_000
"""Cases whose clocks are read at once."""


class CaseBook:
    """Reads from any thread. ``cursors`` may be shared with the hub's readers; who comes first reads on.
    Figures are read from them too.

    Every ``after`` is the one of the page before, else empty; another text raises ``ValueError``.
    """

    def __init__(self, reading: LogReader, cursors: Cursors, codec: Codec) -> None:
        self._reading = reading
        self.cursors = cursors
        self.index = CaseIndex(codec)
        self._begun = self._looked = False

    def bring_up(self, position: int | None = None) -> bool:
        """Read what was committed up to ``position`` (an outcome's; None: the log's end), so that who acted sees it.

        False when it did not get there in ``WAIT_SECONDS``, or found no room to write: the lists then show less.
        """
        wanted = self._reading.head().position if position is None else position
        until = time.monotonic() + WAIT_SECONDS
        try:
            while not self._looked or self.cursors.position(self.index.name) < wanted:
                if time.monotonic() >= until:
                    return False
                more = self.cursors.catch_up(self._reading, self.index)
                self._looked = True
                if not more:
                    break
        except NoRoom:
            return False
        return True

    def one(self, case: str) -> CaseRow | None:
        """By its id."""
        return lists.one(self.cursors, "id", case) if self._known() else None

    def numbered(self, number: str) -> CaseRow | None:
        """By its whole number."""
        return lists.one(self.cursors, "number", number) if number and self._known() else None

    def of_ticket(self, ticket: str) -> list[CaseRow]:
        """The cases opened from that ticket (its id), the first first; at most ``PAGE``."""
        return lists.of_ticket(self.cursors, ticket, PAGE) if self._known() else []

    def find(self, search: Search) -> Page[CaseRow]:
        """A page may be short, or empty, and still have one after it, when the index does not answer it all."""
        return lists.find(self.cursors, search) if self._known() else Page((), "")

    def mine(self, clerk: str, since: int, *, after: str = "", limit: int = PAGE) -> Page[CaseRow]:
        """Opened by that clerk from ``since`` on (the business day's beginning: "mine today"), the newest first."""
        return lists.mine(self.cursors, clerk, since, after, limit) if self._known() else Page((), "")

    def inbox(self, department: str, *, stopped: bool = False, after: str = "", limit: int = PAGE) -> Page[Task]:
        """What a department has to do, by legal deadline; stopped clocks apart, the longest open first."""
        return lists.inbox(self.cursors, department, stopped, after, limit) if self._known() else Page((), "")

    def claimed(self, by: str, *, after: str = "", limit: int = PAGE) -> Page[Task]:
        """Open steps that this account claimed, by legal deadline, stopped ones last."""
        return lists.claimed(self.cursors, by, after, limit) if self._known() else Page((), "")

    def escalated(self, limit: int) -> list[Task]:
        """Open steps that wait for the supervisor, by legal deadline, stopped ones last."""
        return lists.escalated(self.cursors, limit) if self._known() else []

    def inbox_counts(self, department: str, now: int, tonight: int) -> InboxCounts:
        """``tonight``: the end of the business day."""
        if not self._known():
            return InboxCounts(0, 0, 0, 0)

        def count(stopped: bool, beyond: int | None, until: int | None) -> int:
            return lists.tasks_between(self.cursors, department, stopped, beyond, until)

        return InboxCounts(
            count(False, None, now), count(False, now, tonight), count(False, tonight, None), count(True, None, None)
        )

    def deadlines(
        self,
        now: int,
        today: str,
        almanac: Almanac,
        *,
        light: str = "",
        department: str = "",
        after: str = "",
        limit: int = PAGE,
    ) -> Page[CaseRow]:
        """Cases with a running clock, by the nearest due moment; ``light``: only the red, yellow or stopped ones.

        A page may be short, or empty, and still have one after it. ``stopped`` cases come by opening.
        """
        if not self._known():
            return Page((), "")
        if light == "stopped":
            return lists.stopped(self.cursors, department, after, limit)
        if light == "yellow":
            return self._yellow(now, today, almanac, department, after, limit)
        until = now if light == "red" else None
        rows = lists.due(self.cursors, department, None, until, after, limit + 1)
        return Page(tuple(rows[:limit]), _due_key(rows[limit - 1]) if len(rows) > limit else "")

    def due_counts(self, now: int, today: str, almanac: Almanac, department: str = "") -> DueCounts:
        """``yellow`` counts what is near, and of the later ones those among the next ``LATER``."""
        if not self._known():
            return DueCounts(0, 0, 0)
        near = _near(almanac, today)
        yellow = lists.cases_between(self.cursors, department, now, near)
        if yellow <= MOST:
            later = lists.due_clocks(self.cursors, department, (near, lists.LAST), LATER)
            yellow += sum(_is_yellow(clocks, almanac, now, today) for _, _, clocks in later)
        return DueCounts(
            lists.cases_between(self.cursors, department, None, now),
            min(yellow, MOST + 1),
            lists.stopped_count(self.cursors, department),
        )

    def near_counts(self, now: int, today: str, almanac: Almanac, department: str) -> DueCounts:
        """As ``due_counts``, where yellow is only what is near: cheap enough for every department at once."""
        if not self._known():
            return DueCounts(0, 0, 0)
        return DueCounts(
            lists.cases_between(self.cursors, department, None, now),
            lists.cases_between(self.cursors, department, now, _near(almanac, today)),
            lists.stopped_count(self.cursors, department),
        )

    def online(self, *, after: str = "", limit: int = PAGE) -> Page[tuple[CaseRow, int]]:
        """Online filings 网上件 that wait at the counter, each with the moment its intake limit ends or ended, the
        earliest first; those deemed accepted only until a clerk has taken them."""
        return lists.online(self.cursors, after, limit) if self._known() else Page((), "")

    def online_counts(self, now: int) -> tuple[int, int]:
        """All of them, and those past their limit; each at most ``MOST`` + 1."""
        if not self._known():
            return 0, 0
        return lists.online_between(self.cursors, None), lists.online_between(self.cursors, now)

    def figures(self, month: str) -> list[CaseFigures]:
        """What was decided in that month (``YYYY-MM``), by department."""
        return by_department(self.cursors, month) if self._known() else []

    def timed(self, at: int, limit: int) -> list[str]:
        """Ids of cases in which the clock brings something about at ``at`` or before, the earliest first, as of the
        log's end. Raises ``NoRoom``, ``LogBroken``."""
        self._catch_up()
        return lists.timed(self.cursors, at, limit)

    def recounted(self, almanac: Almanac) -> list[str]:
        """Ids of cases that this calendar gives another due date or certainty, as of the log's end.

        Raises ``NoRoom``, ``LogBroken``.
        """
        self._catch_up()
        found: list[str] = []
        case = Case()
        for id, clocks in self._clocked():
            case.clocks = list(clocks_of(clocks))
            if changed(case, almanac):
                found.append(id)
        return found

    def _catch_up(self) -> None:
        while self.cursors.catch_up(self._reading, self.index):
            pass

    def _clocked(self) -> Iterator[tuple[str, bytes]]:
        after = 0
        while rows := lists.clocked(self.cursors, after, CLOCKED):
            for _, id, clocks in rows:
                yield id, clocks
            after = rows[-1][0]

    def _yellow(self, now: int, today: str, almanac: Almanac, department: str, after: str, limit: int) -> Page[CaseRow]:
        """What is near is yellow; of the rest the share of the limit decides, which no index knows."""
        near = _near(almanac, today)
        found = lists.due(self.cursors, department, now, near, after, limit + 1)
        if len(found) > limit:
            return Page(tuple(found[:limit]), _due_key(found[limit - 1]))
        last = (near, lists.LAST)
        if after:
            at, seq = lists.numbers(after, 2)
            last = max(last, (at, seq))
        later = lists.due_clocks(self.cursors, department, last, LATER)
        seqs: list[int] = []
        for at, seq, clocks in later:
            if _is_yellow(clocks, almanac, now, today):
                seqs.append(seq)
                if len(found) + len(seqs) == limit:
                    return Page((*found, *lists.by_seq(self.cursors, seqs)), f"{at}.{seq}")
        rows = (*found, *lists.by_seq(self.cursors, seqs))
        return Page(rows, f"{later[-1][0]}.{later[-1][1]}" if len(later) == LATER else "")

    def _known(self) -> bool:
        self._begun = self._begun or known(self.cursors)
        return self._begun


def _near(almanac: Almanac, today: str) -> int:
    """The last moment that makes a running clock yellow, however long its limit is."""
    return almanac.ends(almanac.add(today, YELLOW_DAYS).date)


def _is_yellow(clocks: bytes, almanac: Almanac, now: int, today: str) -> bool:
    return worst(Case(clocks=list(clocks_of(clocks))), almanac, now, today) == "yellow"


def _due_key(row: CaseRow) -> str:
    return f"{row.due_at}.{row.seq}"
