from __future__ import annotations

from dataclasses import replace

from hub.domain.hall.plan import RosterPlan
from hub.domain.queue import commands as c
from hub.domain.queue.roster import watch
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import HOUR, MIDNIGHT, RUSH, small_plan

NOON = RosterPlan(MIDNIGHT + 11 * HOUR, MIDNIGHT + 13 * HOUR, 60)


def noon_hall(hour: float = 12) -> Hall:
    """Three windows of floor 1 and one of floor 2 in use."""
    hall = Hall(replace(small_plan(policy=RUSH), rosters=(NOON,)))
    for number in ("101", "102", "103", "201"):
        hall.do(c.OpenWindow, window=number)
    hall.at = MIDNIGHT + int(hour * HOUR)
    return hall


def test_a_share_of_the_floors_windows_in_use_stays_open_at_noon() -> None:
    hall = noon_hall()
    held = watch(hall.day, 1, hall.at)
    assert held is not None
    assert (held.in_use, held.needed, held.may_pause) == (3, 2, 1)
    hall.do(c.PauseWindow, window="101", why="午餐")
    refused = hall.refuse(c.PauseWindow, window="102", why="午餐")
    assert (refused.code, refused.facts["needed"], refused.facts["until"]) == ("roster-floor", 2, "13:00")
    assert hall.refuse(c.CloseWindow, window="102").code == "roster-floor"


def test_the_last_window_of_a_floor_does_not_stop_at_noon() -> None:
    assert noon_hall().refuse(c.PauseWindow, window="201").code == "roster-floor"


def test_another_may_go_when_the_first_is_back() -> None:
    hall = noon_hall()
    hall.do(c.PauseWindow, window="101")
    hall.do(c.OpenWindow, window="101")
    hall.do(c.PauseWindow, window="102")
    assert hall.day.windows["102"].state == "paused"


def test_a_supervisor_may_let_more_go() -> None:
    hall = noon_hall()
    hall.do(c.PauseWindow, window="101")
    hall.do(c.PauseWindow, window="102", anyway=True)
    hall.do(c.CloseWindow, window="103", anyway=True)
    assert watch(hall.day, 1, hall.at).opened == 0  # pyright: ignore[reportOptionalMemberAccess]


def test_outside_the_roster_everybody_may_stop() -> None:
    for hour in (10.9, 13):
        hall = noon_hall(hour)
        assert watch(hall.day, 1, hall.at) is None
        for number in ("101", "102", "103"):
            hall.do(c.PauseWindow, window=number)


def test_the_reason_of_a_pause_may_be_told_afterwards() -> None:
    hall = noon_hall()
    hall.do(c.PauseWindow, window="101")
    hall.do(c.PauseWindow, window="101", why="会议")
    assert hall.day.windows["101"].why == "会议"
    hall.do(c.PauseWindow, window="101", why="会议")
    assert hall.last == ()
