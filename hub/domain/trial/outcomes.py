"""How each ticket of a day fared, the same for a recorded day and a rerun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.domain.queue.events import QueueEvent, TicketCalled
from hub.domain.queue.state import FINISHED, QueueDay, Ticket
from hub.domain.trial.script import Outcome


def outcomes_of(day: QueueDay, rules: Mapping[str, str], ends: int) -> dict[str, Outcome]:
    """By ticket id. ``rules`` as ``first_rules`` gives them; ``ends``: until when those waited who still wait."""
    return {ticket.id: _outcome(ticket, rules.get(ticket.id, ""), ends) for ticket in day.tickets.values()}


def first_rules(events: Iterable[QueueEvent]) -> dict[str, str]:
    """By which rule each ticket was first called."""
    found: dict[str, str] = {}
    for event in events:
        if isinstance(event, TicketCalled):
            found.setdefault(event.ticket, event.rule)
    return found


def _outcome(ticket: Ticket, rule: str, ends: int) -> Outcome:
    called_at = ticket.first_called_at
    left_at = ends if ticket.ended_at is None else ticket.ended_at
    waited = max(0, (left_at if called_at is None else called_at) - ticket.issued_at)
    everything = ticket.waited_ms + sum(leg.waited_ms for leg in ticket.legs)
    return Outcome(
        waited=waited,
        later=max(0, everything - waited),
        called=called_at is not None,
        served=ticket.state == FINISHED,
        rule=rule,
        window=ticket.window,
    )
