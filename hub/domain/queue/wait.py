"""How long a ticket will wait, from today's pace.

*Pace.* What a ticket of a category holds a window for, from its call to its finish (the walk to the window included,
because it holds the window as well), is the mean of today's finished ones and of ``PSEUDO`` imagined ones that took the
plan's minutes: early in the day the plan speaks, later the day.

*Middle (p50).* ``m`` open windows may serve the line, ``r`` is the mean of what is left at them (0 at a free one, at
least a quarter of the pace at one that overruns), ``a`` tickets stand ahead and take ``s`` each. Windows free up
evenly, so the turn comes after ``r - s/2 + s (a + 1/2) / m``, never before the first window is free; exact for one
window. With a free window for everybody ahead and for the ticket itself the wait is 0.

*Spread (p90).* Normal approximation, 1.2816 standard deviations above the middle. The variance adds ``a + 1``
departures, each with ``VARIATION * s / m``, and ``DRIFT`` of the middle for what nobody knows yet (windows that open,
pause or close, people with priority).

*Ahead* counts by counted wait, see ``hub.domain.queue.order``. In a rush who has priority comes by their share of the
calls: at most ``rush_share`` calls for each of those with priority before them and for themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hub.domain.queue.lines import ORDINARY, Key, Line
from hub.domain.queue.state import OPEN, Pace, QueueDay

PSEUDO = 5
"""Imagined services at the plan's minutes."""
VARIATION = 0.8
"""Standard deviation of a service as a share of its mean."""
DRIFT = 0.25
"""Standard deviation of the whole estimate as a share of it."""
LONGEST_MS = 3 * 3_600_000
"""Longer services count as this long: a forgotten press or a stepped clock must not rule the day's pace."""
_SHORTEST_MS = 1_000.0
_LEFT_AT_LEAST = 0.25
_NINETIETH = 1.2816
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """``ahead``: waiting tickets before it at the windows that may serve it.

    ``wait`` is (p50, p90) in whole minutes, None when no window that may serve it is open.
    """

    ahead: int
    wait: tuple[int, int] | None


def outlook(day: QueueDay, line: str, lane: str, key: Key, at: int) -> Outlook:
    """What to tell a ticket that stands (or would stand) in a line's lane at ``key``; a ticket never counts itself.

    Home preference differs from window to window and is left out of the count.
    """
    lines, pace, credits = day.lines, day.pace, day.credits
    own = credits.get(lane, 0)
    effective, rank, place = key[0] - own, key[1], key[2]
    ahead, work = 0, 0.0
    favoured = 0
    for name, letter in day.rivals.get(line, ()):
        there = lines[name]
        if not there.occupied:
            continue
        before = 0
        for lane_name, each in there.lanes.items():
            if not each.occupied:
                continue
            credit = credits.get(lane_name, 0)
            count = each.count_before((effective + credit, rank, place))
            before += count
            if credit:
                favoured += count
        ahead += before
        work += before * pace[letter].mean_ms
    share = 0 if not own or day.plan is None else day.plan.policy.rush_share
    if share and ahead > (most := share * (favoured + 1) - 1) and _rush(day, line, at):
        work *= most / ahead
        ahead = most
    return Outlook(ahead, _wait(day, line, ahead, work, at))


def outlook_of_newcomer(day: QueueDay, line: str, at: int) -> Outlook:
    """What an ordinary visitor who joins now would be told."""
    return outlook(day, line, ORDINARY, (max(at, day.latest_at), len(day.tickets), 0), at)


def _rush(day: QueueDay, line: str, at: int) -> bool:
    """Whether somebody is due at the windows of this line."""
    since = at - day.long_ms
    return any(_has_waited(day.lines[name], since) for name, _ in day.rivals.get(line, ()))


def _has_waited(line: Line, since: int) -> bool:
    return line.occupied and any(
        (key := lane.first_key()) is not None and key[0] <= since for lane in line.lanes.values()
    )


def _wait(day: QueueDay, line: str, ahead: int, work: float, at: int) -> tuple[int, int] | None:
    windows, tickets, pace = day.windows, day.tickets, day.pace
    opened = free = 0
    left = held = 0.0
    soonest = math.inf
    for number in day.servers.get(line, ()):
        window = windows[number]
        if window.state != OPEN:
            continue
        opened += 1
        if window.active is None:
            free += 1
            continue
        ticket = tickets[window.active]
        rest = mean = pace[ticket.category].mean_ms
        held += mean
        called_at = ticket.called_at
        if called_at is not None and called_at < at:
            rest -= at - called_at
            if rest < mean * _LEFT_AT_LEAST:
                rest = mean * _LEFT_AT_LEAST
        left += rest
        if rest < soonest:
            soonest = rest
    if not opened:
        return None
    if ahead < free:
        return (0, 0)
    each = work / ahead if ahead else held / (opened - free)
    middle = left / opened - each / 2 + each * (ahead + 0.5) / opened
    middle = max(middle, 0.0 if free else soonest)
    spread = math.sqrt((ahead + 1) * (VARIATION * each / opened) ** 2 + (DRIFT * middle) ** 2)
    return (int(middle / _MINUTE + 0.5), math.ceil((middle + _NINETIETH * spread) / _MINUTE))


def blended(pace: Pace) -> float:
    """The mean of today's services and the imagined ones, in ms."""
    return max((pace.prior_ms * PSEUDO + pace.held_ms) / (PSEUDO + pace.services), _SHORTEST_MS)


def learn(pace: Pace, held_ms: int) -> None:
    """One more service; held from call to finish."""
    pace.services += 1
    pace.held_ms += min(max(held_ms, 0), LONGEST_MS)
    pace.mean_ms = blended(pace)
