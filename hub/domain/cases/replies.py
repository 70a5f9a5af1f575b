"""What a command about a case answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseReply:
    """The case after the act. ``number`` empty: a draft. ``changed`` False: it stood so, nothing was written."""

    case: str
    number: str
    state: str
    changed: bool
