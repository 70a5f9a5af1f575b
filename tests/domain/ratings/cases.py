"""Rectifications that tests of the ratings loop begin with."""

from __future__ import annotations

from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.state import HallState, ProfileVersion
from hub.domain.ratings import commands as c
from hub.domain.ratings.decide import decide
from hub.domain.ratings.events import RatingsEvent
from hub.domain.ratings.evolve import evolve
from hub.domain.ratings.replies import Rectified
from hub.domain.ratings.state import Rectification
from tests.domain.hall.halls import DEFAULT, ms

MONDAY = ms("2026-11-23 10:00", "Asia/Shanghai")
TICKET = "0" * 32
CLERK, SUPERVISOR = "li", "wang"


def hall() -> HallState:
    return HallState([ProfileVersion(1, DEFAULT, "2026-01-01")], CalendarVersion(0))


def opening(**changed: object) -> c.OpenRectification:
    fields: dict[str, object] = {
        "ticket": TICKET,
        "number": "A012",
        "day": "2026-11-23",
        "window": "101",
        "clerk": CLERK,
        "score": 1,
        "has_phone": True,
        "rated_at": MONDAY,
        "at": MONDAY + 5,
    }
    return c.OpenRectification(**{**fields, **changed})  # type: ignore[arg-type]


def verify(founded: bool = True, finding: str = "查看了录像", by: str = SUPERVISOR) -> c.VerifyRating:
    return c.VerifyRating(TICKET, by, founded, finding, MONDAY)


def fix(what: str = "已致歉并补办") -> c.RecordFix:
    return c.RecordFix(TICKET, SUPERVISOR, what, MONDAY)


def explain(why: str = "当时系统中断") -> c.RecordExplanation:
    return c.RecordExplanation(TICKET, SUPERVISOR, why, MONDAY)


def void(why: str = "按错了", by: str = SUPERVISOR) -> c.VoidRating:
    return c.VoidRating(TICKET, by, why, MONDAY)


def call(reached: bool = True, satisfied: bool | None = True, said: str = "谢谢") -> c.CallBack:
    return c.CallBack(TICKET, SUPERVISOR, reached, satisfied if reached else None, said, MONDAY)


def close(at: int = MONDAY) -> c.CloseRectification:
    return c.CloseRectification(TICKET, SUPERVISOR, at)


def run(*asked: c.RatingsCommand, case: Rectification | None = None) -> tuple[Rectification, list[RatingsEvent]]:
    """The state after the commands and everything that happened. Raises ``Refused``."""
    case = case if case is not None else Rectification()
    happened: list[RatingsEvent] = []
    for command in asked:
        decided = decide(case, hall(), command)
        for event in decided.events:
            evolve(case, event)
            happened.append(event)
        assert isinstance(decided.reply, Rectified)
        assert decided.reply.state == case.state
    return case, happened
