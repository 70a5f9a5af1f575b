"""What windows that share lines have to do within the next hour, against what they can.

*Work* is what those who wait and those who are expected take at today's pace. *Expected* are as many as came within the
last hour (early in the day: the part of it that has passed, a quarter at least, counted up to an hour), of those only
what comes before closing. *Time* is the hour of every open window, less what the visit at it still takes. Whoever goes
on to another window counts where it waits, from when it waits there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.queue.capacity import capacity_of, pools
from hub.domain.queue.state import OPEN, PAUSED, Pool, QueueDay, Ticket

HOUR = 3_600_000
_QUARTER = HOUR // 4
_LEFT_AT_LEAST = 0.25
_ORDINARY_MS = 600_000.0


@dataclass(frozen=True, slots=True)
class Load:
    """One pool's next hour; work and time in ms. Without ``windows``: lines of a floor that nobody there may serve.

    ``came_ms``: the work that an hour brings at today's rate. ``more``: as ``capacity`` says it.
    """

    windows: tuple[str, ...]
    lines: tuple[str, ...]
    floors: tuple[int, ...]
    opened: int
    paused: int
    waiting: int
    waiting_ms: float
    coming: int
    coming_ms: float
    came_ms: float
    time_ms: float
    each_ms: float
    more: int | None

    @property
    def work_ms(self) -> float:
        return self.waiting_ms + self.coming_ms

    @property
    def can(self) -> int:
        """How many people the open windows can serve within the hour."""
        return int(self.time_ms / self.each_ms)

    @property
    def percent(self) -> int | None:
        """Work as a share of time; None when there is work and no time for any of it."""
        return share(self.work_ms, self.time_ms)


def share(work_ms: float, time_ms: float) -> int | None:
    """In percent, rounded; None when there is work and no time."""
    if time_ms > 0:
        return round(100 * work_ms / time_ms)
    return None if work_ms > 0 else 0


def each_of(day: QueueDay, line: str) -> float:
    """How long one ticket of this line holds windows, in ms: all of its categories."""
    known = day.lines[line]
    letters = known.letters or (day.windows[known.window or ""].home,)
    return sum(day.pace[letter].mean_ms for letter in letters if letter in day.pace) or _ORDINARY_MS


def arrivals(day: QueueDay, at: int) -> Mapping[str, float]:
    """Tickets an hour at today's rate, by the line they stand or stood in; looks at the last hour's only."""
    begun = at - HOUR
    if day.plan is not None and day.plan.issuing_from is not None:
        begun = max(begun, day.plan.issuing_from)
    begun = min(begun, at - _QUARTER)
    counts: dict[str, float] = {}
    for ticket in reversed(day.tickets.values()):
        if ticket.hand:
            continue
        if ticket.issued_at < begun:
            break
        counts[ticket.line] = counts.get(ticket.line, 0) + HOUR / (at - begun)
    return counts


def loads(day: QueueDay, at: int) -> list[Load]:
    """Every pool, in the order of its first window, then the lines nobody may serve, by floor. All that wait count in
    exactly one.
    """
    rate = arrivals(day, at)
    found = [_load(day, pool, rate, at) for pool in pools(day)]
    stranded: dict[int, list[str]] = {}
    for name, line in day.lines.items():
        if name not in day.pools and line.occupied:
            stranded.setdefault(line.floor, []).append(name)
    found += [_load(day, Pool((), tuple(names)), rate, at, (floor,)) for floor, names in sorted(stranded.items())]
    return found


def _load(day: QueueDay, pool: Pool, rate: Mapping[str, float], at: int, floors: tuple[int, ...] = ()) -> Load:
    windows = [day.windows[number] for number in pool.windows]
    opened = [window for window in windows if window.state == OPEN]
    closes = None if day.plan is None else day.plan.closes
    until = 0 if day.closed else HOUR if closes is None else min(max(0, closes - at), HOUR)
    waiting, waiting_ms, came, came_ms = 0, 0.0, 0.0, 0.0
    for name in pool.lines:
        each, count = each_of(day, name), rate.get(name, 0)
        waiting += len(day.lines[name])
        waiting_ms += len(day.lines[name]) * each
        came += count
        came_ms += count * each
    busy = sum(left_of(day, day.tickets[window.active], at) for window in opened if window.active is not None)
    people = waiting + came
    return Load(
        windows=pool.windows,
        lines=pool.lines,
        floors=floors or tuple(sorted({window.floor for window in windows})),
        opened=len(opened),
        paused=sum(window.state == PAUSED for window in windows),
        waiting=waiting,
        waiting_ms=waiting_ms,
        coming=round(came * until / HOUR),
        coming_ms=came_ms * until / HOUR,
        came_ms=came_ms,
        time_ms=max(0.0, len(opened) * HOUR - busy),
        each_ms=(waiting_ms + came_ms) / people if people else _mean(day, pool),
        more=capacity_of(day, pool, at),
    )


def left_of(day: QueueDay, ticket: Ticket, at: int) -> float:
    """What a visit at a window still takes, in ms: a quarter of its pace when it overruns, an hour at most."""
    mean = day.pace[ticket.category].mean_ms
    spent = 0 if ticket.called_at is None else max(0, at - ticket.called_at)
    return min(float(HOUR), max(mean - spent, mean * _LEFT_AT_LEAST))


def _mean(day: QueueDay, pool: Pool) -> float:
    paces = [each_of(day, name) for name in pool.lines if day.lines[name].letters]
    return sum(paces) / len(paces) if paces else _ORDINARY_MS
