"""What pages ask of a day, read without changing it; none of it looks at every ticket."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.layout import category_line
from hub.domain.queue.state import MISSED, QueueDay, Ticket, Window

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


def may_return(day: QueueDay, ticket: Ticket, at: int) -> bool:
    """Whether a missed ticket may still be reinstated, by the policy that ``hub.domain.queue.issuing`` decides by."""
    if day.plan is None or day.closed or ticket.state != MISSED:
        return False
    rules = day.plan.policy.missed
    missed_at = at if ticket.missed_at is None else ticket.missed_at
    in_time = rules.within_minutes is None or at - missed_at <= rules.within_minutes * _MINUTE
    return in_time and ticket.reinstated < rules.times
