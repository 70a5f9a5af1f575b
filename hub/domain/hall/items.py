"""The items of one profile, indexed for asking, and the categories that a visit for some of them needs."""

from __future__ import annotations

from collections.abc import Iterable

from hub.domain.hall.profile import HallProfile, Item
from hub.domain.refusals import Refused


class Items:
    """Built once a profile and asked for every ticket."""

    __slots__ = ("_by_code", "letters")

    def __init__(self, profile: HallProfile) -> None:
        self._by_code = {item.code: item for item in profile.items}
        self.letters = frozenset(item.category for item in profile.items)
        """The categories with listed items."""

    def item(self, code: str) -> Item | None:
        return self._by_code.get(code)

    def categories_of(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The letters of these items, each once, in their order; none when the profile lists no items, since then any
        code may be one of a system elsewhere. Raises ``Refused("unknown-item")``."""
        if not self._by_code:
            return ()
        letters: dict[str, None] = {}
        for code in codes:
            item = self._by_code.get(code)
            if item is None:
                raise Refused("unknown-item", item=code)
            letters[item.category] = None
        return tuple(letters)

    def visit(self, category: str | None, codes: Iterable[str]) -> tuple[str, tuple[str, ...]]:
        """The category that a visit's number is of, and the further ones it needs: ``category`` first, else the first
        item's. Raises ``Refused``: ``unknown-item``, or ``bad-value`` when neither tells a category."""
        letters = self.categories_of(codes)
        if category is None:
            if not letters:
                raise Refused("bad-value", field="category", problem="需要类别或事项 a category or items are needed")
            category = letters[0]
        if not letters or letters == (category,):
            return category, ()
        return category, tuple(letter for letter in letters if letter != category)
