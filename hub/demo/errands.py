"""What a visit is for: which items, in one category or two, and whether it was booked."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.hall.plan import DayPlan, QueuePlan

MINUTE = 60_000

NAMES_ITEMS = 0.45
"""Share of people who say at the kiosk what they came for."""
TWO_ERRANDS = 0.09
SAME_FLOOR = 0.6
"""Of those with two errands: the other one is on the same floor, so that one window can do both."""
BOOKED = 0.04

Items = Mapping[str, tuple[str, ...]]
"""The codes of a hall's items by category."""


@dataclass(frozen=True, slots=True)
class Errand:
    """``also``: the categories of ``items`` beside the visit's own. ``slot`` in ms, None without appointment."""

    items: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    slot: int | None = None


def errand_of(plan: DayPlan, seed: int, index: int, queue: QueuePlan, floor: int, at: int, items: Items) -> Errand:
    """Depends on the seed and the visit's index only, never on what was drawn for others."""
    draw = random.Random(f"errand:{seed}:{index}")  # noqa: S311 - a simulation
    slot = None
    if not queue.service and draw.random() < BOOKED:
        slot = at + int(draw.uniform(-6, 14) * MINUTE)
    own = items.get(queue.letter, ())
    if not own or draw.random() >= NAMES_ITEMS:
        return Errand(slot=slot)
    chosen = [draw.choice(own)]
    also: tuple[str, ...] = ()
    if draw.random() < TWO_ERRANDS / NAMES_ITEMS:
        here = draw.random() < SAME_FLOOR
        others = [
            other.letter
            for other in plan.queues
            if other.letter != queue.letter and (floor in other.floors) == here and items.get(other.letter)
        ]
        if others:
            letter = draw.choice(others)
            chosen.append(draw.choice(items[letter]))
            also = (letter,)
    return Errand(tuple(chosen), also, slot)
