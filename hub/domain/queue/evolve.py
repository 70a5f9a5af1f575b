"""What an event changes in the day. Total: it never refuses, and replaying a day's events gives the same day."""

from __future__ import annotations

from typing import assert_never

from hub.domain.queue import events as e
from hub.domain.queue.layout import lay_out, remove_window
from hub.domain.queue.order import issue_key
from hub.domain.queue.state import (
    ABANDONED,
    ACTIVE,
    CALLED,
    CLOSED,
    EXPIRED,
    FAILED,
    FINISHED,
    MISSED,
    NO_PRINT,
    OPEN,
    PARKED,
    PAUSED,
    PENDING,
    PRINTED,
    SERVING,
    UNKNOWN,
    VOID,
    WAITING,
    QueueDay,
    Ticket,
    Window,
)
from hub.domain.queue.wait import learn


def evolve(day: QueueDay, event: e.QueueEvent) -> None:
    """Change ``day`` by one event of its own stream, in stream order. Reads no personal value."""
    match event:
        case e.TicketIssued():
            _issue(day, event)
        case e.TicketCalled():
            _call(day, event)
        case e.ServiceStarted():
            ticket = day.tickets[event.ticket]
            ticket.state = SERVING
            ticket.started_at = event.at
            _touch(day.windows[event.window], event.at)
        case e.ServiceFinished():
            _finish(day, event)
        case e.TicketPrinted():
            _record_print(day.tickets[event.ticket], event.copy, PRINTED)
        case e.VisitRated():
            day.tickets[event.ticket].rating = event.score
        case e.TicketRecalled():
            day.tickets[event.ticket].recalls += 1
            _touch(day.windows[event.window], event.at)
        case e.TicketMissed():
            ticket = _leave(day, event.ticket, event.at)
            ticket.state = MISSED
            ticket.missed_at = event.at
        case e.TicketParked():
            _leave(day, event.ticket, event.at).state = PARKED
        case e.TicketReinstated():
            _reinstate(day, event)
        case e.TicketTransferred():
            ticket = _leave(day, event.ticket, event.at)
            ticket.category = event.category
            ticket.transfers += 1
            _wait_in(day, ticket, event.line, event.at)
        case e.TicketReturned():
            ticket = day.tickets[event.ticket]
            day.lines[ticket.line].remove(ticket.key)
            ticket.line = event.line
            day.lines[event.line].insert(ticket.key, ticket.id)
        case e.PrintFailed():
            _record_print(day.tickets[event.ticket], event.copy, FAILED)
        case e.PrintUnknown():
            _record_print(day.tickets[event.ticket], event.copy, UNKNOWN)
        case e.ReprintOrdered():
            _print_again(day.tickets[event.ticket], event.printer, event.at)
        case e.TicketAbandoned():
            _end(day, event.ticket, ABANDONED, event.at)
        case e.TicketVoided():
            _end(day, event.ticket, VOID, event.at)
        case e.TicketExpired():
            _end(day, event.ticket, EXPIRED, event.at)
        case e.WindowOpened():
            _set_window(day.windows[event.window], OPEN, "", event.at)
        case e.WindowPaused():
            _set_window(day.windows[event.window], PAUSED, event.why, event.at)
        case e.WindowClosed():
            window = day.windows[event.window]
            _set_window(window, CLOSED, event.why, event.at)
            if window.leaving:
                remove_window(day, window)
        case e.ClerkSignedIn():
            window = day.windows[event.window]
            window.clerk = event.clerk
            day.clerks[event.clerk] = event.window
            _touch(window, event.at)
        case e.ClerkSignedOut():
            window = day.windows[event.window]
            window.clerk = None
            day.clerks.pop(event.clerk, None)
            _touch(window, event.at)
        case e.DayOpened() | e.PlanAdopted():
            lay_out(day, event.plan)
        case e.DayClosed():
            day.closed = True
        case _:
            assert_never(event)


def _issue(day: QueueDay, event: e.TicketIssued) -> None:
    key = issue_key(day, event.at, event.priority)
    day.tickets[event.ticket] = Ticket(
        id=event.ticket,
        number=event.number,
        category=event.category,
        line=event.line,
        key=key,
        issued_at=event.at,
        priority=event.priority,
        has_phone=event.phone is not None,
        items=event.items,
        kiosk=event.kiosk,
        printer=event.printer,
        waiting_since=event.at,
        print_state=NO_PRINT if event.printer is None else PENDING,
        told_ahead=event.ahead,
        told_wait=event.wait,
        print_asked_at=event.at,
    )
    day.numbers[event.number] = event.ticket
    day.issued[event.category] = day.issued.get(event.category, 0) + 1
    day.latest_at = max(day.latest_at, event.at)
    day.lines[event.line].insert(key, event.ticket)


def _call(day: QueueDay, event: e.TicketCalled) -> None:
    at = event.at
    ticket, window = day.tickets[event.ticket], day.windows[event.window]
    if ticket.state == WAITING:
        day.lines[ticket.line].remove(ticket.key)
        ticket.waited_ms += max(0, at - ticket.waiting_since)
    ticket.state = CALLED
    ticket.window = event.window
    ticket.clerk = event.clerk
    ticket.called_at = at
    if ticket.first_called_at is None:
        ticket.first_called_at = at
    ticket.started_at = None
    ticket.recalls = 0
    window.active = event.ticket
    _touch(window, at)


def _finish(day: QueueDay, event: e.ServiceFinished) -> None:
    ticket = _leave(day, event.ticket, event.at)
    ticket.state = FINISHED
    ticket.clerk = event.clerk
    ticket.ended_at = event.at
    day.windows[event.window].last_finished = event.ticket
    if ticket.called_at is not None:
        learn(day.pace[ticket.category], event.at - ticket.called_at)


def _reinstate(day: QueueDay, event: e.TicketReinstated) -> None:
    ticket = day.tickets[event.ticket]
    ticket.key = event.key
    ticket.reinstated += 1
    day.reinstatements += 1
    if event.kiosk is not None:
        ticket.kiosk = event.kiosk
    if event.printer is not None:
        _print_again(ticket, event.printer, event.at)
    ticket.told_ahead, ticket.told_wait = event.ahead, event.wait
    _wait_in(day, ticket, event.line, event.at)


def _end(day: QueueDay, ticket_id: str, state: str, at: int) -> None:
    ticket = _leave(day, ticket_id, at)
    ticket.state = state
    ticket.ended_at = at


def _leave(day: QueueDay, ticket_id: str, at: int) -> Ticket:
    """Take the ticket out of its line or off its window; the caller says where it is from now on."""
    ticket = day.tickets[ticket_id]
    if ticket.state == WAITING:
        day.lines[ticket.line].remove(ticket.key)
        ticket.waited_ms += max(0, at - ticket.waiting_since)
    elif ticket.state in ACTIVE and ticket.window is not None:
        window = day.windows[ticket.window]
        window.active = None
        _touch(window, at)
    return ticket


def _wait_in(day: QueueDay, ticket: Ticket, line: str, since: int) -> None:
    ticket.state = WAITING
    ticket.line = line
    ticket.window = ticket.clerk = None
    ticket.waiting_since = since
    day.lines[line].insert(ticket.key, ticket.id)


def _record_print(ticket: Ticket, copy: int, state: str) -> None:
    if copy == ticket.copies:
        ticket.print_state = state
    else:
        earlier = ticket.earlier_prints
        ticket.earlier_prints = (*earlier[:copy], state, *earlier[copy + 1 :])


def _print_again(ticket: Ticket, printer: str, at: int) -> None:
    ticket.print_asked_at = at
    ticket.earlier_prints = (*ticket.earlier_prints, ticket.print_state)
    ticket.copies += 1
    ticket.print_state = PENDING
    ticket.printer = printer


def _set_window(window: Window, state: str, why: str, at: int) -> None:
    window.state = state
    window.why = why
    _touch(window, at)


def _touch(window: Window, at: int) -> None:
    window.version += 1
    window.since = at
