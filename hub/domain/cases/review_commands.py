"""What may be asked of a case's review steps; times and names as in ``commands``."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.records import Defect


@dataclass(frozen=True, slots=True)
class ClaimStep:
    case: str
    day: str
    at: int
    by: str
    department: str
    step: str
    role: str = "reviewer"


@dataclass(frozen=True, slots=True)
class ReleaseStep:
    case: str
    at: int
    by: str
    step: str


@dataclass(frozen=True, slots=True)
class AssignStep:
    """改派: the step is ``to``'s from now on, whoever held it. By a supervisor, or the head of its ``department``."""

    case: str
    at: int
    by: str
    department: str
    step: str
    to: str
    why: str
    role: str


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """审查意见. ``verdict``: agree, object, or return: to an earlier step ``to``, or with ``defects`` to the applicant.

    ``text`` is needed where the step asks for one, and for object and return.
    """

    case: str
    day: str
    at: int
    by: str
    department: str
    step: str
    verdict: str
    text: str = ""
    defects: tuple[Defect, ...] = ()
    to: str = ""
    role: str = "reviewer"


@dataclass(frozen=True, slots=True)
class EscalateStep:
    """To the supervisor, who may then give its opinion."""

    case: str
    at: int
    by: str
    step: str
    why: str


@dataclass(frozen=True, slots=True)
class TimeOutStep:
    """By the clock; ``due_at`` is the due moment that is meant, another one: nothing happens."""

    case: str
    day: str
    at: int
    step: str
    due_at: int


ReviewCommand = ClaimStep | ReleaseStep | AssignStep | GiveOpinion | EscalateStep | TimeOutStep
