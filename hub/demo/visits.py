"""The visits of a simulated day, drawn before it begins: the same seed and plan give the same visits.

Arrivals come in two waves, categories by the windows that are there for them, services by a gamma distribution around
the category's minutes. What a person will do (be late, have the wrong number, fetch a copy, rate) is decided here too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hub.demo.errands import Errand, Items, errand_of
from hub.domain.hall.plan import DayPlan, QueuePlan

MINUTE = 60_000

NO_SHOW = 0.06
COMES_BACK = 0.7
WRONG_NUMBER = 0.03
FETCHES_A_COPY = 0.02
RATES = 0.4
HAS_PHONE = 0.8
OVER_HTTP = 0.1
SCORES, SCORE_WEIGHTS = (5, 4, 3, 2, 1), (70, 20, 6, 2.5, 1.5)
SHAPE = 2.5
"""Of the gamma distribution of services: a standard deviation of 0.63 of the mean."""

_PRIORITY = 0.12
_PHONES = ("13800000000", "512300000", "13000")


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's day. ``at``, ``back_after`` (None: never) and ``held`` in ms.

    ``turn``: how many visits of the same category come before it. ``shows_up`` False: not there at the first call.
    ``meant``: the category really needed, found out at the window. ``copy_after``: ms until a missing paper is there,
    None when none is missing. ``score`` None: does not rate. ``over_http``: takes the number on a phone or at a desk.
    """

    index: int
    turn: int
    at: int
    category: str
    floor: int
    priority: str | None
    phone: str | None
    over_http: bool
    shows_up: bool
    back_after: int | None
    meant: str | None
    copy_after: int | None
    held: int
    score: int | None
    errand: Errand = field(default_factory=Errand)


def visits_of(plan: DayPlan, phone: str, seed: int, count: int, items: Items | None = None) -> tuple[Visit, ...]:
    """``count`` visits of a day in the order of their arrival, all before closing. ``phone``: the hall's pattern.

    ``items``: what may be asked for; without any, people come with their category only.
    Raises ``ValueError`` for a day without hours.
    """
    if plan.opens is None or plan.closes is None:
        raise ValueError("a demo needs a day with opening hours")
    draw = random.Random(f"visits:{seed}")  # noqa: S311 - a simulation
    first = plan.opens - 5 * MINUTE
    if plan.issuing_from is not None:
        first = max(first, plan.issuing_from)
    arrivals = sorted(_arrival(draw, first, plan.closes) for _ in range(count))
    letters = [queue for queue in plan.queues if _weight(plan, queue) > 0] or list(plan.queues)
    weights = [max(_weight(plan, queue), 0.01) for queue in letters]
    turns: dict[str, int] = {}
    found: list[Visit] = []
    for index, at in enumerate(arrivals):
        queue = draw.choices(letters, weights)[0]
        turn = turns[queue.letter] = turns.get(queue.letter, -1) + 1
        visit = _visit(draw, plan, index, turn, at, queue, _phone(draw, phone))
        errand = errand_of(plan, seed, index, queue, visit.floor, at, items or {})
        found.append(replace(visit, errand=errand))
    return tuple(found)


BUSY = 0.85
"""Share of a window's open time that a crowded day can use."""


def that_fit(visits: tuple[Visit, ...], plan: DayPlan) -> tuple[Visit, ...]:
    """The visits of a day that its windows can just serve: on a crowded one people come with shorter matters."""
    if plan.opens is None or plan.closes is None:
        return visits
    room = len(plan.windows) * (plan.closes - plan.opens) * BUSY
    asked = sum(visit.held + MINUTE for visit in visits)
    if asked <= room:
        return visits
    return tuple(replace(visit, held=int(visit.held * room / asked)) for visit in visits)


def service_ms(draw: random.Random, minutes: float) -> int:
    """One service around ``minutes``, between half a minute and three hours."""
    return int(min(max(draw.gammavariate(SHAPE, minutes / SHAPE), 0.5), 180.0) * MINUTE)


def stranger(seed: int, number: str, minutes: float) -> Visit:
    """How somebody behaves who is not of the plan: a person at the demo's own take-a-number page."""
    draw = random.Random(f"stranger:{seed}:{number}")  # noqa: S311 - a simulation
    held, score = service_ms(draw, minutes), draw.choices(SCORES, SCORE_WEIGHTS)[0]
    return Visit(-1, 0, 0, number[0], 1, None, None, False, True, None, None, None, held, score)


def _visit(
    draw: random.Random, plan: DayPlan, index: int, turn: int, at: int, queue: QueuePlan, phone: str | None
) -> Visit:
    classes = [each.name for each in plan.policy.classes]
    priority = None
    if classes and draw.random() < _PRIORITY:
        priority = draw.choices(classes, [6, *[1] * (len(classes) - 1)])[0]
    if priority == "elderly" and draw.random() < 0.5:
        phone = None
    floor = draw.choice(queue.floors)
    near = [q.letter for q in plan.queues if floor in q.floors and q.letter != queue.letter and not q.service]
    wrong = near and not queue.service and draw.random() < WRONG_NUMBER
    shows_up = draw.random() >= NO_SHOW
    comes_back = not shows_up and draw.random() < COMES_BACK
    copy_needed = shows_up and not wrong and draw.random() < FETCHES_A_COPY
    return Visit(
        index=index,
        turn=turn,
        at=at,
        category=queue.letter,
        floor=floor,
        priority=priority,
        phone=phone,
        over_http=draw.random() < OVER_HTTP,
        shows_up=shows_up,
        back_after=int(draw.uniform(3, 25) * MINUTE) if comes_back else None,
        meant=draw.choice(near) if wrong else None,
        copy_after=int(draw.uniform(8, 20) * MINUTE) if copy_needed else None,
        held=service_ms(draw, queue.minutes),
        score=draw.choices(SCORES, SCORE_WEIGHTS)[0] if draw.random() < RATES else None,
    )


def _arrival(draw: random.Random, first: int, last: int) -> int:
    """A morning wave at a quarter of the day, a smaller one at two thirds, and some at any time."""
    span = last - MINUTE - first
    while True:
        kind = draw.random()
        if kind < 0.25:
            share = draw.random()
        elif kind < 0.68:
            share = draw.gauss(0.24, 0.11)
        else:
            share = draw.gauss(0.66, 0.1)
        if 0.0 <= share <= 1.0:
            return first + int(span * share)


def _weight(plan: DayPlan, queue: QueuePlan) -> float:
    """By the windows whose home it is: as many people as they can serve."""
    homes = sum(window.home == queue.letter for window in plan.windows)
    return homes / max(queue.minutes, 1.0) ** 0.5


def _phone(draw: random.Random, pattern: str) -> str | None:
    has_one, tail = draw.random() < HAS_PHONE, str(draw.randrange(10**6)).zfill(6)
    fitting: Sequence[str] = [start[:-6] + tail for start in _PHONES if re.fullmatch(pattern, start[:-6] + tail)]
    return fitting[0] if has_one and fitting else None
