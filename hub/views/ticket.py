"""One ticket as its holder's phone shows it: number, how many ahead, about how long, where."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.itinerary import left_after, legs_of_visit
from hub.domain.queue.state import ACTIVE, WAITING, QueueDay, Ticket
from hub.domain.queue.wait import outlook
from hub.views.console import category, done_here
from hub.views.times import clock
from hub.views.words import TICKET, Words, of


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the visit goes on to, with the same number: what is done there, and the floor."""

    zh: str
    en: str
    floor: int


@dataclass(frozen=True, slots=True)
class TicketPage:
    """``ahead`` and ``wait`` only while waiting; ``window`` only while called or served there.

    ``after``: the stops after the one it waits for or is at. ``done``: how many are behind it. ``frozen``: why nobody
    is called now. ``late``: when windows close, on a ticket that may not be served before.
    """

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
    after: tuple[Stop, ...]
    done: int
    frozen: str | None
    late: str | None


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
        after=_after(day, ticket),
        done=len(ticket.legs),
        frozen=day.frozen if ticket.state == WAITING else None,
        late=_late(day, ticket),
    )


def _after(day: QueueDay, ticket: Ticket) -> tuple[Stop, ...]:
    window = None if ticket.window is None else day.windows.get(ticket.window)
    if ticket.state in ACTIVE and window is not None:
        here, floor = done_here(day, window, ticket), window.floor
    elif ticket.state == WAITING:
        line = day.lines.get(ticket.line)
        here, floor = (line.letters if line and line.letters else (ticket.category,)), floor_of(day, ticket.line)
    else:
        return ()
    todo = left_after(ticket.todo, here)
    stops: list[Stop] = []
    for name in legs_of_visit(day, todo, floor):
        letters, _, at = name.rpartition("/")
        named = [category(day, letter) for letter in letters.split("+")]
        stops.append(Stop("、".join(each.zh for each in named), ", ".join(each.en for each in named), int(at)))
    return tuple(stops)


def _late(day: QueueDay, ticket: Ticket) -> str | None:
    if not ticket.late or ticket.state != WAITING or day.plan is None or day.plan.closes is None:
        return None
    return clock(day.plan.closes, day.plan.timezone)


def floor_of(day: QueueDay, line: str, window: str | None = None) -> int:
    """The floor to go to: the window's that calls, else the line's."""
    number = window if window is not None else line[1:] if line.startswith("@") else None
    known = None if number is None else day.windows.get(number)
    if known is not None:
        return known.floor
    floor = line.rpartition("/")[2]
    return int(floor) if floor.isdigit() else 1
