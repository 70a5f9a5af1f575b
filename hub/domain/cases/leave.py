"""Leave of a department's reviewers, stream ``review/<department>``: the whole inbox goes to one colleague for days.

It is kept by department and not in the cases: a leave touches every open case of a reviewer, and those that come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import assert_never

from hub.domain.decided import Decided
from hub.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class HandOverInbox:
    """``to`` acts for ``reviewer`` from ``first`` to ``last`` (dates, inclusive); it replaces an earlier hand-over."""

    department: str
    at: int
    by: str
    reviewer: str
    to: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class TakeBackInbox:
    department: str
    at: int
    by: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class InboxHandedOver:
    department: str
    reviewer: str
    to: str
    first: str
    last: str
    at: int


@dataclass(frozen=True, slots=True)
class InboxTakenBack:
    department: str
    reviewer: str
    at: int


@dataclass(frozen=True, slots=True)
class LeaveReply:
    department: str
    reviewer: str
    to: str
    changed: bool


LeaveCommand = HandOverInbox | TakeBackInbox
LeaveEvent = InboxHandedOver | InboxTakenBack


@dataclass(frozen=True, slots=True)
class Leave:
    to: str
    first: str
    last: str


@dataclass(slots=True)
class ReviewDesk:
    """``leaves`` by reviewer."""

    leaves: dict[str, Leave] = field(default_factory=dict[str, Leave])

    def deputy(self, reviewer: str, day: str) -> str:
        """Who acts for that reviewer on that day: themselves without leave; deputies on leave pass it on."""
        seen: set[str] = set()
        while reviewer not in seen:
            seen.add(reviewer)
            leave = self.leaves.get(reviewer)
            if leave is None or not leave.first <= day <= leave.last:
                break
            reviewer = leave.to
        return reviewer


def decide(desk: ReviewDesk, command: LeaveCommand) -> Decided[LeaveEvent, LeaveReply]:
    """Raises ``Refused`` with bad-value."""
    match command:
        case HandOverInbox():
            if command.to == command.reviewer or not command.to.strip():
                raise Refused("bad-value", field="to", problem=f"≠ {command.reviewer}")
            if not (_is_date(command.first) and _is_date(command.last)) or command.last < command.first:
                raise Refused("bad-value", field="last", problem="first ≤ last, YYYY-MM-DD")
            reply = LeaveReply(command.department, command.reviewer, command.to, True)
            if desk.leaves.get(command.reviewer) == Leave(command.to, command.first, command.last):
                return Decided((), LeaveReply(command.department, command.reviewer, command.to, False))
            event = InboxHandedOver(
                command.department, command.reviewer, command.to, command.first, command.last, command.at
            )
            return Decided((event,), reply)
        case TakeBackInbox():
            stands = command.reviewer in desk.leaves
            back = (InboxTakenBack(command.department, command.reviewer, command.at),) if stands else ()
            return Decided(back, LeaveReply(command.department, command.reviewer, command.reviewer, stands))
        case _:
            assert_never(command)


def evolve(desk: ReviewDesk, event: LeaveEvent) -> None:
    """Changes ``desk`` in place. Total."""
    match event:
        case InboxHandedOver():
            desk.leaves[event.reviewer] = Leave(event.to, event.first, event.last)
        case InboxTakenBack():
            desk.leaves.pop(event.reviewer, None)
        case _:
            assert_never(event)


def _is_date(day: str) -> bool:
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
