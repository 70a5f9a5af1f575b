"""Finding an item as people ask for it: by what it is called, by pinyin or its initials, in English, by its code.

A query is words; every one must be found. What was found at the beginning of a name comes first, then what was found
at a syllable or word inside, then the rest; within one rank the profile's order stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.domain.hall.profile import HallProfile, Item
from hub.views.pinyin import Syllables

LONGEST_QUERY = 40
MOST_WORDS = 4

_START, _KEYWORD, _INSIDE, _LOOSE, _PLACE, _NOWHERE = range(6)
"""Where a word was found: at a name's start; at a keyword's; at a syllable or word inside the name; inside, with some
syllables shortened and others not, or in the middle of an English word; in the name of department or category."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item with the names of where it belongs. ``floors``: where its category is served."""

    item: Item
    category_zh: str
    category_en: str
    department_zh: str
    department_en: str
    floors: tuple[int, ...]


_TELLING = 3
"""Letters from which on the middle of an English word tells anything; a single letter finds beginnings only."""


class _Spelt:
    """A text in pinyin: ``whole`` letters, with the offsets at which syllables begin, and the ``initials``."""

    __slots__ = ("_starts", "_syllables", "initials", "whole")

    def __init__(self, syllables: Syllables) -> None:
        self._syllables = syllables
        self.initials = "".join(syllable[0] for syllable in syllables)
        self.whole = "".join(syllables)
        at, starts = 0, set[int]()
        for syllable in syllables:
            starts.add(at)
            at += len(syllable)
        self._starts = frozenset(starts)

    def rank(self, word: str) -> int:
        if self.initials.startswith(word) or self.whole.startswith(word):
            return _START
        if len(word) == 1:
            return _NOWHERE
        if word in self.initials:
            return _INSIDE
        at = self.whole.find(word)
        while at >= 0:
            if at in self._starts:
                return _INSIDE
            at = self.whole.find(word, at + 1)
        start = self.initials.find(word[0])
        return _NOWHERE if start < 0 else self._shortened(word, start)

    def _shortened(self, word: str, start: int) -> int:
        """Each syllable by any of its beginnings, as input methods take it: ``getigsh`` for 个体工商户."""
        second = word[1]
        while start >= 0:
            # most words end at their second letter: it goes on with a syllable or begins the next
            goes_on = self._syllables[start][1:2] == second or self.initials[start + 1 : start + 2] == second
            if goes_on and self._taken(word, 0, start):
                return _LOOSE if start else _START
            start = self.initials.find(word[0], start + 1)
        return _NOWHERE

    def _taken(self, word: str, at: int, syllable: int) -> bool:
        if at == len(word):
            return True
        if syllable == len(self._syllables):
            return False
        letters = self._syllables[syllable]
        longest = 0
        while longest < len(letters) and at + longest < len(word) and word[at + longest] == letters[longest]:
            longest += 1
        return any(self._taken(word, at + taken, syllable + 1) for taken in range(longest, 0, -1))


class _Entry:
    __slots__ = ("_code", "_english", "_keywords", "_names", "_places", "_places_spelt", "_spelt", "found")

    def __init__(self, found: Found, spelt: Mapping[str, Syllables]) -> None:
        item = found.item
        self.found = found
        self._code = item.code.lower()
        self._english = item.en.lower()
        self._names = item.zh.lower()
        self._keywords = tuple((keyword.lower(), _Spelt(spelt.get(keyword, ()))) for keyword in item.keywords)
        self._spelt = _Spelt(spelt.get(item.zh, ()))
        self._places = " ".join(
            (found.department_zh, found.department_en, found.category_zh, found.category_en)
        ).lower()
        self._places_spelt = _Spelt(spelt.get(found.department_zh, ())).initials

    def rank(self, word: str) -> int:
        if word == self._code or self._names.startswith(word) or self._english.startswith(word):
            return _START
        if word.isascii():
            best = self._spelt.rank(word)
            if best > _INSIDE and len(word) > 1 and word in self._english:
                best = min(best, _in_english(word, self._english))
        else:
            best = _INSIDE if word in self._names else _NOWHERE
        if best > _KEYWORD and any(_in_keyword(word, text, spelt) for text, spelt in self._keywords):
            return _KEYWORD
        if best == _NOWHERE and (len(word) > 1 or not word.isascii()):
            return _PLACE if word in self._places or self._places_spelt.startswith(word) else _NOWHERE
        return best


def _in_english(word: str, text: str) -> int:
    """Of a word that the text holds."""
    if f" {word}" in text:
        return _INSIDE
    return _LOOSE if len(word) >= _TELLING else _NOWHERE


def _in_keyword(word: str, text: str, spelt: _Spelt) -> bool:
    return text.startswith(word) or spelt.initials.startswith(word) or spelt.whole.startswith(word)


class ItemIndex:
    """The items of one profile, ready for searching; ``spelt`` are the readings of ``texts_of`` that profile."""

    def __init__(self, profile: HallProfile, spelt: Mapping[str, Syllables]) -> None:
        categories = {each.letter: each for each in profile.categories}
        departments = {each.code: each for each in profile.departments}
        self._entries: list[_Entry] = []
        for item in profile.items:
            category, department = categories[item.category], departments[item.department]
            found = Found(item, category.zh, category.en, department.zh, department.en, category.floors)
            self._entries.append(_Entry(found, spelt))

    def search(self, query: str, category: str | None = None, department: str | None = None) -> list[Found]:
        """Every item that answers the query, best first; an empty query finds all, in the profile's order."""
        entries = [entry for entry in self._entries if _belongs(entry.found.item, category, department)]
        words = query.lower()[:LONGEST_QUERY].split()[:MOST_WORDS]
        if not words:
            return [entry.found for entry in entries]
        ranked: list[tuple[int, int]] = []
        for n, entry in enumerate(entries):
            rank = 0
            for word in words:
                rank = max(rank, entry.rank(word))
                if rank == _NOWHERE:
                    break
            else:
                ranked.append((rank, n))
        return [entries[n].found for _, n in sorted(ranked)]


def texts_of(profile: HallProfile) -> Iterable[str]:
    """What of a profile must be spelt for its index."""
    for item in profile.items:
        yield item.zh
        yield from item.keywords
    for department in profile.departments:
        yield department.zh


def _belongs(item: Item, category: str | None, department: str | None) -> bool:
    return (category is None or item.category == category) and (department is None or item.department == department)
