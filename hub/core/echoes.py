"""What a refusal would tell back of a citizen's own message: withheld, since the answer goes up and stays for ever.

A name typed where an item's code belongs is still a name. Codes stay, so that the online hall can say which one; who
asked knows the rest anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from hub.domain.refusals import Fact

WITHHELD: Final = "…"
_CODE: Final = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
_NUMBER: Final = re.compile(r"[0-9+-]{7,}[Xx]?")
"""Phones and identity numbers; of an item's code of many digits nobody is told either."""


def own_words(data: bytes) -> tuple[str, ...]:
    """Every text of a message that is no plain code, the longest first; nothing of what cannot be read."""
    try:
        found = set(_texts(msgspec.json.decode(data)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(sorted((text for text in found if not _plain(text)), key=len, reverse=True))


def withheld(facts: dict[str, Fact], own: Iterable[str]) -> dict[str, Fact]:
    """The facts without the citizen's own words, also where a rule shortened them or put them into a sentence."""
    words = tuple(own)
    return {name: _without(fact, words) if isinstance(fact, str) else fact for name, fact in facts.items()}


def _without(fact: str, words: tuple[str, ...]) -> str:
    for word in words:
        # a typed code may come back in capitals
        for form in (word, word.upper(), word[:64], word[:40]):
            if len(form) > 1:
                fact = fact.replace(form, WITHHELD)
    return fact


def _plain(text: str) -> bool:
    return not text or (_CODE.fullmatch(text) is not None and _NUMBER.fullmatch(text) is None)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield str(name)  # pyright: ignore[reportUnknownArgumentType]
            yield from _texts(each)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _texts(each)  # pyright: ignore[reportUnknownArgumentType]
