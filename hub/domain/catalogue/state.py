"""The catalogue in memory, stream ``catalogue``: every version ever published, since open cases keep theirs.

Only the writer changes it, through ``evolve``. Versions share the items that they have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.catalogue.item import Catalogue, Item, Overlay


@dataclass(frozen=True, slots=True)
class CatalogueVersion:
    """A version indexed by item code; ``at``: when it was published."""

    catalogue: Catalogue
    items: Mapping[str, Item]
    overlays: Mapping[str, Overlay]
    at: int


@dataclass(slots=True)
class CatalogueState:
    """``versions``: by number from 1, without gaps."""

    versions: list[CatalogueVersion] = field(default_factory=list[CatalogueVersion])

    @property
    def latest(self) -> CatalogueVersion | None:
        """The last one published, in force or not yet; None in a hall without a catalogue."""
        return self.versions[-1] if self.versions else None

    def indexed(self, version: int) -> CatalogueVersion | None:
        return self.versions[version - 1] if 0 < version <= len(self.versions) else None

    def version(self, version: int) -> Catalogue | None:
        found = self.indexed(version)
        return None if found is None else found.catalogue

    def in_force(self, day: str) -> CatalogueVersion | None:
        """The version that rules that day: of those valid then, the last one published."""
        for each in reversed(self.versions):
            held = each.catalogue
            if (
                held.valid_from is not None
                and held.valid_from <= day
                and (held.valid_to is None or day <= held.valid_to)
            ):
                return each
        return None

    def ruling(self, day: str) -> Catalogue | None:
        found = self.in_force(day)
        return None if found is None else found.catalogue

    def item(self, version: int, code: str) -> Item | None:
        """An item as that version has it; None when it has none of that code."""
        found = self.indexed(version)
        return None if found is None else found.items.get(code)

    def overlay(self, version: int, code: str) -> Overlay | None:
        found = self.indexed(version)
        return None if found is None else found.overlays.get(code)

    def ends(self, version: int) -> str | None:
        """The first day on which a later version rules instead, as published so far; None when none does."""
        found = self.version(version)
        later = [each.catalogue.valid_from for each in self.versions[version:] if each.catalogue.valid_from is not None]
        begins = "" if found is None or found.valid_from is None else found.valid_from
        return max(begins, min(later)) if later else None
