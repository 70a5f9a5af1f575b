"""Finding what a command names in the day, or refusing it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.hall.plan import DayPlan
from hub.domain.queue.events import ClerkSignedOut, QueueEvent, WindowClosed
from hub.domain.queue.lines import APPOINTMENT
from hub.domain.queue.replies import TicketReply, WaitMinutes, WindowReply
from hub.domain.queue.state import CLOSED, QueueDay, Ticket, Window
from hub.domain.queue.wait import Outlook
from hub.domain.refusals import Refused


def plan_of(day: QueueDay) -> DayPlan:
    """Raises ``Refused("day-not-open")``."""
    if day.plan is None:
        raise Refused("day-not-open")
    return day.plan


def window_of(day: QueueDay, number: str) -> Window:
    """Raises ``Refused("unknown-window")``."""
    window = day.windows.get(number)
    if window is None:
        raise Refused("unknown-window", window=number)
    return window


def ticket_of(day: QueueDay, ticket: str) -> Ticket:
    """By ticket id, or by number as people type it. Raises ``Refused("unknown-ticket")``."""
    found = day.tickets.get(ticket)
    if found is None:
        by_number = day.numbers.get(ticket.strip().upper())
        if by_number is None:
            raise Refused("unknown-ticket", number=ticket[:40])
        found = day.tickets[by_number]
    return found


def active_of(day: QueueDay, window: Window) -> Ticket:
    """Raises ``Refused("no-active-ticket")``."""
    if window.active is None:
        raise Refused("no-active-ticket", window=window.number)
    return day.tickets[window.active]


def check_seen(window: Window, seen: int | None) -> None:
    """Raises ``Refused("changed-meanwhile")`` when the person looked at an older version of the window."""
    if seen is not None and seen < window.version:
        raise Refused("changed-meanwhile", window=window.number)


def freed(window: Window, at: int) -> tuple[QueueEvent, ...]:
    """What follows when the window's active ticket leaves it: one that the plan no longer has closes."""
    if not window.leaving:
        return ()
    closed = WindowClosed(window.number, "left the plan", at)
    return (closed,) if window.clerk is None else (ClerkSignedOut(window.number, window.clerk, at), closed)


def window_reply(window: Window, touched: int, ticket: Ticket | None, state: str | None = None) -> WindowReply:
    """The window after ``touched`` more events on it, with its active ticket and state by then."""
    return WindowReply(
        number=None if ticket is None else ticket.number,
        ticket=None if ticket is None else ticket.id,
        window=window.number,
        state=state or window.state,
        version=window.version + touched,
    )


def freed_reply(window: Window, touched: int) -> WindowReply:
    """The window without a ticket, after ``touched`` events on it, those of ``freed`` among them."""
    return window_reply(window, touched, None, CLOSED if window.leaving else None)


def ticket_reply(
    ticket: str, number: str, told: Outlook, printer: str | None, floor: int | None, late: bool = False
) -> TicketReply:
    wait = None if told.wait is None else WaitMinutes(*told.wait)
    return TicketReply(ticket, number, told.ahead, wait, printer, floor, late)


def check_priority(day: QueueDay, priority: str | None) -> None:
    """A visitor's class; the lane of appointments is none. Raises ``Refused("unknown-priority")``."""
    if priority is not None and (priority == APPOINTMENT or priority not in day.credits):
        raise Refused("unknown-priority", priority=priority[:40])


def check_not_frozen(day: QueueDay) -> None:
    """Raises ``Refused("hall-frozen")``."""
    if day.frozen is not None:
        raise Refused("hall-frozen", why=day.frozen)


def clock_time(at: int, timezone: str) -> str:
    """A moment as people read it, ``17:00``."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(timezone)).strftime("%H:%M")
