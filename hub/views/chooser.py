"""Choosing items: the departments of a category, what a search found, and what a visit for the chosen ones takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.domain.hall.items import Items
from hub.domain.hall.plan import QueuePlan
from hub.domain.hall.profile import HallProfile, Item
from hub.domain.queue.itinerary import legs_of_visit
from hub.domain.queue.layout import category_line
from hub.domain.queue.state import QueueDay
from hub.domain.queue.wait import outlook_of_newcomer
from hub.domain.refusals import Refused
from hub.views.item_search import Found, ItemIndex
from hub.views.kiosk import stopped
from hub.views.words import Words

MOST_ITEMS = 20
"""Items of one visit, as the wire contract has it."""
MOST_SHOWN = 40
"""Answers to a query that are shown; more letters make them fewer."""


@dataclass(frozen=True, slots=True)
class DepartmentChoice:
    code: str
    zh: str
    en: str
    items: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What the chooser shows: departments to choose from, or items. ``total`` counts items, also those not shown."""

    departments: tuple[DepartmentChoice, ...]
    found: tuple[Found, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Leg:
    """What one line of windows does of a visit. ``wait``: minutes (p50, p90) of whoever joins now, None when no window
    is open for it."""

    categories: tuple[QueuePlan, ...]
    floor: int
    ahead: int
    wait: tuple[int, int] | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """``legs`` in the order they are gone through. ``stopped``: why no number can be had now, None when it can."""

    legs: tuple[Leg, ...]
    stopped: Words | None
    full: bool


def offer(index: ItemIndex, profile: HallProfile, query: str, category: str | None, department: str | None) -> Offer:
    """Without a query: a category's departments, or its items when it has but one; nothing for no category.

    A query is asked of the whole category, since few people know which department answers.
    """
    if not query.strip():
        if category is None:
            return Offer((), (), 0)
        found = index.search("", category, department)
        departments = _departments(profile, found)
        if department is None and len(departments) > 1:
            return Offer(departments, (), len(found))
        return Offer((), tuple(found), len(found))
    found = index.search(query, category)
    return Offer((), tuple(found[:MOST_SHOWN]), len(found))


def _departments(profile: HallProfile, found: Sequence[Found]) -> tuple[DepartmentChoice, ...]:
    held: dict[str, int] = {}
    for each in found:
        held[each.item.department] = held.get(each.item.department, 0) + 1
    return tuple(DepartmentChoice(d.code, d.zh, d.en, held[d.code]) for d in profile.departments if d.code in held)


def visit(day: QueueDay, items: Items, codes: Sequence[str], floor: int, now: int) -> Visit:
    """What these items take of somebody on ``floor``, as issuing would have it.

    Raises ``Refused("unknown-item" | "unknown-category")``.
    """
    chosen = _chosen(items, codes)
    needed = tuple(dict.fromkeys(item.category for item in chosen))
    for letter in needed:
        if letter not in day.queues:
            raise Refused("unknown-category", category=letter)
    legs = tuple(_leg(day, line, needed, chosen, now) for line in legs_of_visit(day, needed, floor))
    return Visit(legs, stopped(day, now), len(chosen) >= MOST_ITEMS)


def _leg(day: QueueDay, line: str, needed: Sequence[str], chosen: Sequence[Item], now: int) -> Leg:
    names, _, at = line.rpartition("/")
    letters = [letter for letter in needed if letter in names.split("+")]
    # a line of several categories is there from its first ticket on; before it, its first category's tells the wait
    known = line if line in day.lines else category_line(letters[0], int(at))
    told = outlook_of_newcomer(day, known, now)
    served = tuple(item for item in chosen if item.category in letters)
    return Leg(tuple(day.queues[letter] for letter in letters), int(at), told.ahead, told.wait, served)


def _chosen(items: Items, codes: Sequence[str]) -> list[Item]:
    chosen: list[Item] = []
    for code in dict.fromkeys(codes[:MOST_ITEMS]):
        item = items.item(code)
        if item is None:
            raise Refused("unknown-item", item=code[:64])
        chosen.append(item)
    return chosen
