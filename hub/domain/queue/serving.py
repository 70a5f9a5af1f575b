"""From the call to the end of a service at a window."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.queue.commands import (
    CallNext,
    CallTicket,
    FinishService,
    MissTicket,
    ParkTicket,
    RecallTicket,
    StartService,
    TransferTicket,
)
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.events import (
    QueueEvent,
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketMissed,
    TicketParked,
    TicketRecalled,
    TicketTransferred,
    WindowOpened,
)
from hub.domain.queue.finding import (
    active_of,
    check_seen,
    freed,
    freed_reply,
    plan_of,
    ticket_of,
    window_of,
    window_reply,
)
from hub.domain.queue.layout import line_for, window_line
from hub.domain.queue.order import next_ticket
from hub.domain.queue.state import CALLED, CLOSED, MISSED, OPEN, PARKED, PAUSED, SERVING, WAITING, QueueDay, Window
from hub.domain.refusals import Refused


def call_next(day: QueueDay, command: CallNext) -> QueueDecided:
    """The active ticket if there is one, whatever was seen: a double tap calls once. A closed window opens.

    Raises ``Refused``: unknown-window, window-paused, changed-meanwhile.
    """
    window, at = window_of(day, command.window), command.at
    if window.active is not None:
        return Decided((), window_reply(window, 0, day.tickets[window.active]))
    if window.state == PAUSED:
        raise Refused("window-paused", window=window.number)
    check_seen(window, command.seen)
    events: tuple[QueueEvent, ...] = () if window.state == OPEN else (WindowOpened(window.number, at),)
    ticket = next_ticket(day, window, at)
    if ticket is not None:
        events = (*events, TicketCalled(ticket.id, window.number, window.clerk, at))
    return Decided(events, window_reply(window, len(events), ticket, OPEN))


def call_ticket(day: QueueDay, command: CallTicket) -> QueueDecided:
    """One named ticket out of turn; of any category, because a person decided it.

    Raises ``Refused``: unknown-window, unknown-ticket, window-busy, window-closed, window-paused, changed-meanwhile,
    wrong-state.
    """
    window, ticket = window_of(day, command.window), ticket_of(day, command.ticket)
    if window.active == ticket.id:
        return Decided((), window_reply(window, 0, ticket))
    if window.active is not None:
        raise Refused("window-busy", window=window.number, number=day.tickets[window.active].number)
    if window.state == CLOSED:
        raise Refused("window-closed", window=window.number)
    if window.state == PAUSED:
        raise Refused("window-paused", window=window.number)
    check_seen(window, command.seen)
    if ticket.state not in (WAITING, PARKED, MISSED):
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    called = TicketCalled(ticket.id, window.number, window.clerk, command.at)
    return Decided((called,), window_reply(window, 1, ticket))


def recall_ticket(day: QueueDay, command: RecallTicket) -> QueueDecided:
    """Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile."""
    window = window_of(day, command.window)
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    return Decided((TicketRecalled(ticket.id, window.number, command.at),), window_reply(window, 1, ticket))


def start_service(day: QueueDay, command: StartService) -> QueueDecided:
    """Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile."""
    window = window_of(day, command.window)
    if window.active is not None and day.tickets[window.active].state == SERVING:
        return Decided((), window_reply(window, 0, day.tickets[window.active]))
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    return Decided((ServiceStarted(ticket.id, window.number, command.at),), window_reply(window, 1, ticket))


def finish_service(day: QueueDay, command: FinishService) -> QueueDecided:
    """Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile."""
    window, at = window_of(day, command.window), command.at
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    finished = ServiceFinished(ticket.id, window.number, window.clerk, at)
    if ticket.state == CALLED:
        return _left(window, (ServiceStarted(ticket.id, window.number, at), finished), at)
    return _left(window, (finished,), at)


def miss_ticket(day: QueueDay, command: MissTicket) -> QueueDecided:
    """过号, only before the start was pressed.

    Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile, service-started, missed-too-early.
    """
    window = window_of(day, command.window)
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    if ticket.state == SERVING:
        raise Refused("service-started", number=ticket.number)
    recalls = plan_of(day).policy.missed.recalls_without_phone
    if not ticket.has_phone and ticket.recalls < recalls:
        raise Refused("missed-too-early", number=ticket.number, recalls=recalls)
    return _left(window, (TicketMissed(ticket.id, window.number, command.at),), command.at)


def park_ticket(day: QueueDay, command: ParkTicket) -> QueueDecided:
    """挂起. Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile."""
    window = window_of(day, command.window)
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    return _left(window, (TicketParked(ticket.id, window.number, command.why, command.at),), command.at)


def transfer_ticket(day: QueueDay, command: TransferTicket) -> QueueDecided:
    """转窗. A category that the window's floor does not serve is joined on a floor that does.

    Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile, reason-needed, bad-transfer, window-closed.
    """
    window, at = window_of(day, command.window), command.at
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    if not command.why.strip():
        raise Refused("reason-needed")
    line, category = _destination(day, window, command.to, ticket.category)
    event = TicketTransferred(ticket.id, window.number, line, category, command.why, at)
    return _left(window, (event,), at)


def _destination(day: QueueDay, window: Window, to: str, category: str) -> tuple[str, str]:
    """The line, and the category the ticket has there."""
    target = day.windows.get(to)
    if target is not None and target is not window:
        if target.state == CLOSED or target.leaving:
            raise Refused("window-closed", window=to)
        return window_line(to), category
    if to not in day.queues:
        raise Refused("bad-transfer", to=to[:40])
    return line_for(day, to, window.floor), to


def _left(window: Window, events: tuple[QueueEvent, ...], at: int) -> QueueDecided:
    events = (*events, *freed(window, at))
    return Decided(events, freed_reply(window, len(events)))
