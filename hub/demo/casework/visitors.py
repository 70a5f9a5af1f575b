"""Which visitors of the day come for a story: somebody of the category where there is one, else another who comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.demo.casework.story import Story
from hub.demo.errands import Errand
from hub.demo.visits import MINUTE, Visit
from hub.domain.hall.plan import DayPlan

OUTLET_CATEGORY = "P"
SERVED_MS = 15 * MINUTE
EARLY = 5
"""One in so many visitors is early enough for a case that goes on over the day."""
COLLECTS_AFTER_MS = 4 * 60 * MINUTE
"""How long after opening the first may come for a result of the day."""


def with_stories(
    visits: Sequence[Visit], plan: DayPlan, stories: Sequence[Story]
) -> tuple[tuple[Visit, ...], Mapping[int, Story], Mapping[int, Story]]:
    """The visits, and by their index who opens a case of which story and who collects the result of which.

    Whoever comes for a story is there when called, has the right number and rates. With too few visits some stories
    have no visitor.
    """
    floors = {queue.letter: queue.floors for queue in plan.queues}
    chosen = dict[int, Visit]()
    opens, collects = dict[int, Story](), dict[int, Story]()
    for story in stories:
        if story.before or story.category not in floors:
            continue
        visit = _first(visits, chosen, story.category)
        if visit is not None:
            chosen[visit.index] = _for(visit, story.category, floors[story.category][0], story.item)
            opens[visit.index] = story
    for story in stories:
        known = next((chosen[n] for n, each in opens.items() if each is story), None)
        visit = _late(visits, chosen, plan) if story.collected and known is not None else None
        if known is None or visit is None or OUTLET_CATEGORY not in floors:
            continue
        here = floors[OUTLET_CATEGORY]
        chosen[visit.index] = _for(visit, OUTLET_CATEGORY, known.floor if known.floor in here else here[0], None)
        collects[visit.index] = story
    return _numbered([chosen.get(visit.index, visit) for visit in visits]), opens, collects


def _first(visits: Sequence[Visit], taken: Mapping[int, Visit], category: str) -> Visit | None:
    free = [visit for visit in visits if visit.index not in taken]
    early = free[: max(len(free) // EARLY, 1)]
    return next((visit for visit in early if visit.category == category), early[0] if early else None)


def _late(visits: Sequence[Visit], taken: Mapping[int, Visit], plan: DayPlan) -> Visit | None:
    assert plan.opens is not None
    free = [visit for visit in visits if visit.index not in taken]
    late = [visit for visit in free if visit.at >= plan.opens + COLLECTS_AFTER_MS]
    return next((visit for visit in late if visit.category == OUTLET_CATEGORY), late[0] if late else None)


def _for(visit: Visit, category: str, floor: int, item: str | None) -> Visit:
    return replace(
        visit,
        category=category,
        floor=floor,
        shows_up=True,
        back_after=None,
        meant=None,
        copy_after=None,
        held=max(visit.held, SERVED_MS),
        score=visit.score or 5,
        errand=Errand(() if item is None else (item,)),
    )


def _numbered(visits: Sequence[Visit]) -> tuple[Visit, ...]:
    turns: dict[str, int] = {}
    found: list[Visit] = []
    for visit in visits:
        turn = turns[visit.category] = turns.get(visit.category, -1) + 1
        found.append(replace(visit, turn=turn))
    return tuple(found)
