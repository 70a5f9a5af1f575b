"""Whether every item is open to consultation (100%): it is when its department can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.catalogue.item import Item
from hub.domain.hall.profile import HallProfile


@dataclass(frozen=True, slots=True)
class Coverage:
    """``closed``: codes of items that nobody would answer for, since the profile has no such department."""

    items: int
    closed: tuple[str, ...]

    @property
    def open(self) -> int:
        return self.items - len(self.closed)

    @property
    def percent(self) -> float:
        """100 without items: there is nothing that could not be asked about."""
        return 100.0 if not self.items else 100.0 * self.open / self.items


def coverage(profile: HallProfile, items: Iterable[Item]) -> Coverage:
    """Of a catalogue's items under that profile, wherever they are handled and whatever else they allow."""
    departments = {each.code for each in profile.departments}
    known = tuple(items)
    return Coverage(len(known), tuple(each.code for each in known if each.department not in departments))
