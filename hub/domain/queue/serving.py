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
    LegFinished,
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
    check_not_frozen,
    check_seen,
    freed,
    freed_reply,
    plan_of,
    ticket_of,
    window_of,
    window_reply,
)
from hub.domain.queue.itinerary import left_after, line_of_visit
from hub.domain.queue.layout import able, line_for, window_line
from hub.domain.queue.order import MINUTE, NAMED, next_choice
from hub.domain.queue.state import (
    CALLED,
    CLOSED,
    MISSED,
    OPEN,
    PARKED,
    PAUSED,
    SERVING,
    WAITING,
    QueueDay,
    Ticket,
    Window,
)
from hub.domain.refusals import Refused

WRONG_NUMBER = "取错号"
"""The reason that counts against 取号准确率, also in words."""


def call_next(day: QueueDay, command: CallNext) -> QueueDecided:
    """The active ticket if there is one, whatever was seen: a double tap calls once. A closed window opens.

    Raises ``Refused``: unknown-window, window-paused, hall-frozen, changed-meanwhile, window-without-skills.
    """
    window, at = window_of(day, command.window), command.at
    if window.active is not None:
        return Decided((), window_reply(window, 0, day.tickets[window.active]))
    if window.state == PAUSED:
        raise Refused("window-paused", window=window.number)
    check_not_frozen(day)
    check_seen(window, command.seen)
    events: tuple[QueueEvent, ...] = () if window.state == OPEN else (WindowOpened(window.number, at),)
    choice = next_choice(day, window, at)
    if choice is None:
        if not window.leaving and not able(day, window):
            raise Refused("window-without-skills", window=window.number)
        return Decided(events, window_reply(window, len(events), None, OPEN))
    called = TicketCalled(choice.ticket.id, window.number, window.clerk, at, choice.rule)
    return Decided((*events, called), window_reply(window, len(events) + 1, choice.ticket, OPEN))


def call_ticket(day: QueueDay, command: CallTicket) -> QueueDecided:
    """One named ticket out of turn; of any category, because a person decided it.

    Raises ``Refused``: unknown-window, unknown-ticket, window-busy, window-closed, window-paused, hall-frozen,
    changed-meanwhile, wrong-state.
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
    check_not_frozen(day)
    check_seen(window, command.seen)
    if ticket.state not in (WAITING, PARKED, MISSED):
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    called = TicketCalled(ticket.id, window.number, window.clerk, command.at, NAMED)
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
    """With items left for other windows the visit goes on, with its number and its place in time.

    Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile, bad-value.
    """
    window, at = window_of(day, command.window), command.at
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    done = _done_here(day, window, ticket, command.done)
    todo = left_after(ticket.todo, done)
    if todo:
        line, category = line_of_visit(day, todo, window.floor)
        end: QueueEvent = LegFinished(ticket.id, window.number, window.clerk, done, line, category, at)
    else:
        end = ServiceFinished(ticket.id, window.number, window.clerk, at)
    if ticket.state == CALLED:
        return _left(window, (ServiceStarted(ticket.id, window.number, at), end), at)
    return _left(window, (end,), at)


def _done_here(day: QueueDay, window: Window, ticket: Ticket, said: tuple[str, ...] | None) -> tuple[str, ...]:
    """What the clerk says was done, else what the window may serve; a call by name does what it was called for."""
    if said is not None:
        for letter in said:
            if letter not in ticket.todo:
                raise Refused("bad-value", field="done", problem=f"{letter[:40]} ∉ {'+'.join(ticket.todo)}")
        if said:
            return tuple(dict.fromkeys(said))
    served = able(day, window)
    return tuple(letter for letter in ticket.todo if letter in served) or (ticket.category,)


def miss_ticket(day: QueueDay, command: MissTicket) -> QueueDecided:
    """过号, only before the start was pressed.

    A ticket without a phone is never missed by the clock, and only after its recalls and an attendant's look.
    Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile, service-started, missed-too-early,
    look-first, not-by-the-clock.
    """
    window = window_of(day, command.window)
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    if ticket.state == SERVING:
        raise Refused("service-started", number=ticket.number)
    rules = plan_of(day).policy.missed
    if command.by_clock and not _time_is_over(day, ticket, rules.after_minutes, command):
        raise Refused("not-by-the-clock", number=ticket.number)
    if not ticket.has_phone:
        if ticket.recalls < rules.recalls_without_phone:
            raise Refused("missed-too-early", number=ticket.number, recalls=rules.recalls_without_phone)
        called_at = ticket.called_at or 0
        if rules.look_without_phone and (ticket.looked_at is None or ticket.looked_at < called_at):
            raise Refused("look-first", number=ticket.number)
    return _left(window, (TicketMissed(ticket.id, window.number, command.at),), command.at)


def _time_is_over(day: QueueDay, ticket: Ticket, after_minutes: int | None, command: MissTicket) -> bool:
    due = missed_at(day, ticket, after_minutes)
    return due is not None and command.at >= due and command.ticket in (None, ticket.id)


def missed_at(day: QueueDay, ticket: Ticket, after_minutes: int | None) -> int | None:
    """When the clock alone makes a called ticket missed (ms); None: it never does. A release gives the time again."""
    if after_minutes is None or ticket.state != CALLED or not ticket.has_phone or ticket.called_at is None:
        return None
    return max(ticket.called_at, ticket.recalled_at or 0, day.released_at) + after_minutes * MINUTE


def park_ticket(day: QueueDay, command: ParkTicket) -> QueueDecided:
    """挂起. Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile."""
    window = window_of(day, command.window)
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    return _left(window, (TicketParked(ticket.id, window.number, command.why, command.at),), command.at)


def transfer_ticket(day: QueueDay, command: TransferTicket) -> QueueDecided:
    """转窗. A category that the window's floor does not serve is joined on a floor that does.

    Raises ``Refused``: unknown-window, no-active-ticket, changed-meanwhile, reason-needed, transferred-too-often,
    bad-transfer, window-closed.
    """
    window, at = window_of(day, command.window), command.at
    check_seen(window, command.seen)
    ticket = active_of(day, window)
    if not command.why.strip():
        raise Refused("reason-needed")
    most = plan_of(day).policy.transfers
    if most and ticket.transfers >= most:
        raise Refused("transferred-too-often", number=ticket.number, times=ticket.transfers)
    line, category = _destination(day, window, command.to, ticket.category)
    wrong = command.wrong or command.why.strip() == WRONG_NUMBER
    event = TicketTransferred(ticket.id, window.number, line, category, command.why, at, wrong)
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
