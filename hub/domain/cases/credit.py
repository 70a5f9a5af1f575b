"""Credit marks 信用记录 of one person or organisation, stream ``person/<subject>``: who has one gets no tolerance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from hub.domain.decided import Decided
from hub.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class MarkCredit:
    """失信. ``mark`` names the record (a pledge broken in case so-and-so, or a list's number), ``basis`` the rule."""

    person: str
    at: int
    by: str
    mark: str
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class RepairCredit:
    """信用修复 of one mark."""

    person: str
    at: int
    by: str
    mark: str
    reason: str


@dataclass(frozen=True, slots=True)
class CreditMarked:
    person: str
    mark: str
    reason: str
    basis: str
    at: int


@dataclass(frozen=True, slots=True)
class CreditRepaired:
    person: str
    mark: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class CreditReply:
    """``marks``: those that stand."""

    person: str
    marks: tuple[str, ...]
    changed: bool


CreditCommand = MarkCredit | RepairCredit
CreditEvent = CreditMarked | CreditRepaired


@dataclass(slots=True)
class Credit:
    """``marks``: not repaired yet."""

    marks: list[str] = field(default_factory=list[str])


def decide(credit: Credit, command: CreditCommand) -> Decided[CreditEvent, CreditReply]:
    """A mark that stands already, or a repair of none, is no event. Raises ``Refused`` with reason-needed."""
    if not command.reason.strip() or not command.mark.strip():
        raise Refused("reason-needed")
    if (command.mark in credit.marks) == isinstance(command, MarkCredit):
        return Decided((), CreditReply(command.person, tuple(credit.marks), False))
    match command:
        case MarkCredit():
            event = CreditMarked(command.person, command.mark, command.reason, command.basis, command.at)
            return Decided((event,), CreditReply(command.person, (*credit.marks, command.mark), True))
        case RepairCredit():
            left = tuple(mark for mark in credit.marks if mark != command.mark)
            repaired = CreditRepaired(command.person, command.mark, command.reason, command.at)
            return Decided((repaired,), CreditReply(command.person, left, True))
        case _:
            assert_never(command)


def evolve(credit: Credit, event: CreditEvent) -> None:
    """Changes ``credit`` in place. Total."""
    match event:
        case CreditMarked():
            credit.marks.append(event.mark)
        case CreditRepaired():
            credit.marks.remove(event.mark)
        case _:
            assert_never(event)
