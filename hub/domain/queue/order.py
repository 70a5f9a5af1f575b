"""Who is next.

A ticket has a key, fixed when it joins: since when it counts as waiting (its issue, or its appointment's slot), the
rank of its issue, and its place among those reinstated there. Policy stays out of keys, so a policy that is adopted
orders everybody who waits, at once.

A window compares the heads of its lanes by their *counted wait*: the time waited, plus the credit of the lane's class,
plus this window's bonus for the line (its home category, its own line, or a visit all of whose items it does). The
longest is next, the earlier rank at a tie. That is the rule ``longest``.

Ageing. Who has waited ``long_wait_minutes`` is *due* and goes before everybody who is not; among the due the bonus no
longer counts (rule ``due``). A *rush* is when somebody is due at this window. Then priority means a share: a call that
goes past a head with priority to one without (``due-over``) is counted, and after ``rush_share - 1`` of them in a row
the next call is for whoever has the longest counted wait of those with priority (``share``).

What this promises, and why, stands in ``hub.domain.queue.bounds``. ``named`` is a person's decision, out of turn.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.lines import Key, Line
from hub.domain.queue.state import QueueDay, Ticket, Window

MINUTE = 60_000

LONGEST, DUE, DUE_OVER, SHARE, NAMED = "longest", "due", "due-over", "share", "named"
RULES = (LONGEST, DUE, DUE_OVER, SHARE, NAMED)

_LAST = (-(1 << 62), 0, 0)
_Place = tuple[str, str]
_Standing = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    ticket: Ticket
    rule: str


def next_choice(day: QueueDay, window: Window, at: int) -> Choice | None:
    """Whom this window calls now and by which rule; None only when nobody waits in any of its lines."""
    found = _pick(day, window, at, window.passed, {})
    if found is None:
        return None
    (line, lane), rule = found
    return Choice(day.tickets[day.lines[line].lanes[lane].nth(0)], rule)


def upcoming(day: QueueDay, window: Window, at: int, limit: int) -> list[Ticket]:
    """The next ``limit`` tickets of this window if it alone called, now, and nobody came; the first is the next."""
    taken: dict[_Place, int] = {}
    passed = window.passed
    found: list[Ticket] = []
    while len(found) < limit:
        pick = _pick(day, window, at, passed, taken)
        if pick is None:
            break
        place, rule = pick
        index = taken.get(place, 0)
        taken[place] = index + 1
        passed = passed_after(passed, rule)
        found.append(day.tickets[day.lines[place[0]].lanes[place[1]].nth(index)])
    return found


def passed_after(passed: int, rule: str) -> int:
    """A window's count of calls past priority, after one more by ``rule``."""
    if rule == DUE_OVER:
        return passed + 1
    return passed if rule == NAMED else 0


def _pick(day: QueueDay, window: Window, at: int, passed: int, taken: dict[_Place, int]) -> tuple[_Place, str] | None:
    """The place of the next one, ``taken`` of each lane being gone already, and the rule."""
    lines, credits, long = day.lines, day.credits, day.long_ms
    longest: _Place | None = None
    due: _Place | None = None
    favoured: _Place | None = None
    longest_at = due_at = favoured_at = _LAST
    due_favoured = False
    for name, bonus in zip(window.lines, window.bonuses, strict=True):
        line = lines[name]
        if not line.occupied:
            continue
        for lane_name, lane in line.lanes.items():
            if not lane.occupied:
                continue
            place = (name, lane_name)
            key = lane.key_at(taken[place]) if place in taken else lane.first_key()
            if key is None:
                continue
            credit = credits.get(lane_name, 0)
            waited = at - key[0]
            counted: _Standing = (waited + credit + bonus, -key[1], -key[2])
            if waited >= long:
                standing: _Standing = (waited + credit, -key[1], -key[2])
                if standing > due_at:
                    due, due_at, due_favoured = place, standing, credit > 0
            elif counted > longest_at:
                longest, longest_at = place, counted
            if credit > 0 and counted > favoured_at:
                favoured, favoured_at = place, counted
    if due is None:
        return None if longest is None else (longest, LONGEST)
    if favoured is None or due_favoured:
        return due, DUE
    share = 0 if day.plan is None else day.plan.policy.rush_share
    if share and passed >= share - 1:
        return favoured, SHARE
    return due, DUE_OVER


def issue_key(day: QueueDay, at: int) -> Key:
    """The key of the ticket issued now. Time never runs backwards in it, so a clock set back puts nobody first."""
    return (max(at, day.latest_at), len(day.tickets), 0)


def reinstated_key(day: QueueDay, ticket: Ticket, line: Line, insert_after: int) -> Key:
    """Just behind the ``insert_after``-th of the line by counted wait, and behind those reinstated there before.

    A shorter line: behind its last. Never before its own place, which is also what 0 and an empty line give.
    """
    if insert_after <= 0 or not line.occupied:
        return ticket.key
    credits = day.credits
    standing: list[Key] = []
    for name, lane in line.lanes.items():
        credit = credits.get(name, 0)
        for n in range(min(len(lane), insert_after)):
            since, rank, place = lane.nth_key(n)
            standing.append((since - credit, rank, place))
    standing.sort()
    effective, rank, _ = standing[min(insert_after, len(standing)) - 1]
    key = (effective + credits.get(ticket.lane, 0), rank, day.reinstatements + 1)
    return max(key, ticket.key)
