"""Who buys an appointment online on one day, drawn before it begins: the same day and seed give the same buyers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hub.demo.online.errands import PEOPLE, id_of
from hub.demo.visits import MINUTE, Visit, stranger
from hub.domain.hall.appointments import SlotGroup
from hub.domain.hall.plan import DayPlan

COMES, MOVES, CANCELS, STAYS_AWAY = "comes", "moves", "cancels", "stays away"
_ENDS: Final = (COMES, COMES, MOVES, COMES, CANCELS, COMES, STAYS_AWAY, COMES)
"""By turns. Who moves comes at the other time."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """``at``: when they buy, ms. ``early``: ms before their slot that they come, negative for late. ``changes_after``:
    ms from buying until they move or cancel. ``visit``: how they are in the hall.
    """

    id: str
    at: int
    group: str
    ends: str
    name: str
    phone: str
    early: int
    changes_after: int
    visit: Visit


def buyers_of(plan: DayPlan, groups: Sequence[SlotGroup], seed: int, count: int) -> tuple[Buyer, ...]:
    """Half of them buy before opening, the others in the first half of the day. None of a hall that leases nothing."""
    assert plan.opens is not None
    assert plan.closes is not None
    minutes = {queue.letter: (queue.minutes, queue.floors[0]) for queue in plan.queues}
    fitting = [
        (group, [letter for letter in group.categories if letter in minutes])
        for group in groups
        if group.online_percent
    ]
    fitting = [(group, letters) for group, letters in fitting if letters]
    found: list[Buyer] = []
    for n in range(count if fitting else 0):
        about = f"{plan.date}:{seed}:appointment:{n}"
        draw = random.Random(about)  # noqa: S311 - a simulation
        group, letters = fitting[n % len(fitting)]
        letter = draw.choice(letters)
        held, floor = minutes[letter]
        share = draw.uniform(0.02, 0.5)
        at = plan.opens + int((plan.closes - plan.opens) * share) if n % 2 else plan.opens - draw.randint(1, 4) * MINUTE
        visit = replace(stranger(seed, letter + about, held), category=letter, floor=floor)
        found.append(
            Buyer(
                id=id_of(about),
                at=at,
                group=group.id,
                ends=_ENDS[n % len(_ENDS)],
                name=draw.choice(PEOPLE),
                phone=f"1380002{draw.randint(0, 9999):04}",
                early=int(draw.uniform(-6, 12) * MINUTE),
                changes_after=int(draw.uniform(8, 25) * MINUTE),
                visit=visit,
            )
        )
    return tuple(found)
