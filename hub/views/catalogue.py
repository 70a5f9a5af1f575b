"""The catalogue as people read it: a list to browse, one item with everything about it, and how it came to be so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.domain.catalogue import labels
from hub.domain.catalogue.difference import FieldChange, changes
from hub.domain.catalogue.item import IMMEDIATE, Item, MaterialRule, Overlay, RouteStep
from hub.domain.catalogue.labels import Label
from hub.domain.catalogue.listing import to_bring
from hub.domain.catalogue.routes import in_order
from hub.domain.catalogue.state import CatalogueState, CatalogueVersion
from hub.domain.hall.profile import HallProfile
from hub.views.words import Words

PAGE = 50
UNPUBLISHED = Words("未公布", "not published")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """``where``: category and floors, or the place elsewhere. ``materials`` are asked for now, ``before`` formerly."""

    item: Item
    department: Words
    where: Words
    limit: Words
    fee: Words
    materials: int
    before: int


@dataclass(frozen=True, slots=True)
class Browsed:
    """One page of what was found; ``total`` counts all, pages count from 1."""

    rows: tuple[ItemRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Revision:
    """A version in which the item came, changed or went; ``changes`` None: it came or went."""

    version: int
    valid_from: str
    came: bool
    went: bool
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """``rounds``: steps of the review that can run side by side. ``cut``: percent of the materials saved."""

    row: ItemRow
    overlay: Overlay | None
    version: int
    bring: tuple[MaterialRule, ...]
    dropped: tuple[MaterialRule, ...]
    cut: int | None
    rounds: tuple[tuple[RouteStep, ...], ...]
    departments: Mapping[str, Words]


def browse(
    force: CatalogueVersion,
    profile: HallProfile,
    codes: Iterable[str] | None,
    *,
    category: str = "",
    department: str = "",
    place: str = "",
    complete: bool = False,
    page: int = 1,
) -> Browsed:
    """The items of ``codes`` in that order (None: all, by code) that fit every filter."""
    listed = force.catalogue.items if codes is None else [force.items[code] for code in codes if code in force.items]
    found = [
        item
        for item in listed
        if (not department or item.department == department)
        and (not place or item.place == place)
        and (not complete or item.complete)
        and (not category or _category(force, item) == category)
    ]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    return Browsed(tuple(row(force, profile, item) for item in shown), len(found), page, pages)


def elsewhere(force: CatalogueVersion, query: str) -> list[str]:
    """Codes of items done elsewhere whose name, English or keywords hold every word of the query."""
    words = query.lower().split()
    return [
        item.code
        for item in force.catalogue.items
        if item.place != "centre"
        and all(word in " ".join((item.code, item.zh, item.en, *item.keywords)).lower() for word in words)
    ]


def row(force: CatalogueVersion, profile: HallProfile, item: Item) -> ItemRow:
    return ItemRow(
        item=item,
        department=_departments(profile).get(item.department, Words(item.department, item.department)),
        where=_where(force, profile, item),
        limit=limit(item),
        fee=_fee(item),
        materials=sum(each.now for each in item.materials),
        before=sum(each.before for each in item.materials),
    )


def item_page(force: CatalogueVersion, profile: HallProfile, item: Item) -> ItemPage:
    shown = row(force, profile, item)
    return ItemPage(
        row=shown,
        overlay=force.overlays.get(item.code),
        version=force.catalogue.version,
        bring=to_bring(item),
        dropped=tuple(each for each in item.materials if not each.now),
        cut=round((shown.before - shown.materials) * 100 / shown.before) if shown.before else None,
        rounds=tuple(in_order(item.route)),
        departments=_departments(profile),
    )


def revisions(state: CatalogueState, code: str) -> list[Revision]:
    """The versions that changed an item, newest first."""
    found: list[Revision] = []
    before: CatalogueVersion | None = None
    for each in state.versions:
        old = None if before is None else before.items.get(code)
        new = each.items.get(code)
        if old is not None or new is not None:
            changed: Sequence[FieldChange] = ()
            if before is not None and old is not None and new is not None:
                changed = tuple(changes(old, new, before.overlays.get(code), each.overlays.get(code)))
            if changed or old is None or new is None:
                catalogue = each.catalogue
                found.append(
                    Revision(catalogue.version, catalogue.valid_from or "", old is None, new is None, tuple(changed))
                )
        before = each
    return found[::-1]


def limit(item: Item) -> Words:
    """How long it takes, as promised and by law."""
    if item.kind == IMMEDIATE:
        return Words("当场办结", "at once")
    if item.promised_days is None:
        return UNPUBLISHED
    legal = f"（法定 {item.legal_days}）" if item.legal_days is not None else ""
    of_law = f" (by law {item.legal_days})" if item.legal_days is not None else ""
    return Words(f"{item.promised_days} 个工作日{legal}", f"{item.promised_days} working days{of_law}")


def said(code: str) -> Words:
    """A coded value in words."""
    return Words(*labels.value(code))


def label(name: str) -> Words:
    """A field's name in words."""
    known: Label = labels.ITEM.get(name) or labels.OVERLAY.get(name) or labels.PART.get(name) or (name, name)
    return Words(*known)


def yuan(amount: int) -> str:
    """Fen as yuan: ``80`` or ``4.50``."""
    whole, fen = divmod(amount, 100)
    return f"{whole}.{fen:02d}" if fen else str(whole)


def _fee(item: Item) -> Words:
    if not item.fees:
        return Words("不收费", "free")
    return Words(
        "、".join(f"{yuan(fee.amount)} 元" for fee in item.fees), ", ".join(f"¥{yuan(fee.amount)}" for fee in item.fees)
    )


def _where(force: CatalogueVersion, profile: HallProfile, item: Item) -> Words:
    if item.place != "centre":
        return said(item.place)
    letter = _category(force, item)
    category = next((each for each in profile.categories if each.letter == letter), None)
    if category is None:
        return Words("–", "–")
    floors = "、".join(str(floor) for floor in category.floors)
    return Words(f"{floors} 层 {category.letter} {category.zh}", f"floor {floors}, {category.letter} {category.en}")


def _category(force: CatalogueVersion, item: Item) -> str:
    overlay = force.overlays.get(item.code)
    return "" if overlay is None else overlay.category


def _departments(profile: HallProfile) -> Mapping[str, Words]:
    return {each.code: Words(each.zh, each.en) for each in profile.departments}
