"""The cases as pages and the API read them, from SQL that is brought up to the log first. It blocks: use a thread.

Who may see what is for the caller to ask; nothing here knows accounts. Every list is read by key (no offset), so the
first page and the thousandth cost the same.
"""

from __future__ import annotations

from hub.domain.cases.almanac import Almanac
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.port import LogReader
from hub.views.cases.rows import PAGE, CaseRow, DueCounts, InboxCounts, Page, Search, Task


class CaseBook:
    """Reads from any thread. ``cursors`` may be shared with the hub's readers; who comes first reads on.

    Every ``after`` is the one of the page before, else empty; another text raises ``ValueError``.
    """

    def __init__(self, reading: LogReader, cursors: Cursors, codec: Codec) -> None: ...

    def bring_up(self, position: int | None = None) -> bool:
        """Read what was committed up to ``position`` (an outcome's; None: the log's end), so that whoever acted sees it.

        False when it did not get there: too far behind for one page, or no room to write. The lists then show less.
        """
        raise NotImplementedError

    def one(self, case: str) -> CaseRow | None:
        """By its id."""
        raise NotImplementedError

    def numbered(self, number: str) -> CaseRow | None:
        """By its whole number."""
        raise NotImplementedError

    def of_ticket(self, ticket: str) -> list[CaseRow]:
        """The cases opened from that ticket (its id), the first first; at most ``PAGE``."""
        raise NotImplementedError

    def find(self, search: Search) -> Page[CaseRow]:
        raise NotImplementedError

    def mine(self, clerk: str, since: int, *, after: str = "", limit: int = PAGE) -> Page[CaseRow]:
        """Opened by that clerk from ``since`` on (the business day's beginning: "mine today"), the newest first."""
        raise NotImplementedError

    def inbox(self, department: str, *, stopped: bool = False, after: str = "", limit: int = PAGE) -> Page[Task]:
        """What a department has to do, by legal deadline; stopped clocks apart, the longest open first."""
        raise NotImplementedError

    def claimed(self, by: str, *, after: str = "", limit: int = PAGE) -> Page[Task]:
        """Open steps that this account claimed, by legal deadline, stopped ones last."""
        raise NotImplementedError

    def inbox_counts(self, department: str, now: int, tonight: int) -> InboxCounts:
        """``tonight``: the end of the business day."""
        raise NotImplementedError

    def deadlines(
        self, now: int, today: str, almanac: Almanac, *, light: str = "", department: str = "", after: str = "",
        limit: int = PAGE,
    ) -> Page[CaseRow]:  # fmt: skip
        """Cases with a running clock, by the nearest due moment; ``light``: only the red, yellow or stopped ones.

        A page may be short, or empty, and still have one after it. ``stopped`` cases come by opening.
        """
        raise NotImplementedError

    def due_counts(self, now: int, today: str, almanac: Almanac, department: str = "") -> DueCounts:
        raise NotImplementedError
