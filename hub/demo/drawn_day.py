"""A simulated day without a hub: drawn visits as a script, whose rerun is the day's events. For benches and trials."""

from __future__ import annotations

from collections.abc import Sequence

from hub.demo.visits import Visit, visits_of
from hub.domain.hall.plan import DayPlan
from hub.domain.queue.commands import CloseWindow, OpenWindow
from hub.domain.trial.rerun import Rerun, rerun
from hub.domain.trial.script import MISSED, PARKED, SERVED, TRANSFERRED, Act, Script, Turn, Visitor

MINUTE = 60_000
GAP_MS = 15_000
"""From one visitor to the call of the next."""
WAITED_FOR_MS = 3 * MINUTE
"""How long a clerk waits for somebody who does not come."""
FOUND_OUT_MS = 90_000
"""How long a wrong number takes to be found out."""


def drawn_day(plan: DayPlan, visits: int, seed: int = 1, phone: str = "1[3-9][0-9]{9}") -> Rerun:
    """The day of so many drawn visits under ``plan``: the same for the same seed. Every window works from opening."""
    items = {queue.letter: (queue.letter,) for queue in plan.queues if not queue.service}
    return rerun(drawn_script(plan, visits_of(plan, phone, seed, visits, items)), plan)


def drawn_script(plan: DayPlan, visits: Sequence[Visit]) -> Script:
    """What those visits do, as a rerun takes it. Raises ``ValueError`` for a day without hours."""
    if plan.opens is None or plan.closes is None:
        raise ValueError("a demo needs a day with opening hours")
    opened: list[Act] = [OpenWindow(plan.date, plan.opens, window.number) for window in plan.windows]
    closed: list[Act] = [CloseWindow(plan.date, plan.closes, window.number) for window in plan.windows]
    return Script(
        plan=plan,
        begins=min(plan.opens, *(visit.at for visit in visits)) if visits else plan.opens,
        ends=plan.closes,
        visitors=tuple(_visitor(visit, plan) for visit in visits),
        acts=(*opened, *closed),
        gaps={},
        gap=GAP_MS,
        means={queue.letter: int(queue.minutes * MINUTE) for queue in plan.queues},
        lasting=frozenset(window.number for window in plan.windows),
    )


def _visitor(visit: Visit, plan: DayPlan) -> Visitor:
    minutes = {queue.letter: queue.minutes for queue in plan.queues}
    also = visit.errand.also
    turns: list[Turn] = []
    category = visit.category
    if not visit.shows_up:
        turns.append(Turn(MISSED, WAITED_FOR_MS, away=visit.back_after))
    if visit.meant is not None:
        turns.append(Turn(TRANSFERRED, FOUND_OUT_MS, to=visit.meant, wrong=True))
        category = visit.meant
    if visit.copy_after is not None:
        turns.append(Turn(PARKED, visit.held // 2, away=visit.copy_after, by_name=True))
    more = sum(int(minutes[letter] * MINUTE) for letter in also)
    turns.append(Turn(SERVED, visit.held + more, done=(category, *also)))
    return Visitor(
        ticket=f"{visit.index + 1:032x}",
        at=visit.at,
        category=visit.category,
        floor=visit.floor,
        also=also,
        priority=visit.priority,
        phone=visit.phone is not None,
        slot=visit.errand.slot,
        turns=tuple(turns),
    )
