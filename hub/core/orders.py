"""From committed entries to orders for devices. Pure: one event, the bindings in force, nothing judged.

An order's id is made from what it is about, so mapping an entry twice orders once; devices keep a ledger of ids.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.registry import Registry
from hub.domain.queue.events import ReprintOrdered, ServiceFinished, TicketIssued, TicketReinstated
from hub.domain.queue.state import PENDING, QueueDay, Ticket

PRINT_WITHIN_MS = 120_000
RATING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """``wait`` is (p50, p90) minutes or None; ``copy`` 0 is the ticket itself, higher ones are 补打.

    ``floor``: where it waits, None at a window's own line; ``items``: the codes it was taken for.
    """

    id: str
    device: str
    deadline: int
    ticket: str
    number: str
    category: str
    at: int
    ahead: int
    wait: tuple[int, int] | None
    copy: int
    floor: int | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingOrder:
    id: str
    device: str
    deadline: int
    ticket: str
    seconds: int


Order = PrintOrder | RatingOrder


def orders_for(event: object, day: QueueDay, registry: Registry) -> list[Order]:
    """The orders an entry asks for; mostly none."""
    match event:
        case TicketIssued(printer=str()):
            return [print_order(day.tickets[event.ticket], event.at)]
        case ReprintOrdered() | TicketReinstated(printer=str()):
            return [print_order(day.tickets[event.ticket], event.at)]
        case ServiceFinished():
            return rating_orders(event.ticket, event.window, event.at, registry)
        case _:
            return []


def open_orders(day: QueueDay, registry: Registry, now: int) -> list[Order]:
    """The orders of a day that no report has settled: what a hub that starts again has to send again."""
    orders: list[Order] = [
        print_order(ticket, ticket.print_asked_at)
        for ticket in day.tickets.values()
        if ticket.print_state == PENDING and ticket.printer is not None
    ]
    for window in day.windows.values():
        ended = day.tickets.get(window.last_finished or "")
        if ended is not None and ended.rating is None and ended.ended_at is not None:
            asked = rating_orders(ended.id, window.number, ended.ended_at, registry)
            orders.extend(order for order in asked if order.deadline > now)
    return orders


def print_order(ticket: Ticket, asked_at: int) -> PrintOrder:
    """The order for the newest copy of a ticket."""
    assert ticket.printer is not None
    return PrintOrder(
        id=f"print-{ticket.id}-{ticket.copies}",
        device=ticket.printer,
        deadline=asked_at + PRINT_WITHIN_MS,
        ticket=ticket.id,
        number=ticket.number,
        category=ticket.category,
        at=ticket.issued_at,
        ahead=ticket.told_ahead,
        wait=ticket.told_wait,
        copy=ticket.copies,
        floor=_floor(ticket.line),
        items=ticket.items,
    )


def _floor(line: str) -> int | None:
    floor = line.rpartition("/")[2]
    return int(floor) if floor != line else None


def rating_orders(ticket: str, window: str, at: int, registry: Registry) -> list[Order]:
    """The question for every rating pad of the window."""
    return [
        RatingOrder(f"rate-{ticket}", pad, at + RATING_SECONDS * 1000, ticket, RATING_SECONDS)
        for pad in registry.at_window(window, "rating_pad")
    ]
