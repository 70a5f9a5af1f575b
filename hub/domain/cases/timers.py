"""What the clock alone brings about in one case: commands that are due, each with a name that makes it once.

They are read from the case, so nothing is forgotten over a restart: what fell due while the hub was off is due now, and
its event is dated when it was.
"""

from __future__ import annotations

from hub.domain.cases.clock_commands import ChaseOwed, ExpireIntake, ExpireTolerance, MarkOverdue
from hub.domain.cases.commands import CaseCommand
from hub.domain.cases.limits import only_seen
from hub.domain.cases.records import INTAKE, STEP, TOLERANCE
from hub.domain.cases.review_commands import TimeOutStep
from hub.domain.cases.state import Case, Clock


def due(case: Case, id: str, day: str, at: int) -> list[tuple[str, CaseCommand]]:
    """The commands of case ``id`` that are due at ``at`` on business day ``day``, each under its own name."""
    found: list[tuple[str, CaseCommand]] = []
    for clock in case.clocks:
        if not _pending(clock) or clock.due_at > at:
            continue
        found.append((f"{clock.name}:{id}:{clock.due_at}", _command(clock, id, day, at)))
    passed = [n for n, moment in enumerate(case.chase) if n >= case.chased and moment <= at] if case.owed else []
    if passed:
        found.append((f"chase:{id}:{case.chase[passed[-1]]}", ChaseOwed(id, at, passed[-1])))
    return found


def next_at(case: Case) -> int | None:
    """The earliest moment at which ``due`` will give something; None: never as the case stands."""
    moments = [clock.due_at for clock in case.clocks if _pending(clock)]
    if case.owed:
        moments += case.chase[case.chased :]
    return min(moments, default=None)


def _pending(clock: Clock) -> bool:
    return clock.running and not clock.missed


def _command(clock: Clock, id: str, day: str, at: int) -> CaseCommand:
    if only_seen(clock.name):
        return MarkOverdue(id, at, clock.name, clock.due_at)
    if clock.name == INTAKE:
        return ExpireIntake(id, day, at, clock.due_at)
    if clock.name == TOLERANCE:
        return ExpireTolerance(id, at, clock.due_at)
    return TimeOutStep(id, day, at, clock.name.removeprefix(STEP), clock.due_at)
