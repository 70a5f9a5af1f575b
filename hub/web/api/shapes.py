"""What the API shows of the day: tickets, windows, queues. Times are RFC 3339 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hub.domain.queue.replies import WaitMinutes
from hub.domain.queue.state import CALLED, OPEN, SERVING, WAITING, QueueDay, Ticket, Window
from hub.domain.queue.wait import outlook, outlook_of_newcomer


@dataclass(frozen=True, slots=True)
class TicketShape:
    """``ahead`` and ``wait_minutes`` as of now, None unless it waits. ``line`` is ``"A/1"`` or ``"@112"``.

    ``todo``: the visit's categories that are not done yet; ``legs``: windows that did a part of it.
    """

    ticket: str
    number: str
    category: str
    line: str
    state: str
    ahead: int | None
    wait_minutes: WaitMinutes | None
    window: str | None
    clerk: str | None
    priority: str | None
    items: tuple[str, ...]
    has_phone: bool
    kiosk: str | None
    printer: str | None
    print_state: str
    copies: int
    recalls: int
    reinstated: int
    transfers: int
    todo: tuple[str, ...]
    legs: int
    escort: bool
    note: str
    rating: int | None
    issued_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActiveShape:
    """The ticket at a window."""

    ticket: str
    number: str
    category: str
    state: str
    recalls: int
    called_at: datetime | None
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class WindowShape:
    """``version`` is what acts name as ``seen``; ``waiting`` counts the tickets that the window may call."""

    window: str
    floor: int
    zone: str
    home: str
    categories: tuple[str, ...]
    state: str
    why: str
    clerk: str | None
    active: ActiveShape | None
    waiting: int
    version: int
    since: datetime


@dataclass(frozen=True, slots=True)
class LineShape:
    """One line of a category; ``wait_minutes`` is what a newcomer would be told, None when no window is open for it."""

    line: str
    waiting: int
    wait_minutes: WaitMinutes | None


@dataclass(frozen=True, slots=True)
class QueueShape:
    """One category of the day."""

    category: str
    zh: str
    en: str
    waiting: int
    issued: int
    longest_wait_minutes: int
    open_windows: int
    lines: tuple[LineShape, ...]


def utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _utc(ms: int | None) -> datetime | None:
    return None if ms is None else utc(ms)


def ticket_shape(day: QueueDay, ticket: Ticket, now: int) -> TicketShape:
    ahead, wait = None, None
    if ticket.state == WAITING and ticket.line in day.rivals:
        told = outlook(day, ticket.line, ticket.lane, ticket.key, now)
        ahead, wait = told.ahead, _minutes(told.wait)
    return TicketShape(
        ticket=ticket.id,
        number=ticket.number,
        category=ticket.category,
        line=ticket.line,
        state=ticket.state,
        ahead=ahead,
        wait_minutes=wait,
        window=ticket.window,
        clerk=ticket.clerk,
        priority=ticket.priority,
        items=ticket.items,
        has_phone=ticket.has_phone,
        kiosk=ticket.kiosk,
        printer=ticket.printer,
        print_state=ticket.print_state,
        copies=ticket.copies,
        recalls=ticket.recalls,
        reinstated=ticket.reinstated,
        transfers=ticket.transfers,
        todo=ticket.todo,
        legs=len(ticket.legs),
        escort=ticket.escort,
        note=ticket.note,
        rating=ticket.rating,
        issued_at=utc(ticket.issued_at),
        called_at=_utc(ticket.called_at),
        started_at=_utc(ticket.started_at),
        ended_at=_utc(ticket.ended_at),
    )


def window_shape(day: QueueDay, window: Window) -> WindowShape:
    ticket = None if window.active is None else day.tickets[window.active]
    return WindowShape(
        window=window.number,
        floor=window.floor,
        zone=window.zone,
        home=window.home,
        categories=window.categories,
        state=window.state,
        why=window.why,
        clerk=window.clerk,
        active=None if ticket is None else _active(ticket),
        waiting=sum(len(day.lines[line]) for line in window.lines if line in day.lines),
        version=window.version,
        since=utc(window.since),
    )


def queue_shapes(day: QueueDay, now: int) -> list[QueueShape]:
    """Every category of the day, in the plan's order."""
    plans = () if day.plan is None else day.plan.queues
    return [_queue(day, plan.letter, plan.zh, plan.en, now) for plan in plans]


def _queue(day: QueueDay, letter: str, zh: str, en: str, now: int) -> QueueShape:
    names = [name for name, line in day.lines.items() if line.letters[:1] == (letter,)]
    waiting = [day.tickets[ticket] for name in names if name in day.lines for ticket in day.lines[name]]
    oldest = min((ticket.waiting_since for ticket in waiting), default=now)
    windows = {number for name in names for number in day.servers.get(name, ()) if day.windows[number].state == OPEN}
    return QueueShape(
        category=letter,
        zh=zh,
        en=en,
        waiting=len(waiting),
        issued=day.issued.get(letter, 0),
        longest_wait_minutes=max(0, now - oldest) // 60_000,
        open_windows=len(windows),
        lines=tuple(_line(day, name, now) for name in names),
    )


def _line(day: QueueDay, name: str, now: int) -> LineShape:
    line = day.lines.get(name)
    told = outlook_of_newcomer(day, name, now)
    return LineShape(name, 0 if line is None else len(line), _minutes(told.wait))


def _active(ticket: Ticket) -> ActiveShape:
    assert ticket.state in (CALLED, SERVING)
    return ActiveShape(
        ticket.id,
        ticket.number,
        ticket.category,
        ticket.state,
        ticket.recalls,
        _utc(ticket.called_at),
        _utc(ticket.started_at),
    )


def _minutes(wait: tuple[int, int] | None) -> WaitMinutes | None:
    return None if wait is None else WaitMinutes(wait[0], wait[1])
