"""A window's console: who is in front of me, who is next and why, how long they waited."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.order import upcoming
from hub.domain.queue.state import MISSED, OPEN, PARKED, PAUSED, SERVING, QueueDay, Ticket, Window
from hub.views.aside import Aside
from hub.views.words import TICKET, WINDOW, Words, flags, minutes, of

NEXT = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """The active ticket. ``since``: when it was called or its service started, ms; ``waited``: minutes."""

    ticket: str
    number: str
    category: str
    zh: str
    en: str
    state: str
    words: Words
    since: int
    waited: int
    recalls: int
    items: tuple[str, ...]
    flags: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket in a list; ``waited``: minutes waited so far (or until it was set aside)."""

    ticket: str
    number: str
    category: str
    zh: str
    en: str
    waited: int
    flags: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Console:
    """``act``: what Space does now: ``call-next``, ``start``, ``finish``, ``open`` or None. ``why``: of the first."""

    window: str
    floor: int
    version: int
    state: str
    words: Words
    because: str
    clerk: str | None
    home: Words
    visit: Visit | None
    act: str | None
    waiting: int
    next: tuple[Standing, ...]
    why: tuple[Words, ...]
    parked: tuple[Standing, ...]
    missed: tuple[Standing, ...]


def console(day: QueueDay, number: str, aside: Aside, now: int) -> Console | None:
    """The console of a window at ``now``; None when today has no such window."""
    window = day.windows.get(number)
    if window is None:
        return None
    active = None if window.active is None else day.tickets[window.active]
    first = upcoming(day, window, now, NEXT)
    return Console(
        window=number,
        floor=window.floor,
        version=window.version,
        state=window.state,
        words=of(WINDOW, window.state),
        because=window.why,
        clerk=window.clerk,
        home=category(day, window.home),
        visit=None if active is None else _visit(day, active),
        act=_act(window, active),
        waiting=sum(len(day.lines[line]) for line in window.lines),
        next=tuple(_standing(day, ticket, now) for ticket in first),
        why=_why(day, window, first[0], now) if first else (),
        parked=tuple(_standing(day, ticket, now) for ticket in aside.at(day, number, PARKED)),
        missed=tuple(_standing(day, ticket, now) for ticket in aside.at(day, number, MISSED)),
    )


def category(day: QueueDay, letter: str) -> Words:
    queue = day.queues.get(letter)
    return Words(letter, letter) if queue is None else Words(queue.zh, queue.en)


def _act(window: Window, active: Ticket | None) -> str | None:
    if active is not None:
        return "finish" if active.state == SERVING else "start"
    if window.state == OPEN:
        return "call-next"
    return "open" if window.state == PAUSED or not window.leaving else None


def _visit(day: QueueDay, ticket: Ticket) -> Visit:
    named = category(day, ticket.category)
    since = ticket.started_at if ticket.started_at is not None else ticket.called_at
    return Visit(
        ticket=ticket.id,
        number=ticket.number,
        category=ticket.category,
        zh=named.zh,
        en=named.en,
        state=ticket.state,
        words=of(TICKET, ticket.state),
        since=since or 0,
        waited=ticket.waited_ms // 60_000,
        recalls=ticket.recalls,
        items=ticket.items,
        flags=flags(ticket, day.plan),
    )


def _standing(day: QueueDay, ticket: Ticket, now: int) -> Standing:
    named = category(day, ticket.category)
    waited = ticket.waited_ms
    if ticket.state == "waiting":
        waited += max(0, now - ticket.waiting_since)
    return Standing(
        ticket.id, ticket.number, ticket.category, named.zh, named.en, waited // 60_000, flags(ticket, day.plan)
    )


def _why(day: QueueDay, window: Window, first: Ticket, now: int) -> tuple[Words, ...]:
    """The reasons the policy gave, in the policy's terms."""
    reasons: list[Words] = []
    if first.line.startswith("@"):
        reasons.append(Words("转到本窗口", "sent to this window"))
    if first.reinstated:
        reasons.append(Words("补号，不重新排队", "reinstated, no second queueing"))
    policy = None if day.plan is None else day.plan.policy
    if policy is not None and first.priority is not None:
        named = next((known for known in policy.classes if known.name == first.priority), None)
        if named is not None:
            credit = named.credit_minutes
            reasons.append(Words(f"{named.zh}计 +{credit} 分钟", f"{named.en.lower()} counts +{credit} min"))
    if policy is not None and policy.home_credit_minutes and first.category == window.home:
        credit = policy.home_credit_minutes
        reasons.append(Words(f"本窗口主营计 +{credit} 分钟", f"home category counts +{credit} min"))
    waited = minutes(first.waiting_since, now)
    reasons.append(Words(f"等候 {waited} 分钟，算来最久", f"waited {waited} min, counts longest"))
    return tuple(reasons)
