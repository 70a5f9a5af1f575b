"""What the simulated people and clerks share: the running hub's public interfaces, and who holds which number."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient
from hub.demo.equipment import Equipment
from hub.demo.visits import Visit, stranger
from hub.domain.hall.plan import DayPlan


@dataclass(slots=True)
class HallDay:
    """One simulated day. ``holders``: visit by number. ``issued`` and ``adopted`` count tickets by letter: as the
    demo's people heard of them, so that nobody asks twice for one that was given without their hearing.

    ``idle``: windows whose clerk waits for somebody. ``returned``: numbers that came back after being missed, or with
    a copy. ``moved``: numbers that were sent on to the right category.
    """

    agenda: Agenda
    api: ApiClient
    equipment: Equipment
    plan: DayPlan
    seed: int
    visits: tuple[Visit, ...] = ()
    holders: dict[str, Visit] = field(default_factory=dict[str, Visit])
    idle: set[str] = field(default_factory=set[str])
    returned: set[str] = field(default_factory=set[str])
    moved: set[str] = field(default_factory=set[str])
    ready_again: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    troubles: int = 0

    def now(self) -> int:
        return self.agenda.now()

    def draw(self, *about: object) -> random.Random:
        """Chance that depends on what it is about only, not on what happened before."""
        return random.Random(f"{self.seed}:{':'.join(map(str, about))}")  # noqa: S311 - a simulation

    def holder(self, number: str) -> Visit:
        """Who holds a number; a number from outside the plan is held by somebody who simply comes."""
        known = self.holders.get(number)
        if known is not None:
            return known
        minutes = next((queue.minutes for queue in self.plan.queues if queue.letter == number[0]), 10.0)
        return stranger(self.seed, number, minutes)

    def idle_window_for(self, category: str, floor: int) -> str | None:
        """A waiting clerk who may serve a category's line: of its home windows first."""
        queue = next((each for each in self.plan.queues if each.letter == category), None)
        if queue is None:
            return None
        where = floor if floor in queue.floors else queue.floors[0]
        fitting = [
            window for window in self.plan.windows if window.number in self.idle and category in window.categories
        ]
        here = [window for window in fitting if window.floor == where] or fitting
        at_home = [window.number for window in here if window.home == category]
        rest = sorted(window.number for window in here)
        return min(at_home, default=None) or (rest[0] if rest else None)
