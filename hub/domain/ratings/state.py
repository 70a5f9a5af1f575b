"""One rectification in memory, stream ``rectification/<ticket>``. Only the writer changes it, through ``evolve``."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.ratings.steps import UNOPENED


@dataclass(slots=True)
class Rectification:
    """``day`` to ``provisional``: the due date, what it was counted from, and with what.

    ``outcome``: fixed, explained, void, or empty. ``tries_left``: calls back that may still fail to reach anybody.
    ``satisfied``: the citizen's last answer, None without one.
    """

    state: str = UNOPENED
    number: str = ""
    clerk: str | None = None
    day: str = ""
    rated_at: int = 0
    within: int = 0
    due: str = ""
    due_at: int = 0
    calendar: int = 0
    provisional: bool = False
    tries: int = 1
    tries_left: int = 1
    outcome: str = ""
    satisfied: bool | None = None
    closed_at: int | None = None


def overdue(due_at: int, closed_at: int | None, now: int) -> bool:
    """Closed after the due moment, or still open past it. Never stored: it follows from the due moment and the time."""
    return due_at <= (now if closed_at is None else closed_at)
