"""What the clock alone brings about: commands that are due, each with a name that makes it once.

They are read from the day, so nothing is forgotten over a restart: what fell due while the hub was off is due now.
"""

from __future__ import annotations

from hub.domain.queue.commands import MissTicket, QueueCommand, RestoreSkills
from hub.domain.queue.serving import missed_at
from hub.domain.queue.state import QueueDay


def due(day: QueueDay, name: str, at: int) -> list[tuple[str, QueueCommand]]:
    """The commands of business day ``name`` that are due at ``at``, each under its own id."""
    if day.plan is None or day.closed:
        return []
    after = day.plan.policy.missed.after_minutes
    found: list[tuple[str, QueueCommand]] = []
    for window in day.windows.values():
        if window.until is not None and window.until <= at:
            key = f"restore-skills:{name}:{window.number}:{window.until}"
            found.append((key, RestoreSkills(name, at, window.number, window.until)))
        if after is None or window.active is None or day.frozen is not None:
            continue
        ticket = day.tickets[window.active]
        missed = missed_at(day, ticket, after)
        if missed is not None and missed <= at:
            miss = MissTicket(name, at, window.number, by_clock=True, ticket=ticket.id)
            found.append((f"miss:{ticket.id}:{missed}", miss))
    return found
