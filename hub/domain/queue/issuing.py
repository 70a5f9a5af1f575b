"""取号 and 补号: how a ticket comes into a line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.decided import Decided
from hub.domain.hall.plan import DayPlan
from hub.domain.queue.commands import ReinstateTicket, TakeTicket
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.events import TicketIssued, TicketReinstated
from hub.domain.queue.finding import plan_of, ticket_of, ticket_reply
from hub.domain.queue.layout import line_for
from hub.domain.queue.order import issue_key, reinstated_key
from hub.domain.queue.state import CALLED, CLOSED, MISSED, WAITING, QueueDay, Ticket
from hub.domain.queue.wait import Outlook, outlook
from hub.domain.refusals import Refused

_MINUTE = 60_000
_CALLED_ALREADY = Outlook(0, (0, 0))


def take_ticket(day: QueueDay, command: TakeTicket) -> QueueDecided:
    """Raises ``Refused``: not-a-working-day, not-open-yet, issuing-stopped, unknown-category, unknown-priority."""
    if command.ticket in day.tickets:
        return _present_place(day, day.tickets[command.ticket], command.at)
    plan = plan_of(day)
    _check_hours(day, plan, command.at)
    category, priority, at = command.category, command.priority, command.at
    if category not in day.queues:
        raise Refused("unknown-category", category=category[:40])
    if priority is not None and priority not in day.credits:
        raise Refused("unknown-priority", priority=priority[:40])
    line = line_for(day, category, command.floor)
    number = f"{category}{day.issued.get(category, 0) + 1:03d}"
    told = outlook(day, line, issue_key(day, at, priority), at)
    issued = TicketIssued(
        ticket=command.ticket,
        number=number,
        category=category,
        line=line,
        at=at,
        priority=priority,
        phone=command.phone,
        items=command.items,
        kiosk=command.kiosk,
        printer=command.printer,
        ahead=told.ahead,
        wait=told.wait,
    )
    return Decided((issued,), ticket_reply(command.ticket, number, told, command.printer))


def _check_hours(day: QueueDay, plan: DayPlan, at: int) -> None:
    if plan.issuing_from is None and plan.closes is None:
        return
    if not plan.working:
        raise Refused("not-a-working-day")
    if plan.issuing_from is not None and at < plan.issuing_from:
        raise Refused("not-open-yet", opens=_clock_time(plan.issuing_from, plan.timezone))
    if plan.closes is not None and at >= plan.closes:
        waiting = sum(len(line) for line in day.lines.values())
        raise Refused("issuing-stopped", closes=_clock_time(plan.closes, plan.timezone), waiting=waiting)


def _clock_time(at: int, timezone: str) -> str:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(timezone)).strftime("%H:%M")


def reinstate_ticket(day: QueueDay, command: ReinstateTicket) -> QueueDecided:
    """A ticket that waits or is called already is answered with its place, so that two taps do it once.

    Raises ``Refused``: unknown-ticket, wrong-state, reinstated-too-often, too-late-to-reinstate.
    """
    ticket, at = ticket_of(day, command.ticket), command.at
    if ticket.state in (WAITING, CALLED):
        return _present_place(day, ticket, at)
    if ticket.state != MISSED:
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    rules = plan_of(day).policy.missed
    if ticket.reinstated >= rules.times:
        raise Refused("reinstated-too-often", number=ticket.number, times=ticket.reinstated)
    missed_at = at if ticket.missed_at is None else ticket.missed_at
    if rules.within_minutes is not None and at - missed_at > rules.within_minutes * _MINUTE:
        raise Refused("too-late-to-reinstate", number=ticket.number, minutes=rules.within_minutes)
    line = _line_again(day, ticket)
    key = reinstated_key(day, ticket, day.lines[line], rules.insert_after)
    told = outlook(day, line, key, at)
    event = TicketReinstated(
        ticket=ticket.id,
        line=line,
        key=key,
        at=at,
        kiosk=command.kiosk,
        printer=command.printer,
        ahead=told.ahead,
        wait=told.wait,
        copy=0 if command.printer is None else ticket.copies + 1,
    )
    return Decided((event,), ticket_reply(ticket.id, ticket.number, told, command.printer))


def _line_again(day: QueueDay, ticket: Ticket) -> str:
    """Its last line; a window's own only while that window works."""
    if not ticket.line.startswith("@"):
        return ticket.line
    window = day.windows.get(ticket.line[1:])
    if window is not None and window.state != CLOSED and not window.leaving:
        return ticket.line
    return line_for(day, ticket.category, 1 if window is None else window.floor)


def _present_place(day: QueueDay, ticket: Ticket, at: int) -> QueueDecided:
    told = outlook(day, ticket.line, ticket.key, at) if ticket.state == WAITING else _CALLED_ALREADY
    return Decided((), ticket_reply(ticket.id, ticket.number, told, None))
