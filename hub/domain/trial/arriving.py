"""How a visitor of a script asks for a number under the plan of the rerun."""

from __future__ import annotations

from hub.domain.personal import Personal
from hub.domain.queue.commands import EnterHandTicket, TakeTicket
from hub.domain.queue.state import QueueDay
from hub.domain.trial.script import Visitor

_SOMEBODY = Personal("0" * 32, None)
"""Who has a phone has one; whose it is plays no part."""


def asks(visitor: Visitor, day: QueueDay, at: int) -> TakeTicket | EnterHandTicket:
    """The command; a class or a further category that the plan lacks is left away."""
    assert day.plan is not None
    name = day.plan.date
    known = any(each.name == visitor.priority for each in day.plan.policy.classes)
    priority = visitor.priority if known else None
    if visitor.taken_at is not None:
        return EnterHandTicket(
            name, at, visitor.ticket, visitor.number, visitor.category, visitor.taken_at, visitor.floor, priority
        )
    return TakeTicket(
        name,
        at,
        visitor.ticket,
        visitor.category,
        visitor.floor,
        priority,
        _SOMEBODY if visitor.phone else None,
        also=tuple(letter for letter in visitor.also if letter in day.queues),
        slot=visitor.slot,
    )
