"""What pages ask of a day, read without changing it; none of it looks at every ticket."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.layout import category_line, window_line
from hub.domain.queue.lines import APPOINTMENT
from hub.domain.queue.order import upcoming
from hub.domain.queue.state import MISSED, QueueDay, Ticket, Window
from hub.domain.refusals import Sentence

_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Call:
    """A number called to a window and still there. ``at`` in ms; ``recalls`` since that call."""

    number: str
    ticket: str
    window: str
    floor: int
    zone: str
    at: int
    state: str
    recalls: int


@dataclass(frozen=True, slots=True)
class Next:
    """Who comes next at a window, in order, and why the first does (None: nobody waits)."""

    tickets: tuple[Ticket, ...]
    reason: Sentence | None


def waiting(day: QueueDay) -> int:
    """How many wait in the hall."""
    return sum(len(line) for line in day.lines.values())


def waiting_by_line(day: QueueDay) -> dict[str, int]:
    """Of every line, windows' own ones only while somebody waits there."""
    return {name: len(line) for name, line in day.lines.items() if len(line) or not name.startswith("@")}


def waiting_by_category(day: QueueDay) -> dict[str, int]:
    """Of every category of today, those who wait for one window counted in theirs."""
    counts = dict.fromkeys(day.floors, 0)
    for line in day.lines.values():
        if line.window is None:
            counts[line.letters[0]] += len(line)
        else:
            for ticket in line:
                counts[day.tickets[ticket].category] += 1
    return counts


def waiting_for(day: QueueDay, window: Window) -> int:
    """How many the window may call from: its lines together."""
    return sum(len(day.lines[line]) for line in window.lines)


def longest_wait(day: QueueDay, at: int, lines: tuple[str, ...] | None = None) -> int:
    """In ms, since its holder last began to wait, of those in ``lines`` (None: the hall); 0 when nobody waits."""
    longest = 0
    for name in day.lines if lines is None else lines:
        for lane in day.lines[name].lanes.values():
            for index in range(len(lane)):
                # Who waits further on has not waited longer, but for appointments that came early.
                if at - lane.nth_key(index)[0] <= longest:
                    break
                longest = max(longest, at - day.tickets[lane.nth(index)].waiting_since)
    return longest


def category_lines(day: QueueDay, letter: str) -> tuple[str, ...]:
    """The category's lines today."""
    return tuple(category_line(letter, floor) for floor in day.floors.get(letter, ()))


def recent_calls(day: QueueDay, limit: int, floor: int | None = None, zone: str | None = None) -> list[Call]:
    """The numbers at windows now, the latest call first; of one floor or zone, or of the hall."""
    calls: list[Call] = []
    for window in day.windows.values():
        if window.active is None or floor not in (None, window.floor) or zone not in (None, window.zone):
            continue
        ticket = day.tickets[window.active]
        calls.append(
            Call(
                ticket.number,
                ticket.id,
                window.number,
                window.floor,
                window.zone,
                ticket.called_at or 0,
                ticket.state,
                ticket.recalls,
            )
        )
    calls.sort(key=lambda call: (-call.at, call.window))
    return calls[:limit]


def next_at(day: QueueDay, window: Window, at: int, limit: int) -> Next:
    """The next ``limit`` of this window, and a line a clerk can tell the others why."""
    tickets = tuple(upcoming(day, window, at, limit))
    return Next(tickets, _reason(day, window, tickets[0], at) if tickets else None)


def may_return(day: QueueDay, ticket: Ticket, at: int) -> bool:
    """Whether a missed ticket may still be reinstated, by the policy that ``hub.domain.queue.issuing`` decides by."""
    if day.plan is None or day.closed or ticket.state != MISSED:
        return False
    rules = day.plan.policy.missed
    missed_at = at if ticket.missed_at is None else ticket.missed_at
    in_time = rules.within_minutes is None or at - missed_at <= rules.within_minutes * _MINUTE
    return in_time and ticket.reinstated < rules.times


def _reason(day: QueueDay, window: Window, ticket: Ticket, at: int) -> Sentence:
    minutes = max(0, at - ticket.issued_at) // _MINUTE
    zh, en = [f"取号已 {minutes} 分钟"], [f"{minutes} min since the ticket was taken"]
    if ticket.line == window_line(window.number):
        zh.append("转到本窗口")
        en.append("sent to this window")
    elif ticket.category == window.home:
        zh.append("本窗口主类别")
        en.append("this window's home category")
    if len(ticket.todo) > 1:
        zh.append(f"多个事项（{'、'.join(ticket.todo)}）")
        en.append(f"several items ({', '.join(ticket.todo)})")
    if ticket.lane == APPOINTMENT:
        zh.append("预约签到")
        en.append("appointment")
    if at - ticket.key[0] >= day.long_ms:
        zh.append("等候已超过限度，先于其他人")
        en.append("has waited past the limit and goes first")
    if ticket.priority is not None and day.plan is not None:
        for known in day.plan.policy.classes:
            if known.name == ticket.priority:
                zh.append(f"{known.zh}优先 {known.credit_minutes} 分钟")
                en.append(f"{known.en}: {known.credit_minutes} min priority")
    if ticket.reinstated:
        zh.append("过时补号")
        en.append("reinstated after being missed")
    return Sentence(f"{ticket.number}：{'，'.join(zh)}。", f"{ticket.number}: {', '.join(en)}.")
