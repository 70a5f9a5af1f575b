"""Waits that are too long, and why: one cause each, the first of the list below that holds.

1. ``frozen``: nobody is called in the whole hall.
2. ``unskilled``: no open window may serve the line, but some would if another clerk sat there.
3. ``nobody``: no window does it at all. ``paused``: those that may serve it are paused. ``closed``: none is open.
4. ``held``: every open window that may serve it has had one number for ``HELD_MS``, and three times its pace.
5. ``idle``: one of them stands open with nobody at it and has not called for ``IDLE_MS``.
6. ``paused``: the next hour's work does not fit the open windows, and it would if those that are paused were open.
7. ``more-people``: more work came within the last hour than the open windows do in one.
8. ``backlog``: what comes now fits; those of the rush that broke are still there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hub.domain.queue.layout import able
from hub.domain.queue.load import HOUR, Load
from hub.domain.queue.reading import longest_wait
from hub.domain.queue.state import CLOSED, OPEN, PAUSED, QueueDay, Window

LONG_MS = 30 * 60_000
"""Who waits longer waits too long."""
HELD_MS = 30 * 60_000
IDLE_MS = 5 * 60_000
_TIMES_PACE = 3

FROZEN, UNSKILLED, NOBODY, NONE_OPEN = "frozen", "unskilled", "nobody", "closed"
STOPPED, HELD, IDLE = "paused", "held", "idle"
MORE_PEOPLE, BACKLOG = "more-people", "backlog"
CAUSES = (FROZEN, UNSKILLED, NOBODY, STOPPED, NONE_OPEN, HELD, IDLE, MORE_PEOPLE, BACKLOG)


@dataclass(frozen=True, slots=True)
class Cause:
    """``windows``: those it is about. ``reasons``: why they are paused, with how many each, most first ("" unsaid).

    ``of``: windows that may serve the line. ``number`` and ``minutes``: who holds a window and for how long; of a
    backlog, the minutes until it is gone. ``came`` and ``can``: people of the last hour, and what an hour can do.
    """

    code: str
    windows: tuple[str, ...] = ()
    of: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    number: str = ""
    minutes: int = 0
    came: int = 0
    can: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A line whose longest wait is over ``LONG_MS``; ``longest`` in ms."""

    line: str
    waiting: int
    longest: int
    cause: Cause


def long_waits(day: QueueDay, known: Sequence[Load], at: int) -> list[Wait]:
    """Every line with a wait that is too long, the longest first. ``known``: the loads as of now."""
    by_line = {line: load for load in known for line in load.lines}
    found: list[Wait] = []
    for name, line in day.lines.items():
        if not line.occupied:
            continue
        longest = longest_wait(day, at, (name,))
        if longest > LONG_MS:
            found.append(Wait(name, len(line), longest, cause_of(day, name, by_line.get(name), at)))
    found.sort(key=lambda wait: (-wait.longest, wait.line))
    return found


def cause_of(day: QueueDay, line: str, load: Load | None, at: int) -> Cause:
    """Why people wait long in this line; ``load`` None: no window may serve it."""
    if day.frozen is not None:
        return Cause(FROZEN, why=day.frozen)
    servers = [day.windows[number] for number in day.servers.get(line, ())]
    opened = [window for window in servers if window.state == OPEN]
    if load is None or not opened:
        return _nobody_open(day, line, servers)
    held = _held(day, opened, len(servers), at)
    if held is not None:
        return held
    idle = tuple(window.number for window in opened if window.active is None and at - window.since >= IDLE_MS)
    if idle:
        return Cause(IDLE, idle, len(servers))
    paused = [day.windows[number] for number in load.windows if day.windows[number].state == PAUSED]
    if load.time_ms < load.work_ms <= load.time_ms + len(paused) * HOUR:
        return _paused(paused, len(load.windows))
    came, can = round(load.came_ms / load.each_ms), int(load.opened * HOUR / load.each_ms)
    spare = load.opened - load.came_ms / HOUR
    if spare <= 0:
        return Cause(MORE_PEOPLE, of=load.opened, came=came, can=can)
    return Cause(BACKLOG, of=load.opened, came=came, can=can, minutes=round(load.waiting_ms / spare / 60_000))


def lacking(day: QueueDay, line: str) -> list[Window]:
    """Windows that do some category of this line, by whoever sits there not."""
    letters = set(day.lines[line].letters)
    return [
        window
        for window in day.windows.values()
        if not window.leaving and letters.intersection(window.categories) and letters.isdisjoint(able(day, window))
    ]


def _nobody_open(day: QueueDay, line: str, servers: Sequence[Window]) -> Cause:
    unskilled = [window for window in lacking(day, line) if window.state != CLOSED or not servers]
    if unskilled:
        return Cause(UNSKILLED, tuple(window.number for window in unskilled), len(servers) + len(unskilled))
    paused = [window for window in servers if window.state == PAUSED]
    if paused:
        return _paused(paused, len(servers))
    if not servers:
        return Cause(NOBODY)
    return Cause(NONE_OPEN, tuple(window.number for window in servers), len(servers))


def _paused(windows: Sequence[Window], of: int) -> Cause:
    reasons = Counter(window.why for window in windows).most_common()
    return Cause(STOPPED, tuple(window.number for window in windows), of, tuple(reasons))


def _held(day: QueueDay, opened: Sequence[Window], of: int, at: int) -> Cause | None:
    longest, cause = 0, None
    for window in opened:
        ticket = None if window.active is None else day.tickets[window.active]
        if ticket is None or ticket.called_at is None:
            return None
        held = at - ticket.called_at
        if held < max(HELD_MS, _TIMES_PACE * day.pace[ticket.category].mean_ms):
            return None
        if held > longest:
            longest = held
            cause = Cause(HELD, (window.number,), of, number=ticket.number, minutes=held // 60_000)
    return cause
