"""What happens to a ticket away from its window: given up, made void, printed, rated."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.queue.commands import (
    AbandonTicket,
    ConfirmAbsence,
    FlagTicket,
    RateVisit,
    RecordPrint,
    ReprintTicket,
    VoidTicket,
)
from hub.domain.queue.decided import DONE, UNCHANGED, QueueDecided
from hub.domain.queue.events import (
    AbsenceConfirmed,
    PrintFailed,
    PrintUnknown,
    QueueEvent,
    ReprintOrdered,
    TicketAbandoned,
    TicketFlagged,
    TicketPrinted,
    TicketVoided,
    VisitRated,
)
from hub.domain.queue.finding import freed, ticket_of
from hub.domain.queue.state import (
    ACTIVE,
    CALLED,
    ENDED,
    FAILED,
    FINISHED,
    MISSED,
    NO_PRINT,
    PARKED,
    PENDING,
    PRINTED,
    UNKNOWN,
    WAITING,
    QueueDay,
    Ticket,
)
from hub.domain.refusals import Refused


def abandon_ticket(day: QueueDay, command: AbandonTicket) -> QueueDecided:
    """弃号; a called ticket frees its window. Raises ``Refused``: unknown-ticket, wrong-state."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state not in (WAITING, MISSED, PARKED, CALLED):
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    return _ended(day, ticket, TicketAbandoned(ticket.id, command.why, command.at), command.at)


def void_ticket(day: QueueDay, command: VoidTicket) -> QueueDecided:
    """作废. Raises ``Refused``: unknown-ticket, wrong-state, reason-needed."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    if not command.why.strip():
        raise Refused("reason-needed")
    return _ended(day, ticket, TicketVoided(ticket.id, command.why, command.at), command.at)


LONGEST_NOTE = 60


def flag_ticket(day: QueueDay, command: FlagTicket) -> QueueDecided:
    """Raises ``Refused``: unknown-ticket, wrong-state, bad-value."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    if command.note is not None and len(command.note) > LONGEST_NOTE:
        raise Refused("bad-value", field="note", problem=f"≤ {LONGEST_NOTE}")
    escort = ticket.escort if command.escort is None else command.escort
    note = ticket.note if command.note is None else command.note
    if (escort, note) == (ticket.escort, ticket.note):
        return UNCHANGED
    return Decided((TicketFlagged(ticket.id, escort, note, command.at),), DONE)


def confirm_absence(day: QueueDay, command: ConfirmAbsence) -> QueueDecided:
    """An attendant's look, once a call. Raises ``Refused``: unknown-ticket, wrong-state."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state != CALLED:
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    if ticket.looked_at is not None and ticket.looked_at >= (ticket.called_at or 0):
        return UNCHANGED
    return Decided((AbsenceConfirmed(ticket.id, command.at),), DONE)


def _ended(day: QueueDay, ticket: Ticket, event: QueueEvent, at: int) -> QueueDecided:
    if ticket.state in ACTIVE and ticket.window is not None:
        return Decided((event, *freed(day.windows[ticket.window], at)), DONE)
    return Decided((event,), DONE)


def record_print(day: QueueDay, command: RecordPrint) -> QueueDecided:
    """The first report of a copy counts; only an unknown one may still turn out printed or failed.

    Raises ``Refused``: unknown-ticket, bad-value.
    """
    ticket, copy, state = ticket_of(day, command.ticket), command.copy, command.state
    if not 0 <= copy <= ticket.copies:
        raise Refused("bad-value", field="copy", problem=f"0..{ticket.copies}")
    if state not in (PRINTED, FAILED, UNKNOWN):
        raise Refused("bad-value", field="state", problem="printed, failed, unknown")
    known = ticket.print_state if copy == ticket.copies else ticket.earlier_prints[copy]
    if known not in (NO_PRINT, PENDING, UNKNOWN) or known == state:
        return UNCHANGED
    if state == PRINTED:
        return Decided((TicketPrinted(ticket.id, copy, command.at),), DONE)
    if state == FAILED:
        return Decided((PrintFailed(ticket.id, copy, command.at, command.reason),), DONE)
    return Decided((PrintUnknown(ticket.id, copy, command.at, command.reason),), DONE)


def reprint_ticket(day: QueueDay, command: ReprintTicket) -> QueueDecided:
    """补打. Raises ``Refused``: unknown-ticket, wrong-state."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", number=ticket.number, state=ticket.state)
    return Decided((ReprintOrdered(ticket.id, ticket.copies + 1, command.printer, command.at),), DONE)


def rate_visit(day: QueueDay, command: RateVisit) -> QueueDecided:
    """评价. Raises ``Refused``: unknown-ticket, bad-value, already-rated, nothing-to-rate."""
    ticket = ticket_of(day, command.ticket)
    if not 1 <= command.score <= 5:
        raise Refused("bad-value", field="score", problem="1..5")
    if ticket.rating is not None:
        raise Refused("already-rated")
    if ticket.state != FINISHED or ticket.window is None:
        raise Refused("nothing-to-rate")
    return Decided((VisitRated(ticket.id, ticket.window, ticket.clerk, command.score, command.at),), DONE)
