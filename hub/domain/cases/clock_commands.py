"""What the clock asks of a case, made by ``timers``.

``due_at`` is the due moment that is meant: when the case has another one by now, or none, nothing happens.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpireIntake:
    """Nobody was told within the intake limit."""

    case: str
    day: str
    at: int
    due_at: int


@dataclass(frozen=True, slots=True)
class ChaseOwed:
    """The ``n``-th reminder, from 0, of what is owed; earlier ones that nobody sent are left out."""

    case: str
    at: int
    n: int


@dataclass(frozen=True, slots=True)
class ExpireTolerance:
    """What was owed has not come."""

    case: str
    at: int
    due_at: int


@dataclass(frozen=True, slots=True)
class MarkOverdue:
    """For every clock that only has to be seen: correction, legal, promised, service, checks."""

    case: str
    at: int
    clock: str
    due_at: int


ClockWork = ExpireIntake | ChaseOwed | ExpireTolerance | MarkOverdue
