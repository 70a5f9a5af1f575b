"""What a window's clerk sees."""

from __future__ import annotations

import pytest

from hub.domain.queue import commands as c
from hub.views.aside import Aside
from hub.views.console import Console, console
from tests.views.day import DATE, Morning


def _console(morning: Morning, window: str = "101") -> Console:
    aside = Aside()
    aside.follow(morning.events)
    shown = console(morning.day, window, aside, morning.now)
    assert shown is not None
    return shown


def test_space_follows_the_visit() -> None:
    morning = Morning()
    assert _console(morning).act == "open"
    morning.open("101")
    morning.take("A")
    assert _console(morning).act == "call-next"
    morning.call("101")
    assert _console(morning).act == "start"
    morning.start("101")
    assert _console(morning).act == "finish"
    morning.finish("101")
    assert _console(morning).act == "call-next"


def test_the_first_of_the_list_is_the_one_that_is_called() -> None:
    morning = Morning()
    morning.open("101")
    for category in "BACDABCD":
        morning.take(category)
        morning.later(2)
    for _ in range(8):
        shown = _console(morning)
        morning.call("101")
        assert _console(morning).visit is not None
        assert _console(morning).visit.number == shown.next[0].number  # type: ignore[union-attr]
        morning.finish("101")


def test_the_reasons_of_the_first_are_in_the_policys_terms() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A", priority="elderly")
    morning.later(7)
    said = "；".join(reason.zh for reason in _console(morning).why)
    assert "老年人计 +15 分钟" in said
    assert "本窗口主营计 +5 分钟" in said
    assert "等候 7 分钟" in said


def test_flags_say_what_a_clerk_should_know_first() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A", priority="elderly", phone=None)
    morning.call("101")
    visit = _console(morning).visit
    assert visit is not None
    assert [flag.zh for flag in visit.flags] == ["老年人", "无手机"]


def test_parked_and_missed_numbers_stay_at_their_window_until_they_go_on() -> None:
    morning = Morning()
    morning.open("101")
    parked, missed = morning.take("A"), morning.take("A")
    morning.call("101")
    morning.do(c.ParkTicket(DATE, morning.now, "101", "复印"))
    morning.call("101")
    morning.miss("101")
    shown = _console(morning)
    assert [ticket.number for ticket in shown.parked] == [parked.number]
    assert [ticket.number for ticket in shown.missed] == [missed.number]
    morning.do(c.CallTicket(DATE, morning.now, "101", parked.id))
    assert _console(morning).parked == ()


@pytest.mark.parametrize("state", ["parked", "missed"])
def test_the_lists_are_the_same_after_a_restart(state: str) -> None:
    morning = Morning()
    morning.open("101")
    for _ in range(3):
        morning.take("A")
        morning.call("101")
        morning.do(c.ParkTicket(DATE, morning.now, "101")) if state == "parked" else morning.miss("101")
        morning.later(1)
    followed, rebuilt = Aside(), Aside()
    followed.follow(morning.events)
    rebuilt.rebuild(morning.day)
    assert followed.at(morning.day, "101", state) == rebuilt.at(morning.day, "101", state) != ()


def test_there_is_no_console_of_a_window_that_is_not() -> None:
    assert console(Morning().day, "999", Aside(), 0) is None
