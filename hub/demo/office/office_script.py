"""An office's day as a script: who came when and how long each held a counter, so that other policies can be tried.

The data tells calls, not services, and its open counters are those that may serve a queue, most of them busy with other
queues. How many are at work on a queue is what its pace says: its calls times the minutes the office publishes, over
the time from its first call to its last, rounded up, at most those open. Calls go round them. A counter that called
while somebody had been waiting was free just then, so the time between its calls is a service. Where nobody waited it
may have been idle: such a service counts as long as the queue's median of the others, never longer than until the next
call. A counter begins with its first call, and ends with its last where people were left waiting.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low

from hub.demo.office.flow import MINUTE, Flow
from hub.demo.office.office_profile import Place
from hub.domain.hall.plan import DayPlan
from hub.domain.queue.commands import CloseWindow, OpenWindow
from hub.domain.trial.script import MISSED, SERVED, Act, Outcome, Script, Turn, Visitor

ELDERLY = "elderly"
_GAP_MS = 1_000
_WAITED_MS = MINUTE


def office_script(places: Sequence[Place], plan: DayPlan, midnight: int) -> Script:
    """``places`` as ``at_work`` has them, ``midnight`` the day's local one in ms since 1970 UTC.

    Raises ``ValueError`` for a plan without hours.
    """
    if plan.opens is None or plan.closes is None:
        raise ValueError("an office has opening hours")
    visitors: list[Visitor] = []
    outcomes: dict[str, Outcome] = {}
    acts: list[Act] = []
    means: dict[str, int] = {}
    for place in places:
        acts += _counters(place, plan, midnight)
        turns = _turns(place, plan.closes - midnight)
        held = [turn.held for turn in turns if turn.end == SERVED]
        means[place.letter] = sum(held) // len(held) if held else int(place.flow.minutes * MINUTE)
        for n, arrival in enumerate(place.flow.arrivals):
            ticket = f"{ord(place.letter):02x}{n:030x}"
            mine = (turns[n],) if n < len(turns) else ()
            visitors.append(Visitor(ticket, midnight + arrival, place.letter, 0, phone=True, turns=mine))
            called = n < len(turns)
            left_at = place.flow.calls[n].at if called else plan.closes - midnight
            served = called and turns[n].end == SERVED
            outcomes[ticket] = Outcome(max(0, left_at - arrival), 0, called, served, "", None)
    visitors.sort(key=lambda each: (each.at, each.ticket))
    acts.sort(key=lambda act: act.at)
    return Script(
        plan=plan,
        begins=min([plan.opens, *(each.at for each in visitors)]),
        ends=plan.closes,
        visitors=tuple(visitors),
        acts=tuple(acts),
        gaps={},
        gap=_GAP_MS,
        means=means,
        outcomes=outcomes,
    )


def with_elderly(script: Script, share: float, seed: int) -> Script:
    """The same people, some of them drawn to be elderly."""
    draw = random.Random(f"elderly:{seed}")  # noqa: S311 - a simulation
    drawn = tuple(replace(each, priority=ELDERLY if draw.random() < share else None) for each in script.visitors)
    return replace(script, visitors=drawn)


def at_work(places: Sequence[Place]) -> tuple[Place, ...]:
    """The same queues with the counters that work on them, numbered afresh."""
    found: list[Place] = []
    number = 0
    for place in places:
        count = _counters_of(place.flow)
        found.append(Place(place.letter, place.flow, tuple(str(number + n + 1) for n in range(count))))
        number += count
    return tuple(found)


def _counters_of(flow: Flow) -> int:
    if len(flow.calls) < 2:
        return 1
    span = (flow.calls[-1].at - flow.calls[0].at) / MINUTE
    return min(max(1, math.ceil(len(flow.calls) * flow.minutes / max(span, 1.0))), flow.windows)


def _counters(place: Place, plan: DayPlan, midnight: int) -> list[Act]:
    assert plan.opens is not None
    assert plan.closes is not None
    calls = [call for call in place.flow.calls if call.shows_up]
    ends = plan.closes
    if calls and len(place.flow.arrivals) > len(place.flow.calls):
        ends = midnight + calls[-1].at + MINUTE
    acts: list[Act] = []
    for n, number in enumerate(place.windows):
        begins = midnight + calls[n].at - _GAP_MS if n < len(calls) else plan.opens
        acts.append(OpenWindow(plan.date, begins, number))
        acts.append(CloseWindow(plan.date, max(ends, begins + 2 * _GAP_MS), number, anyway=True))
    return acts


def _turns(place: Place, closes: int) -> list[Turn]:
    flow = place.flow
    following = _next_calls(flow, len(place.windows))
    busy: list[int] = []
    spans: list[tuple[int, bool]] = []
    for n, call in enumerate(flow.calls):
        after = following[n]
        until = closes if after is None else flow.calls[after].at
        full = after is not None and until - flow.arrivals[after] > _WAITED_MS
        spans.append((max(0, until - call.at - _GAP_MS), full))
        if full and call.shows_up:
            busy.append(spans[-1][0])
    usual = median_low(busy) if busy else int(flow.minutes * MINUTE)
    return [
        Turn(SERVED, span if full else min(span, usual), done=(place.letter,)) if call.shows_up else Turn(MISSED, 0)
        for call, (span, full) in zip(flow.calls, spans, strict=True)
    ]


def _next_calls(flow: Flow, counters: int) -> list[int | None]:
    """For each call, the next one at the same counter; the calls go round. Who does not come takes no time."""
    found: list[int | None] = [None] * len(flow.calls)
    came = [n for n, call in enumerate(flow.calls) if call.shows_up]
    for turn, n in enumerate(came[counters:]):
        found[came[turn]] = n
    return found
