"""Who is next.

Every ticket has a key: its effective time (when it joined, less its priority class's credit), the rank of its issue,
and its place among those reinstated there. Lines are ordered by key. A window compares the heads of its lines by how
long each counts as having waited, at this window: since its effective time, and ``home_credit_minutes`` more in its
home category and for tickets sent to this very window. The longest is next, the earlier rank at a tie. All numbers
come from the day's versioned ``QueuePolicy``.

A key is fixed when the ticket joins, so a policy adopted during the day orders who comes after.
"""

from __future__ import annotations

from hub.domain.queue.lines import Key, Line
from hub.domain.queue.state import QueueDay, Ticket, Window

MINUTE = 60_000
_BEFORE = -(1 << 40)


def next_ticket(day: QueueDay, window: Window, at: int) -> Ticket | None:
    """Whom this window calls now; None only when nobody waits in any of its lines."""
    best: str | None = None
    best_standing = (0, 0, 0)
    lines = day.lines
    preferred = window.preferred
    credit = _home_credit(day)
    for place, name in enumerate(window.lines):
        line = lines[name]
        key = line.first_key()
        if key is None:
            continue
        standing = (at - key[0] + (credit if place < preferred else 0), -key[1], -key[2])
        if best is None or standing > best_standing:
            best, best_standing = line.first(), standing
    return None if best is None else day.tickets[best]


def upcoming(day: QueueDay, window: Window, at: int, limit: int) -> list[Ticket]:
    """The next ``limit`` tickets of this window if it alone called and nobody came; the first is ``next_ticket``."""
    credit = _home_credit(day)
    found: list[tuple[tuple[int, int, int], str]] = []
    for place, name in enumerate(window.lines):
        line = day.lines[name]
        more = credit if place < window.preferred else 0
        for index in range(min(limit, len(line))):
            key = line.nth_key(index)
            found.append(((at - key[0] + more, -key[1], -key[2]), line.nth(index)))
    found.sort(reverse=True)
    return [day.tickets[ticket] for _, ticket in found[:limit]]


def issue_key(day: QueueDay, at: int, priority: str | None) -> Key:
    """The key of the ticket issued now. Time never runs backwards in it, so a clock set back puts nobody first."""
    credit = 0 if priority is None else day.credits.get(priority, 0)
    return (max(at, day.latest_at) - credit, len(day.tickets), 0)


def reinstated_key(day: QueueDay, ticket: Ticket, line: Line, insert_after: int) -> Key:
    """Just behind the ``insert_after``-th of the line, and behind those reinstated there before.

    A shorter line: behind its last. Nobody in it: the key it had. ``insert_after`` 0: before the head.
    """
    waiting = len(line)
    if not waiting:
        return ticket.key
    turn = day.reinstatements + 1
    if insert_after <= 0:
        effective, rank, _ = line.nth_key(0)
        return (effective, rank, _BEFORE + turn)
    effective, rank, place = line.nth_key(min(insert_after, waiting) - 1)
    return (effective, rank, turn if place >= 0 else _BEFORE + turn)


def _home_credit(day: QueueDay) -> int:
    return 0 if day.plan is None else day.plan.policy.home_credit_minutes * MINUTE
