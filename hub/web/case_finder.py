"""How cases are found: what the case index offers, as far as pages and routes of cases ask for it."""

from __future__ import annotations

from typing import Protocol

from hub.domain.cases.almanac import Almanac
from hub.log.cursors import Cursors
from hub.views.cases.figures import CaseFigures
from hub.views.cases.rows import PAGE, CaseRow, DueCounts, InboxCounts, Page, Search, Task


class CaseFinder(Protocol):
    """See ``hub.views.cases.book.CaseBook``. Its methods block: call them in a thread."""

    @property
    def cursors(self) -> Cursors: ...

    def bring_up(self, position: int | None = None) -> bool: ...

    def numbered(self, number: str) -> CaseRow | None: ...

    def of_ticket(self, ticket: str) -> list[CaseRow]: ...

    def find(self, search: Search) -> Page[CaseRow]: ...

    def inbox(self, department: str, *, stopped: bool = False, after: str = "", limit: int = PAGE) -> Page[Task]: ...

    def claimed(self, by: str, *, after: str = "", limit: int = PAGE) -> Page[Task]: ...

    def escalated(self, limit: int) -> list[Task]: ...

    def inbox_counts(self, department: str, now: int, tonight: int) -> InboxCounts: ...

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
    ) -> Page[CaseRow]: ...

    def due_counts(self, now: int, today: str, almanac: Almanac, department: str = "") -> DueCounts: ...

    def online(self, *, after: str = "", limit: int = PAGE) -> Page[tuple[CaseRow, int]]: ...

    def online_counts(self, now: int) -> tuple[int, int]: ...

    def figures(self, month: str) -> list[CaseFigures]: ...

    def near_counts(self, now: int, today: str, almanac: Almanac, department: str) -> DueCounts: ...
