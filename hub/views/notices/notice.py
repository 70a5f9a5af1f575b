"""One notice as a value: all that it says but for personal values, which stand in the log and are shown beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hub.views.words import Words

FORM = "hallhub-notice/1"


@dataclass(frozen=True, slots=True)
class Listing:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock that the notice tells of. ``until`` is a Chinese date, empty while it stands still."""

    name: str
    until: str
    limit: str
    rule: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What one kind of notice says. ``facts`` are its data, in a fixed order, without its wording."""

    title: Words
    says: tuple[str, ...]
    basis: tuple[str, ...]
    facts: tuple[str, ...]
    lists: tuple[Listing, ...] = ()
    reasons: str = ""
    clocks: tuple[ClockLine, ...] = ()
    remedies: str = ""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """``n``: the how-many-eth of its kind in the case, from 1. ``number`` is empty for a text still to be signed.

    ``date``: the business day, ``YYYY-MM-DD``, on which it was told, ``at`` that moment in ms since 1970 UTC.
    ``told_by`` and ``named_by``: places, among the case's events, of the event that told it and of the one that holds
    the applicant's name. ``state``: of the case after it.
    """

    kind: str
    n: int
    number: str
    date: str
    at: int
    case: str
    case_number: str
    person: str
    item: str
    item_code: str
    agency: str
    hall: Words
    state: str
    told_by: int
    named_by: int
    seal: str
    content: Content

    @property
    def key(self) -> str:
        """Its place in addresses: the kind, from the second on with ``-n``."""
        return self.kind if self.n == 1 else f"{self.kind}-{self.n}"

    def canonical(self) -> bytes:
        """What a check code stands for: the data, never the wording, and of the person the keyed hash alone.

        It stays the same when sentences are written anew and when the person is erased.
        """
        stable = (FORM, self.kind, self.n, self.number, self.date, self.case_number, self.person, self.item_code)
        return json.dumps([*stable, *self.content.facts], ensure_ascii=False, separators=(",", ":")).encode()
