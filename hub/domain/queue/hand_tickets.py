"""手写号: pre-printed tickets given out while even the hub was dead, entered afterwards with their times."""

from __future__ import annotations

import re

from hub.domain.decided import Decided
from hub.domain.queue.commands import EnterHandTicket
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.events import HandTicketEntered
from hub.domain.queue.finding import check_priority, plan_of, ticket_reply, window_of
from hub.domain.queue.layout import line_for
from hub.domain.queue.lines import ORDINARY
from hub.domain.queue.state import QueueDay, Ticket
from hub.domain.queue.wait import Outlook, outlook
from hub.domain.refusals import Refused

NUMBER = re.compile(r"[A-Z]{1,2}[0-9]{3,6}")
DAY_MS = 24 * 3_600_000
_SERVED = Outlook(0, (0, 0))


def enter_hand_ticket(day: QueueDay, command: EnterHandTicket) -> QueueDecided:
    """The same number entered again as it was is answered as before; otherwise it collides.

    A served one may be entered after the day was closed. Raises ``Refused``: bad-value, unknown-category,
    unknown-priority, unknown-window, number-taken, day-closed.
    """
    number = command.number.strip().upper()
    if not NUMBER.fullmatch(number):
        raise Refused("bad-value", field="number", problem="A001, XA001")
    if command.category not in day.queues:
        raise Refused("unknown-category", category=command.category[:40])
    check_priority(day, command.priority)
    served = _check_times(command, plan_of(day).ends - DAY_MS)
    if command.window is not None:
        window_of(day, command.window)
    taken = day.numbers.get(number)
    if taken is not None:
        known = day.tickets[taken]
        if known.hand and _entered(known) == _asked(command):
            return Decided((), ticket_reply(known.id, number, _SERVED, None, None))
        raise Refused("number-taken", number=number)
    if day.closed and not served:
        raise Refused("day-closed")
    line = line_for(day, command.category, command.floor)
    lane = command.priority or ORDINARY
    told = _SERVED if served else outlook(day, line, lane, (command.taken_at, len(day.tickets), 0), command.at)
    event = HandTicketEntered(
        ticket=command.ticket,
        number=number,
        category=command.category,
        line=line,
        priority=command.priority,
        taken_at=command.taken_at,
        at=command.at,
        window=command.window,
        clerk=command.clerk,
        called_at=command.called_at,
        finished_at=command.finished_at,
    )
    return Decided((event,), ticket_reply(command.ticket, number, told, None, day.lines[line].floor))


def _entered(known: Ticket) -> tuple[object, ...]:
    """What tells one hand ticket from another of its number."""
    times = (known.issued_at, known.called_at, known.ended_at)
    return (known.category, known.priority, known.window, *times)


def _asked(command: EnterHandTicket) -> tuple[object, ...]:
    times = (command.taken_at, command.called_at, command.finished_at)
    return (command.category, command.priority, command.window, *times)


def _check_times(command: EnterHandTicket, begins: int) -> bool:
    """Whether it was served; one that waits was taken today. Raises ``Refused("bad-value")``."""
    named = (command.window, command.called_at, command.finished_at)
    served = command.finished_at is not None
    if any((value is not None) != served for value in named):
        raise Refused("bad-value", field="finished_at", problem="window + called_at + finished_at")
    times = [("taken_at", command.taken_at), ("called_at", command.called_at), ("finished_at", command.finished_at)]
    earlier = begins if not served else 0
    for field, value in times:
        if value is None:
            continue
        if not earlier <= value <= command.at:
            raise Refused("bad-value", field=field, problem="时间不对 / not in order")
        earlier = value
    return served
