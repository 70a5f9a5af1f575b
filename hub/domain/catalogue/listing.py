"""The catalogue as the queue needs it: what people may take a number for, under which category."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hub.domain.catalogue.item import Catalogue, Item, MaterialRule
from hub.domain.hall.item_check import LONGEST_ITEM_NAME, MOST_KEYWORDS
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.profile import Item as ListedItem


def with_items(profile: HallProfile, catalogue: Catalogue | None) -> HallProfile:
    """The profile with the catalogue's items of the centre instead of its own, and its categories' counts of them.

    Without a catalogue the profile's own list stands. Items of a category or department that the profile has no more
    are left out: a number for them would lead nowhere.
    """
    if catalogue is None:
        return profile
    letters = {each.letter for each in profile.categories}
    departments = {each.code for each in profile.departments}
    categories = {overlay.item: overlay.category for overlay in catalogue.overlays if overlay.category in letters}
    listed = tuple(
        ListedItem(
            code=item.code,
            zh=_short(item.zh),
            en=_short(item.en),
            category=categories[item.code],
            department=item.department,
            keywords=item.keywords[:MOST_KEYWORDS],
        )
        for item in catalogue.items
        if item.place == "centre" and item.code in categories and item.department in departments
    )
    counted = Counter(item.category for item in listed)
    counts = tuple(replace(each, items=counted[each.letter]) for each in profile.categories)
    return replace(profile, items=listed, categories=counts)


def to_bring(item: Item) -> tuple[MaterialRule, ...]:
    """What the applicant brings: asked for now; main materials first, each in the item's order."""
    now = [each for each in item.materials if each.now]
    return tuple(sorted(now, key=lambda each: not each.main))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_ITEM_NAME else name[: LONGEST_ITEM_NAME - 1] + "…"
