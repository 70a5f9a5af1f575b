"""How long a window serves a visitor in a rerun: as recorded, by parts where a plan cuts the visit differently."""

from __future__ import annotations

from hub.domain.queue.layout import able
from hub.domain.queue.state import QueueDay, Ticket
from hub.domain.trial.script import SERVED, Script, Visitor

_UNKNOWN_MS = 10 * 60_000


def parts_here(day: QueueDay, ticket: Ticket, window: str) -> tuple[str, ...]:
    """The categories of the visit that this window will do now."""
    may = able(day, day.windows[window])
    return tuple(letter for letter in ticket.todo if letter in may) or (ticket.category,)


def service_ms(script: Script, visitor: Visitor, parts: tuple[str, ...]) -> int:
    """A recorded service whole when all it did is done here; else each part its share of the time recorded for it.

    A part that the record has no time of takes its category's mean.
    """
    served = [turn for turn in visitor.turns if turn.end == SERVED]
    if len(served) == 1 and (len(served[0].done) <= 1 or set(served[0].done) <= set(parts)):
        return served[0].held
    known = {letter: turn.held // len(turn.done) for turn in served for letter in turn.done}
    means = script.means
    return sum(known.get(letter, means.get(letter, _UNKNOWN_MS)) for letter in parts)
