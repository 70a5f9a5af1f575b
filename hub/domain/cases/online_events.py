"""What happened to a case from outside, and who took a filing; entries of stream ``case/<id>``, as in ``events``."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class FilingTaken:
    case: str
    clerk: str
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class FilingLeft:
    case: str
    at: int


@dataclass(frozen=True, slots=True)
class DecisionObjected:
    """``told``: the day from which the time to object runs, ``until`` its last one; ``late``: made past it.

    Nothing moves by it: who reviews the decision decides, also whether a late objection is heard.
    """

    case: str
    made_at: int
    told: str
    until: str
    late: bool
    words: Personal
    at: int


OnlineCaseEvent = FilingTaken | FilingLeft | DecisionObjected
