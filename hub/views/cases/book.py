"""The cases as pages and the API read them, from SQL that is brought up to the log first. It blocks: use a thread.

Who may see what is for the caller to ask; nothing here knows accounts. Every list is read by key (no offset), so the
first page and the thousandth cost the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import changed
from hub.domain.cases.lights import YELLOW_DAYS
from hub.domain.cases.state import Case
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import NoRoom
from hub.log.port import LogReader
from hub.views.cases import lists
from hub.views.cases.index import CaseIndex, known
from hub.views.cases.rows import MOST, PAGE, CaseRow, DueCounts, InboxCounts, Page, Search, Task, light_of
from hub.views.cases.stored import clocks_of

ROUNDS = 40
"""Batches that one page reads at most; an index that is built again is shown as far as it came."""
CLOCKED = 5_000
"""Cases whose clocks are read at once."""


class CaseBook:
    """Reads from any thread. ``cursors`` may be shared with the hub's readers; who comes first reads on.

    Every ``after`` is the one of the page before, else empty; another text raises ``ValueError``.
    """

    def __init__(self, reading: LogReader, cursors: Cursors, codec: Codec) -> None:
        self._reading = reading
        self._cursors = cursors
        self.index = CaseIndex(codec)
        self._begun = self._looked = False

    def bring_up(self, position: int | None = None) -> bool:
        """Read what was committed up to ``position`` (an outcome's; None: the log's end), so that who acted sees it.

        False when it did not get there: too far behind for one page, or no room to write. The lists then show less.
        """
        wanted = self._reading.head().position if position is None else position
        try:
            for _ in range(ROUNDS):
                if self._looked and self._cursors.position(self.index.name) >= wanted:
                    return True
                more = self._cursors.catch_up(self._reading, self.index)
                self._looked = True
                if not more:
                    return True
        except NoRoom:
            pass
        return False

    def one(self, case: str) -> CaseRow | None:
        """By its id."""
        return lists.one(self._cursors, "id", case) if self._known() else None

    def numbered(self, number: str) -> CaseRow | None:
        """By its whole number."""
        return lists.one(self._cursors, "number", number) if number and self._known() else None

    def of_ticket(self, ticket: str) -> list[CaseRow]:
        """The cases opened from that ticket (its id), the first first; at most ``PAGE``."""
        return lists.of_ticket(self._cursors, ticket, PAGE) if self._known() else []

    def find(self, search: Search) -> Page[CaseRow]:
        """A page may be short, or empty, and still have one after it, when the index does not answer it all."""
        return lists.find(self._cursors, search) if self._known() else Page((), "")

    def mine(self, clerk: str, since: int, *, after: str = "", limit: int = PAGE) -> Page[CaseRow]:
        """Opened by that clerk from ``since`` on (the business day's beginning: "mine today"), the newest first."""
        return lists.mine(self._cursors, clerk, since, after, limit) if self._known() else Page((), "")

    def inbox(self, department: str, *, stopped: bool = False, after: str = "", limit: int = PAGE) -> Page[Task]:
        """What a department has to do, by legal deadline; stopped clocks apart, the longest open first."""
        return lists.inbox(self._cursors, department, stopped, after, limit) if self._known() else Page((), "")

    def claimed(self, by: str, *, after: str = "", limit: int = PAGE) -> Page[Task]:
        """Open steps that this account claimed, by legal deadline, stopped ones last."""
        return lists.claimed(self._cursors, by, after, limit) if self._known() else Page((), "")

    def escalated(self, limit: int) -> list[Task]:
        """Open steps that wait for the supervisor, by legal deadline, stopped ones last."""
        return lists.escalated(self._cursors, limit) if self._known() else []

    def inbox_counts(self, department: str, now: int, tonight: int) -> InboxCounts:
        """``tonight``: the end of the business day."""
        if not self._known():
            return InboxCounts(0, 0, 0, 0)

        def count(stopped: bool, beyond: int | None, until: int | None) -> int:
            return lists.tasks_between(self._cursors, department, stopped, beyond, until)

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
            return lists.stopped(self._cursors, department, after, limit)
        if light == "yellow":
            return self._yellow(now, today, almanac, department, after, limit)
        until = now if light == "red" else None
        rows = lists.due(self._cursors, department, None, until, after, limit + 1)
        return Page(tuple(rows[:limit]), _due_key(rows[limit - 1]) if len(rows) > limit else "")

    def due_counts(self, now: int, today: str, almanac: Almanac, department: str = "") -> DueCounts:
        """``yellow`` counts what is near, and of the later ones those among the next ``lists.SCAN``."""
        if not self._known():
            return DueCounts(0, 0, 0)
        near = _near(almanac, today)
        yellow = lists.cases_between(self._cursors, department, now, near)
        if yellow <= MOST:
            later = lists.due(self._cursors, department, near, None, "", lists.SCAN)
            yellow += sum(light_of(row, almanac, now, today) == "yellow" for row in later)
        return DueCounts(
            lists.cases_between(self._cursors, department, None, now),
            min(yellow, MOST + 1),
            lists.stopped_count(self._cursors, department),
        )

    def near_counts(self, now: int, today: str, almanac: Almanac, department: str) -> DueCounts:
        """As ``due_counts``, where yellow is only what is near: cheap enough for every department at once."""
        if not self._known():
            return DueCounts(0, 0, 0)
        return DueCounts(
            lists.cases_between(self._cursors, department, None, now),
            lists.cases_between(self._cursors, department, now, _near(almanac, today)),
            lists.stopped_count(self._cursors, department),
        )

    def timed(self, at: int, limit: int) -> list[str]:
        """Ids of cases in which the clock brings something about at ``at`` or before, the earliest first, as of the
        log's end. Raises ``NoRoom``, ``LogBroken``."""
        self._catch_up()
        return lists.timed(self._cursors, at, limit)

    def recounted(self, almanac: Almanac) -> list[str]:
        """Ids of cases that this calendar gives another due date or certainty, as of the log's end.

        Raises ``NoRoom``, ``LogBroken``.
        """
        self._catch_up()
        return [id for id, clocks in self._clocked() if changed(Case(clocks=list(clocks_of(clocks))), almanac)]

    def _catch_up(self) -> None:
        while self._cursors.catch_up(self._reading, self.index):
            pass

    def _clocked(self) -> Iterator[tuple[str, bytes]]:
        after = 0
        while rows := lists.clocked(self._cursors, after, CLOCKED):
            for _, id, clocks in rows:
                yield id, clocks
            after = rows[-1][0]

    def _yellow(self, now: int, today: str, almanac: Almanac, department: str, after: str, limit: int) -> Page[CaseRow]:
        """What is near is yellow; of the rest the share of the limit decides, which no index knows."""
        rows = lists.due(self._cursors, department, now, None, after, lists.SCAN)
        found: list[CaseRow] = []
        for row in rows:
            if light_of(row, almanac, now, today) == "yellow":
                found.append(row)
                if len(found) == limit:
                    return Page(tuple(found), _due_key(row))
        return Page(tuple(found), _due_key(rows[-1]) if len(rows) == lists.SCAN else "")

    def _known(self) -> bool:
        self._begun = self._begun or known(self._cursors)
        return self._begun


def _near(almanac: Almanac, today: str) -> int:
    """The last moment that makes a running clock yellow, however long its limit is."""
    return almanac.ends(almanac.add(today, YELLOW_DAYS).date)


def _due_key(row: CaseRow) -> str:
    return f"{row.due_at}.{row.seq}"
