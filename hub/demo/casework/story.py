"""What a story of one case is made of: who does what to it and when, and the events that show its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DESK = "desk"
"""The clerk who opened the case."""
OUTLET = "outlet"
"""The clerk at whose outlet window its applicant collects the result."""
HALL, ONLINE, EXTERNAL = "hall", "online", "external"


@dataclass(frozen=True, slots=True)
class Paper:
    """Stands in a body for the SHA-256 of a sheet with this title, which is uploaded by who acts."""

    title: str


@dataclass(frozen=True, slots=True)
class InDays:
    """Stands in a body for the date so many working days after the turn's."""

    days: int


@dataclass(frozen=True, slots=True)
class Ago:
    """Stands in a body for the moment so many minutes before the turn was due."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One act: ``path`` under the case, ``wait`` minutes after the turn before.

    ``days``: so many working days later instead, ``wait`` minutes after opening. ``who``: the desk, or an account.
    """

    who: str
    path: str
    body: Mapping[str, object]
    wait: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """``before``: received so many working days before the day that is shown, ``at`` minutes after opening; 0: by one
    of that day's visitors, from their ticket. ``via``: at the hall, online, or registered for another system.

    ``firm``: the applicant is a company. ``shows``: wire names of events that a case of this kind has in this order.
    ``collected``: on the day the applicant comes to the outlet for it.
    """

    kind: str
    zh: str
    en: str
    item: str
    category: str
    applicant: str
    materials: tuple[Mapping[str, object], ...]
    turns: tuple[Turn, ...]
    shows: tuple[str, ...]
    firm: bool = False
    via: str = HALL
    before: int = 0
    at: int = 0
    collected: bool = False
    external: str = ""
