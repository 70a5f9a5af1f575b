"""Which streams a command about cases needs, and their states as its rule gets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from hub.domain.cases import clock_commands as k
from hub.domain.cases import commands as c
from hub.domain.cases import online_commands as o
from hub.domain.cases import review_commands as rc
from hub.domain.cases.almanac import Almanac, almanac_of
from hub.domain.cases.credit import Credit
from hub.domain.cases.leave import ReviewDesk
from hub.domain.cases.numbers import NumbersYear
from hub.domain.cases.state import Case
from hub.domain.hall.state import HallState

HALL = "hall"

_WITH_HALL = (
    c.SupplementCase,
    c.TellCorrection,
    c.StartSpecial,
    c.EndSpecial,
    c.ExtendLimit,
    c.RecomputeDeadlines,
    c.DecideCase,
    k.ExpireIntake,
    rc.TimeOutStep,
    o.SupplyOnline,
    o.ObjectToDecision,
)


def streams_of(command: c.CaseCommand) -> tuple[str, ...]:
    """One to three: the case first; then what gives it a number, counts its days, knows its applicant or reviewers."""
    case = "case/" + command.case
    match command:
        case c.OpenCase():
            return (case, numbers_of(command.day), HALL) if command.receive else (case,)
        case c.ReceiveCase():
            return (case, numbers_of(command.day), HALL)
        case c.RegisterExternalCase():
            return (case, numbers_of(command.day))
        case c.AcceptCase():
            return (case, HALL) if command.person is None else (case, HALL, "person/" + command.person)
        case rc.ClaimStep():
            return (case, "review/" + command.department)
        case rc.GiveOpinion():
            return (case, HALL, "review/" + command.department)
        case _ if isinstance(command, _WITH_HALL):
            return (case, HALL)
        case _:
            return (case,)


def numbers_of(day: str) -> str:
    """The stream that gives numbers on that business day."""
    return "numbers/" + day[:4]


@dataclass(frozen=True, slots=True)
class Streams:
    """The states of ``streams_of``, those it does not name are None."""

    case: Case
    hall: HallState | None = None
    numbers: NumbersYear | None = None
    credit: Credit | None = None
    desk: ReviewDesk | None = None

    def almanac(self, day: str) -> Almanac:
        assert self.hall is not None, "the command names the hall's stream"
        return almanac_of(self.hall, day)


_S = TypeVar("_S")


def gathered(states: Sequence[object]) -> Streams:
    """From the states in the order of ``streams_of``, the case first."""
    case = states[0]
    assert isinstance(case, Case)
    return Streams(
        case, _one(states, HallState), _one(states, NumbersYear), _one(states, Credit), _one(states, ReviewDesk)
    )


def _one(states: Sequence[object], kind: type[_S]) -> _S | None:
    return next((each for each in states if isinstance(each, kind)), None)
