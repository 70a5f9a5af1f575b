"""A window's console: who is in front of me, who is next and why, how long they waited."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.itinerary import left_after, line_of_visit
from hub.domain.queue.layout import able
from hub.domain.queue.lines import APPOINTMENT
from hub.domain.queue.order import LONGEST, SHARE, next_choice, upcoming
from hub.domain.queue.state import MISSED, OPEN, PARKED, PAUSED, SERVING, QueueDay, Ticket, Window
from hub.domain.refusals import sentence
from hub.views.aside import Aside
from hub.views.words import TICKET, WINDOW, Words, flags, minutes, of

NEXT = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A category of the visit that is not done yet; ``here``: this window may do it."""

    letter: str
    words: Words
    here: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """What another window did of the visit, and how many minutes it took from its call."""

    window: str
    words: Words
    minutes: int


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a visit goes when this window has done its part; ``floor`` and ``line`` None: it is finished then."""

    line: str | None
    floor: int | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Visit:
    """The active ticket. ``since``: when it was called or its service started, ms; ``waited``: minutes.

    ``parts``: its categories to do, when there are several or some were done elsewhere (``earlier``). ``onward``:
    where it goes when everything that this window may do is done. ``note``: what an attendant wrote, as the seat.
    """

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
    note: str
    parts: tuple[Part, ...]
    earlier: tuple[Earlier, ...]
    onward: Onward


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
    """``act``: what Space does now: ``call-next``, ``start``, ``finish``, ``open`` or None. ``why``: of the first.

    ``frozen``: why nobody is called in the hall. ``unable``: said when whoever sits here may serve nothing of it.
    ``lent``: the categories it serves other than by the plan, until ``until`` (ms, None: all day).
    """

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
    frozen: str | None
    unable: Words | None
    lent: tuple[str, ...]
    until: int | None


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
        visit=None if active is None else _visit(day, window, active),
        act=_act(window, active),
        waiting=sum(len(day.lines[line]) for line in window.lines),
        next=tuple(_standing(day, ticket, now) for ticket in first),
        why=_why(day, window, first[0], now) if first else (),
        parked=tuple(_standing(day, ticket, now) for ticket in aside.at(day, number, PARKED)),
        missed=tuple(_standing(day, ticket, now) for ticket in aside.at(day, number, MISSED)),
        frozen=day.frozen,
        unable=_unable(day, window),
        lent=window.categories if window.categories != window.planned else (),
        until=window.until,
    )


def onward(day: QueueDay, window: Window, ticket: Ticket, done: tuple[str, ...]) -> Onward:
    """Where the window's visit goes when ``done`` of it is done here, as things stand."""
    todo = left_after(ticket.todo, done)
    if not todo:
        return Onward(None, None, "办结后结束", "the visit ends here")
    line, letter = line_of_visit(day, todo, window.floor)
    floor = int(line.rpartition("/")[2])
    named = category(day, letter)
    waiting = len(day.lines[line]) if line in day.lines else 0
    return Onward(
        line,
        floor,
        f"还要去 {floor} 层 {'、'.join(todo)}（先办 {named.zh}，那里等候 {waiting} 人），同一号码",
        f"goes on to floor {floor} for {', '.join(todo)} ({named.en} first, {waiting} waiting) with its number",
    )


def done_here(day: QueueDay, window: Window, ticket: Ticket) -> tuple[str, ...]:
    """What a finish counts as done when nobody says otherwise, as ``hub.domain.queue.serving`` does."""
    served = able(day, window)
    return tuple(letter for letter in ticket.todo if letter in served) or (ticket.category,)


def _unable(day: QueueDay, window: Window) -> Words | None:
    if able(day, window) or window.leaving:
        return None
    said = sentence("window-without-skills", {"window": window.number})
    return Words(said.zh, said.en)


def category(day: QueueDay, letter: str) -> Words:
    queue = day.queues.get(letter)
    return Words(letter, letter) if queue is None else Words(queue.zh, queue.en)


def _act(window: Window, active: Ticket | None) -> str | None:
    if active is not None:
        return "finish" if active.state == SERVING else "start"
    if window.state == OPEN:
        return "call-next"
    return "open" if window.state == PAUSED or not window.leaving else None


def _visit(day: QueueDay, window: Window, ticket: Ticket) -> Visit:
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
        note=ticket.note,
        parts=_parts(day, window, ticket),
        earlier=tuple(
            Earlier(leg.window, _named(day, leg.done), max(0, leg.ended_at - leg.called_at) // 60_000)
            for leg in ticket.legs
        ),
        onward=onward(day, window, ticket, done_here(day, window, ticket)),
    )


def _parts(day: QueueDay, window: Window, ticket: Ticket) -> tuple[Part, ...]:
    if len(ticket.todo) < 2 and not ticket.legs:
        return ()
    here = done_here(day, window, ticket)
    return tuple(Part(letter, category(day, letter), letter in here) for letter in ticket.todo)


def _named(day: QueueDay, letters: tuple[str, ...]) -> Words:
    named = [category(day, letter) for letter in letters]
    return Words("、".join(each.zh for each in named), ", ".join(each.en for each in named))


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
    choice = next_choice(day, window, now)
    rule = LONGEST if choice is None else choice.rule
    policy = None if day.plan is None else day.plan.policy
    if first.line.startswith("@"):
        reasons.append(Words("转到本窗口", "sent to this window"))
    if first.reinstated:
        reasons.append(Words("补号，不重新排队", "reinstated, no second queueing"))
    if policy is not None and first.lane == APPOINTMENT:
        credit = policy.appointment.credit_minutes
        reasons.append(Words(f"预约签到计 +{credit} 分钟", f"appointment counts +{credit} min"))
    if policy is not None and first.priority is not None:
        named = next((known for known in policy.classes if known.name == first.priority), None)
        if named is not None:
            credit = named.credit_minutes
            reasons.append(Words(f"{named.zh}计 +{credit} 分钟", f"{named.en.lower()} counts +{credit} min"))
    if policy is not None and rule in (LONGEST, SHARE):
        reasons.extend(_bonus(day, window, first))
    waited = minutes(first.waiting_since, now)
    if policy is not None and rule == SHARE:
        share = policy.rush_share
        reasons.append(
            Words(
                f"等候 {waited} 分钟，忙时每 {share} 个号至少叫 1 个优先号",
                f"waited {waited} min; in a rush one of {share} calls is for priority",
            )
        )
    elif policy is not None and rule != LONGEST:
        limit = policy.long_wait_minutes
        reasons.append(
            Words(
                f"等候 {waited} 分钟，已过 {limit} 分钟，先于其他人",
                f"waited {waited} min, past {limit}, so goes first",
            )
        )
    else:
        reasons.append(Words(f"等候 {waited} 分钟，算来最久", f"waited {waited} min, counts longest"))
    return tuple(reasons)


def _bonus(day: QueueDay, window: Window, first: Ticket) -> list[Words]:
    """The window's own preference, as it counted: the larger of the two."""
    policy = None if day.plan is None else day.plan.policy
    if policy is None:
        return []
    line = day.lines[first.line]
    home = policy.home_credit_minutes if line.window is not None or window.home in line.letters else 0
    several = len(line.letters) > 1 and set(line.letters) <= set(able(day, window))
    whole = policy.whole_credit_minutes if several else 0
    if whole > home:
        return [Words(f"本窗口全能办计 +{whole} 分钟", f"all done here counts +{whole} min")]
    return [Words(f"本窗口主营计 +{home} 分钟", f"home category counts +{home} min")] if home else []
