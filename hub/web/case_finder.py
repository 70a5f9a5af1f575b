"""How cases are found: what the case index offers, as far as pages and routes of cases ask for it."""

from __future__ import annotations

from typing import Protocol

from hub.views.cases.rows import CaseRow, Page, Search


class CaseFinder(Protocol):
    """See ``hub.views.cases.book.CaseBook``. Its methods block: call them in a thread."""

    def bring_up(self, position: int | None = None) -> bool: ...

    def numbered(self, number: str) -> CaseRow | None: ...

    def of_ticket(self, ticket: str) -> list[CaseRow]: ...

    def find(self, search: Search) -> Page[CaseRow]: ...
