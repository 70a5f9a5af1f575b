"""Tickets set aside at a window, parked (挂起) or missed (过号), kept as the day goes: no console searches the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.domain.queue import events as e
from hub.domain.queue.state import MISSED, PARKED, QueueDay, Ticket

SHOWN = 8


@dataclass(slots=True)
class Aside:
    """``by_window``: ids of tickets parked or missed there, oldest first; may hold some that have gone on since."""

    by_window: dict[str, dict[str, None]] = field(default_factory=dict[str, dict[str, None]])

    def rebuild(self, day: QueueDay) -> None:
        self.by_window.clear()
        for ticket in sorted(day.tickets.values(), key=lambda known: known.called_at or 0):
            if ticket.state in (PARKED, MISSED) and ticket.window is not None:
                self._put(ticket.window, ticket.id)

    def follow(self, events: Iterable[object]) -> None:
        for event in events:
            if isinstance(event, (e.TicketParked, e.TicketMissed)):
                self._put(event.window, event.ticket)

    def at(self, day: QueueDay, window: str, state: str) -> tuple[Ticket, ...]:
        """Those still in ``state`` at that window, newest first, at most 8."""
        known = self.by_window.get(window, {})
        gone = [
            ticket
            for ticket in known
            if (found := day.tickets.get(ticket)) is None
            or found.state not in (PARKED, MISSED)
            or found.window != window
        ]
        for ticket in gone:
            del known[ticket]
        kept = [day.tickets[ticket] for ticket in reversed(known)]
        return tuple(ticket for ticket in kept if ticket.state == state)[:SHOWN]

    def missed(self, day: QueueDay) -> tuple[Ticket, ...]:
        """Everybody in the hall who is missed now, newest first."""
        found = [
            ticket
            for known in self.by_window.values()
            for name in known
            if (ticket := day.tickets.get(name)) is not None and ticket.state == MISSED
        ]
        newest = {ticket.id: ticket for ticket in found}
        return tuple(sorted(newest.values(), key=lambda ticket: -(ticket.missed_at or 0)))

    def _put(self, window: str, ticket: str) -> None:
        known = self.by_window.setdefault(window, {})
        known.pop(ticket, None)
        known[ticket] = None
