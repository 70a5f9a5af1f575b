"""What an event changes in the day. Total: it never refuses, and replaying a day's events gives the same day."""

from __future__ import annotations

from typing import assert_never

from hub.domain.queue import events as e
from hub.domain.queue.itinerary import left_after
from hub.domain.queue.layout import connect, ensure_line, lay_out, remove_window
from hub.domain.queue.lines import ORDINARY
from hub.domain.queue.order import issue_key, passed_after
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
    Leg,
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
            ticket = day.tickets[event.ticket]
            ticket.recalls += 1
            ticket.recalled_at = event.at
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
            ticket.todo = (event.category, *left_after(ticket.todo, (ticket.category, event.category)))
            ticket.category = event.category
            ticket.transfers += 1
            ticket.wrong_number = ticket.wrong_number or event.wrong
            _wait_in(day, ticket, event.line, event.at)
        case e.LegFinished():
            _finish_leg(day, event)
        case e.HandTicketEntered():
            _enter(day, event)
        case e.TicketFlagged():
            ticket = day.tickets[event.ticket]
            ticket.escort, ticket.note = event.escort, event.note
        case e.AbsenceConfirmed():
            day.tickets[event.ticket].looked_at = event.at
        case e.TicketReturned():
            ticket = day.tickets[event.ticket]
            day.lines[ticket.line].remove(ticket.lane, ticket.key)
            ticket.line = event.line
            ensure_line(day, event.line).insert(ticket.lane, ticket.key, ticket.id)
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
            _seat(day, window, event.clerk, event.at)
            day.clerks[event.clerk] = event.window
        case e.ClerkSignedOut():
            day.clerks.pop(event.clerk, None)
            _seat(day, day.windows[event.window], None, event.at)
        case e.WindowReskilled():
            _reskill(day, day.windows[event.window], event.categories, event.until, event.at)
        case e.SkillsRestored():
            window = day.windows[event.window]
            _reskill(day, window, window.planned, None, event.at)
        case e.HallFrozen():
            day.frozen = event.why
        case e.HallReleased():
            day.frozen, day.released_at = None, event.at
        case e.DayOpened() | e.PlanAdopted():
            lay_out(day, event.plan)
        case e.DayClosed():
            day.closed = True
        case _:
            assert_never(event)


def _issue(day: QueueDay, event: e.TicketIssued) -> None:
    since, rank, place = issue_key(day, event.at)
    key = (since if event.since is None else event.since, rank, place)
    lane = (event.priority or ORDINARY) if event.lane is None else event.lane
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
        lane=lane,
        todo=(event.category, *event.also),
        slot=event.slot,
        escort=event.escort,
        note=event.note,
        late=event.late,
    )
    day.numbers[event.number] = event.ticket
    letter = event.number[0]
    day.issued[letter] = day.issued.get(letter, 0) + 1
    day.last_number[letter] = int(event.number[1:])
    day.latest_at = max(day.latest_at, event.at)
    ensure_line(day, event.line).insert(lane, key, event.ticket)


def _enter(day: QueueDay, event: e.HandTicketEntered) -> None:
    lane = event.priority or ORDINARY
    key = (event.taken_at, len(day.tickets), 0)
    ticket = day.tickets[event.ticket] = Ticket(
        id=event.ticket,
        number=event.number,
        category=event.category,
        line=event.line,
        key=key,
        issued_at=event.taken_at,
        priority=event.priority,
        has_phone=False,
        items=(),
        kiosk=None,
        printer=None,
        waiting_since=event.taken_at,
        lane=lane,
        todo=(event.category,),
        hand=True,
    )
    day.numbers[event.number] = event.ticket
    if event.called_at is None or event.finished_at is None:
        ensure_line(day, event.line).insert(lane, key, event.ticket)
        return
    ticket.state = FINISHED
    ticket.window, ticket.clerk = event.window, event.clerk
    ticket.called_at = ticket.first_called_at = ticket.started_at = event.called_at
    ticket.ended_at = event.finished_at
    ticket.waited_ms = event.called_at - event.taken_at
    ticket.todo = ()


def _call(day: QueueDay, event: e.TicketCalled) -> None:
    at = event.at
    ticket, window = day.tickets[event.ticket], day.windows[event.window]
    if ticket.state == WAITING:
        day.lines[ticket.line].remove(ticket.lane, ticket.key)
        ticket.waited_ms += max(0, at - ticket.waiting_since)
    ticket.state = CALLED
    ticket.window = event.window
    ticket.clerk = event.clerk
    ticket.called_at = at
    if ticket.first_called_at is None:
        ticket.first_called_at = at
    ticket.started_at = None
    ticket.recalls = 0
    ticket.recalled_at = None
    window.active = event.ticket
    window.passed = passed_after(window.passed, event.rule)
    _touch(window, at)


def _finish(day: QueueDay, event: e.ServiceFinished) -> None:
    ticket = _leave(day, event.ticket, event.at)
    ticket.state = FINISHED
    ticket.clerk = event.clerk
    ticket.ended_at = event.at
    ticket.todo = ()
    day.windows[event.window].last_finished = event.ticket
    if ticket.called_at is not None:
        learn(day.pace[ticket.category], event.at - ticket.called_at)


def _finish_leg(day: QueueDay, event: e.LegFinished) -> None:
    ticket = _leave(day, event.ticket, event.at)
    called_at = event.at if ticket.called_at is None else ticket.called_at
    learn(day.pace[ticket.category], event.at - called_at)
    leg = Leg(event.window, event.clerk, event.done, ticket.waited_ms, called_at, ticket.started_at, event.at)
    ticket.legs = (*ticket.legs, leg)
    ticket.waited_ms = 0
    ticket.category = event.category
    ticket.todo = (event.category, *left_after(ticket.todo, (*event.done, event.category)))
    _wait_in(day, ticket, event.line, event.at)


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
        day.lines[ticket.line].remove(ticket.lane, ticket.key)
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
    ensure_line(day, line).insert(ticket.lane, ticket.key, ticket.id)


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


def _seat(day: QueueDay, window: Window, clerk: str | None, at: int) -> None:
    limited = window.clerk in day.skills or clerk in day.skills
    window.clerk = clerk
    if limited:
        connect(day)
    _touch(window, at)


def _reskill(day: QueueDay, window: Window, categories: tuple[str, ...], until: int | None, at: int) -> None:
    window.categories, window.until = categories, until
    connect(day)
    _touch(window, at)


def _set_window(window: Window, state: str, why: str, at: int) -> None:
    window.state = state
    window.why = why
    _touch(window, at)


def _touch(window: Window, at: int) -> None:
    window.version += 1
    window.since = at
