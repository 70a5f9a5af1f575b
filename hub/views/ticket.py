"""One ticket as its holder's phone shows it: number, how many ahead, about how long, where."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.state import ACTIVE, WAITING, QueueDay
from hub.domain.queue.wait import outlook
from hub.views.console import category
from hub.views.words import TICKET, Words, of


@dataclass(frozen=True, slots=True)
class TicketPage:
    """``ahead`` and ``wait`` only while waiting; ``window`` only while called or served there."""

    number: str
    zh: str
    en: str
    state: str
    words: Words
    floor: int
    ahead: int | None
    wait: tuple[int, int] | None
    window: str | None
    can_return: bool


def ticket_page(day: QueueDay, ticket_id: str, now: int) -> TicketPage | None:
    """None when today has no such ticket."""
    ticket = day.tickets.get(ticket_id)
    if ticket is None:
        return None
    named = category(day, ticket.category)
    told = (
        outlook(day, ticket.line, ticket.lane, ticket.key, now)
        if ticket.state == WAITING and ticket.line in day.rivals
        else None
    )
    missed = None if day.plan is None else day.plan.policy.missed
    return TicketPage(
        number=ticket.number,
        zh=named.zh,
        en=named.en,
        state=ticket.state,
        words=of(TICKET, ticket.state),
        floor=floor_of(day, ticket.line, ticket.window),
        ahead=None if told is None else told.ahead,
        wait=None if told is None else told.wait,
        window=ticket.window if ticket.state in ACTIVE else None,
        can_return=ticket.state == "missed" and missed is not None and ticket.reinstated < missed.times,
    )


def floor_of(day: QueueDay, line: str, window: str | None = None) -> int:
    """The floor to go to: the window's that calls, else the line's."""
    number = window if window is not None else line[1:] if line.startswith("@") else None
    known = None if number is None else day.windows.get(number)
    if known is not None:
        return known.floor
    floor = line.rpartition("/")[2]
    return int(floor) if floor.isdigit() else 1
