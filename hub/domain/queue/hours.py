"""The business day itself: opened under a plan, given a new one, closed."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.queue.commands import AdoptPlan, CloseDay, FreezeHall, OpenDay, ReleaseHall
from hub.domain.queue.decided import DONE, UNCHANGED, QueueDecided
from hub.domain.queue.events import (
    DayClosed,
    DayOpened,
    HallFrozen,
    HallReleased,
    PlanAdopted,
    QueueEvent,
    TicketExpired,
)
from hub.domain.queue.finding import plan_of
from hub.domain.queue.state import ENDED, QueueDay
from hub.domain.queue.windows import closing_events, returned
from hub.domain.refusals import Refused


def open_day(day: QueueDay, command: OpenDay) -> QueueDecided:
    """Raises ``Refused``: bad-value when the plan is of another date."""
    if command.plan.date != command.day:
        raise Refused("bad-value", field="plan.date", problem=f"{command.plan.date} ≠ {command.day}")
    if day.plan is None:
        return Decided((DayOpened(command.plan, command.at),), DONE)
    _check_date(day, command.plan.date)
    return UNCHANGED


def adopt_plan(day: QueueDay, command: AdoptPlan) -> QueueDecided:
    """A window that the plan lacks closes now, or when its active ticket ends; who waits for it goes back.

    Raises ``Refused``: bad-value when the plan is of another date.
    """
    _check_date(day, command.plan.date)
    if day.plan == command.plan:
        return UNCHANGED
    planned, at = {window.number for window in command.plan.windows}, command.at
    events: list[QueueEvent] = []
    for window in day.windows.values():
        if window.number in planned:
            continue
        events += returned(day, window, at)
        if window.active is None:
            events += closing_events(window, "left the plan", at)
    return Decided((*events, PlanAdopted(command.plan, at)), DONE)


def close_day(day: QueueDay, command: CloseDay) -> QueueDecided:
    """日终清号. A service that nobody finished expires with the rest: no one may claim a press that did not happen."""
    if day.closed:
        return UNCHANGED
    at = command.at
    events: list[QueueEvent] = [
        TicketExpired(ticket.id, at) for ticket in day.tickets.values() if ticket.state not in ENDED
    ]
    for window in day.windows.values():
        events += closing_events(window, command.why, at)
    return Decided((*events, DayClosed(at, command.why)), DONE)


def freeze_hall(day: QueueDay, command: FreezeHall) -> QueueDecided:
    """Raises ``Refused``: reason-needed."""
    if not command.why.strip():
        raise Refused("reason-needed")
    return UNCHANGED if day.frozen == command.why else Decided((HallFrozen(command.why, command.at),), DONE)


def release_hall(day: QueueDay, command: ReleaseHall) -> QueueDecided:
    return UNCHANGED if day.frozen is None else Decided((HallReleased(command.at),), DONE)


def _check_date(day: QueueDay, date: str) -> None:
    opened = plan_of(day).date
    if date != opened:
        raise Refused("bad-value", field="plan.date", problem=f"{date} ≠ {opened}")
