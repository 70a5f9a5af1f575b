"""Publishing: what is wrong is refused, what stands already is no event."""

from __future__ import annotations

from typing import assert_never

from hub.domain.decided import Decided
from hub.domain.hall.calendar import CalendarVersion, check_calendar
from hub.domain.hall.check import check
from hub.domain.hall.commands import NEXT_DAY, NOW, HallCommand, PublishCalendar, PublishProfile
from hub.domain.hall.events import CalendarPublished, HallEvent, ProfilePublished
from hub.domain.hall.planning import business_day, business_day_after
from hub.domain.hall.problems import Problem
from hub.domain.hall.replies import HallReply, Published
from hub.domain.hall.state import HallState
from hub.domain.refusals import Refused

PROBLEMS_SHOWN = 3


def decide(state: HallState, command: HallCommand) -> Decided[HallEvent, HallReply]:
    """Raises ``Refused`` with profile-invalid or bad-value."""
    match command:
        case PublishProfile():
            return _publish_profile(state, command)
        case PublishCalendar():
            return _publish_calendar(state, command)
        case _:
            assert_never(command)


def _publish_profile(state: HallState, command: PublishProfile) -> Decided[HallEvent, HallReply]:
    if command.effective not in (NOW, NEXT_DAY):
        raise Refused("bad-value", field="effective", problem=f"{NOW} | {NEXT_DAY}")
    problems = check(command.profile)
    if problems:
        raise Refused("profile-invalid", problem=_shown(problems), count=len(problems))
    latest = state.latest
    # The day of the profile in force, since its clock decides when the next one begins.
    today = business_day(latest.profile if latest else command.profile, command.at)
    if latest and latest.from_day <= today:
        today = max(today, latest.from_day)
    from_day = business_day_after(today) if latest and command.effective == NEXT_DAY else today
    if latest and latest.profile == command.profile and latest.from_day <= from_day:
        return Decided((), Published(latest.version, False, latest.from_day))
    version = latest.version + 1 if latest else 1
    published = ProfilePublished(version, command.profile, command.effective, from_day, command.at)
    return Decided((published,), Published(version, True, from_day))


def _publish_calendar(state: HallState, command: PublishCalendar) -> Decided[HallEvent, HallReply]:
    problems = check_calendar(command.years)
    if problems:
        raise Refused("bad-value", field="calendar", problem=_shown(problems), count=len(problems))
    now = state.calendar
    if now.version and now.years == command.years:
        return Decided((), Published(now.version, False))
    calendar = CalendarVersion(now.version + 1, command.years)
    return Decided((CalendarPublished(calendar, command.at),), Published(calendar.version, True))


def _shown(problems: list[Problem]) -> str:
    return "; ".join(f"{problem.path}: {problem.zh} / {problem.en}" for problem in problems[:PROBLEMS_SHOWN])
