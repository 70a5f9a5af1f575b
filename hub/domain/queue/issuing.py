"""取号 and 补号: how a ticket comes into a line."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.hall.plan import DayPlan
from hub.domain.queue.capacity import capacity
from hub.domain.queue.commands import ReinstateTicket, TakeTicket
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.events import TicketIssued, TicketReinstated
from hub.domain.queue.finding import check_not_frozen, check_priority, clock_time, plan_of, ticket_of, ticket_reply
from hub.domain.queue.itinerary import line_of_visit
from hub.domain.queue.layout import category_line, line_for
from hub.domain.queue.lines import APPOINTMENT, ORDINARY
from hub.domain.queue.order import MINUTE, issue_key, reinstated_key
from hub.domain.queue.state import CALLED, CLOSED, MISSED, WAITING, QueueDay, Ticket
from hub.domain.queue.wait import Outlook, outlook
from hub.domain.refusals import Refused

_CALLED_ALREADY = Outlook(0, (0, 0))


def take_ticket(day: QueueDay, command: TakeTicket) -> QueueDecided:
    """Of a booking: its place was kept, however full the day is.

    Raises ``Refused``: hall-frozen, not-a-working-day, not-open-yet, issuing-stopped, unknown-category,
    unknown-priority, too-early-to-check-in, capacity-reached.
    """
    if command.ticket in day.tickets:
        return _present_place(day, day.tickets[command.ticket], command.at)
    plan = plan_of(day)
    check_not_frozen(day)
    _check_hours(day, plan, command.at)
    category, at = command.category, command.at
    also = tuple(letter for letter in dict.fromkeys(command.also) if letter != category)
    for letter in (category, *also):
        if letter not in day.queues:
            raise Refused("unknown-category", category=letter[:40])
    check_priority(day, command.priority)
    lane, since = _place_in_time(day, plan, command)
    line, first = line_of_visit(day, (category, *also), command.floor)
    known = line if line in day.lines else category_line(first, int(line.rpartition("/")[2]))
    told = outlook(day, known, lane, (since, len(day.tickets), 0), at)
    late = plan.capacity != "ignore" and capacity(day, known, at) == 0
    if late and plan.capacity == "stop" and command.booking is None:
        raise Refused("capacity-reached", closes=clock_time(plan.closes or at, plan.timezone), ahead=told.ahead)
    number = _number(day, category)
    issued = TicketIssued(
        ticket=command.ticket,
        number=number,
        category=first,
        line=line,
        at=at,
        priority=command.priority,
        phone=command.phone,
        items=command.items,
        kiosk=command.kiosk,
        printer=command.printer,
        ahead=told.ahead,
        wait=told.wait,
        also=tuple(letter for letter in (category, *also) if letter != first),
        lane=lane,
        since=since,
        slot=command.slot,
        booking=command.booking,
        escort=command.escort,
        note=command.note,
        late=late,
    )
    reply = ticket_reply(command.ticket, number, told, command.printer, day.lines[known].floor, late)
    return Decided((issued,), reply)


def _number(day: QueueDay, category: str) -> str:
    """The next number of the category that no hand ticket has taken."""
    count = day.last_number.get(category, 0) + 1
    while (number := f"{category}{count:03d}") in day.numbers:
        count += 1
    return number


def _place_in_time(day: QueueDay, plan: DayPlan, command: TakeTicket) -> tuple[str, int]:
    """The lane, and since when it counts: an appointment in time since its slot, where that is the better place."""
    lane, since = command.priority or ORDINARY, issue_key(day, command.at)[0]
    slot = command.slot
    if slot is None:
        return lane, since
    rules = plan.policy.appointment
    if command.at < slot - rules.early_minutes * MINUTE:
        opens = clock_time(slot - rules.early_minutes * MINUTE, plan.timezone)
        raise Refused("too-early-to-check-in", opens=opens)
    in_time = command.at <= slot + rules.grace_minutes * MINUTE
    if in_time and slot - day.credits[APPOINTMENT] < since - day.credits.get(lane, 0):
        return APPOINTMENT, slot
    return lane, since


def _check_hours(day: QueueDay, plan: DayPlan, at: int) -> None:
    if plan.issuing_from is None and plan.closes is None:
        return
    if not plan.working:
        raise Refused("not-a-working-day")
    if plan.issuing_from is not None and at < plan.issuing_from:
        raise Refused("not-open-yet", opens=clock_time(plan.issuing_from, plan.timezone))
    if plan.closes is not None and at >= plan.closes:
        waiting = sum(len(line) for line in day.lines.values())
        raise Refused("issuing-stopped", closes=clock_time(plan.closes, plan.timezone), waiting=waiting)


def reinstate_ticket(day: QueueDay, command: ReinstateTicket) -> QueueDecided:
    """A ticket that waits or is called already is answered with its place, so that two taps do it once.

    Raises ``Refused``: unknown-ticket, wrong-state, hall-frozen, reinstated-too-often, too-late-to-reinstate.
    """
    ticket, at = ticket_of(day, command.ticket), command.at
    if ticket.state in (WAITING, CALLED):
        return _present_place(day, ticket, at)
    if ticket.state != MISSED:
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    check_not_frozen(day)
    rules = plan_of(day).policy.missed
    if ticket.reinstated >= rules.times:
        raise Refused("reinstated-too-often", number=ticket.number, times=ticket.reinstated)
    missed_at = at if ticket.missed_at is None else ticket.missed_at
    if rules.within_minutes is not None and at - missed_at > rules.within_minutes * MINUTE:
        raise Refused("too-late-to-reinstate", number=ticket.number, minutes=rules.within_minutes)
    name = _line_again(day, ticket)
    line = day.lines[name]
    key = reinstated_key(day, ticket, line, rules.insert_after)
    told = outlook(day, name, ticket.lane, key, at)
    event = TicketReinstated(
        ticket=ticket.id,
        line=name,
        key=key,
        at=at,
        kiosk=command.kiosk,
        printer=command.printer,
        ahead=told.ahead,
        wait=told.wait,
        copy=0 if command.printer is None else ticket.copies + 1,
    )
    return Decided((event,), ticket_reply(ticket.id, ticket.number, told, command.printer, line.floor))


def _line_again(day: QueueDay, ticket: Ticket) -> str:
    """Its last line; a window's own only while that window works."""
    if not ticket.line.startswith("@"):
        return ticket.line
    window = day.windows.get(ticket.line[1:])
    if window is not None and window.state != CLOSED and not window.leaving:
        return ticket.line
    return line_for(day, ticket.category, 1 if window is None else window.floor)


def _present_place(day: QueueDay, ticket: Ticket, at: int) -> QueueDecided:
    waits = ticket.state == WAITING
    told = outlook(day, ticket.line, ticket.lane, ticket.key, at) if waits else _CALLED_ALREADY
    line = day.lines.get(ticket.line)
    return Decided((), ticket_reply(ticket.id, ticket.number, told, None, None if line is None else line.floor))
