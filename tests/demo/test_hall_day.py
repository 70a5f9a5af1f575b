"""Which free clerk looks up when somebody waits."""

from __future__ import annotations

from typing import cast

from hub.core.clock import ManualClock
from hub.demo.agenda import Stepped
from hub.demo.api_client import ApiClient
from hub.demo.clerks import LUNCH_TURNS, shifts_of
from hub.demo.equipment import Equipment
from hub.demo.hall_day import HallDay
from tests.demo.test_visits import PLAN


def day(*idle: str) -> HallDay:
    nobody = cast("Equipment", None)
    found = HallDay(Stepped(ManualClock(0)), ApiClient("http://127.0.0.1:1", "-"), nobody, PLAN, 3)
    found.idle.update(idle)
    return found


def test_a_home_window_comes_before_another_of_the_floor() -> None:
    assert day("101", "107", "201").idle_window_for("B", 1) == "107"
    assert day("101", "201").idle_window_for("B", 1) == "101"


def test_a_queue_on_several_floors_is_served_where_the_visitor_stands() -> None:
    assert day("116", "221").idle_window_for("P", 2) == "221"


def test_nobody_looks_up_when_nobody_is_free_or_may_serve() -> None:
    assert day().idle_window_for("A", 1) is None
    assert day("201").idle_window_for("A", 1) is None
    assert day("201").idle_window_for("?", 1) is None


def test_whoever_holds_an_unknown_number_behaves_the_same_every_time() -> None:
    assert day().holder("A777") == day().holder("A777")


def test_every_queue_has_a_clerk_and_never_do_all_of_them_eat_at_once() -> None:
    shifts = shifts_of(day())
    homes = {window.number: (window.home, window.floor) for window in PLAN.windows}
    assert {homes[shift.window] for shift in shifts} == set(homes.values())
    assert len({shift.lunch for shift in shifts if shift.lunch is not None}) == LUNCH_TURNS
    assert shifts == shifts_of(day())
