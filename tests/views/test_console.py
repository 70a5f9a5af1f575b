"""What a window's clerk sees."""

from __future__ import annotations

import pytest

from hub.domain.queue import commands as c
from hub.views.aside import Aside
from hub.views.console import Console, console, onward
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


def test_an_escort_and_a_seat_reach_the_clerk() -> None:
    morning = Morning()
    morning.open("101")
    ticket = morning.take("A")
    morning.do(c.FlagTicket(DATE, morning.now, ticket.id, True, "2 号沙发"))
    morning.call("101")
    visit = _console(morning).visit
    assert visit is not None
    assert "需陪同" in [flag.zh for flag in visit.flags]
    assert visit.note == "2 号沙发"


def test_a_visit_of_several_categories_says_what_is_done_here_and_where_it_goes_on() -> None:
    morning = Morning()
    morning.open("101", "201")
    ticket = morning.take("A", also=("E",))
    morning.call("101")
    visit = _console(morning).visit
    assert visit is not None
    assert [(part.letter, part.here) for part in visit.parts] == [("A", True), ("E", False)]
    assert (visit.onward.line, visit.onward.floor) == ("E/2", 2)
    morning.later(12)
    morning.finish("101")
    assert ticket.line == visit.onward.line, "it went where it was said to go"
    morning.call("201")
    second = _console(morning, "201").visit
    assert second is not None
    assert second.number == visit.number
    assert [(leg.window, leg.words.zh, leg.minutes) for leg in second.earlier] == [("101", "新设企业专区", 12)]
    assert second.onward.line is None


def test_an_ordinary_visit_has_nothing_to_tick() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A")
    morning.call("101")
    visit = _console(morning).visit
    assert visit is not None
    assert visit.parts == visit.earlier == ()
    assert visit.onward.line is None


@pytest.mark.parametrize("done", [("A",), ("E",), ("B",), ("A", "B"), ("A", "E"), ("A", "B", "E")])
def test_it_goes_on_where_a_finish_with_the_same_ticks_sends_it(done: tuple[str, ...]) -> None:
    morning = Morning()
    morning.open("101")
    ticket = morning.take("A", also=("B", "E"))
    morning.call("101")
    said = onward(morning.day, morning.day.windows["101"], ticket, done)
    morning.do(c.FinishService(DATE, morning.now, "101", None, done))
    assert said.line == (ticket.line if ticket.state == "waiting" else None)


def test_a_window_says_what_it_was_lent_for_and_until_when() -> None:
    morning = Morning()
    assert _console(morning).lent == ()
    until = morning.now + 3_600_000
    morning.do(c.ReskillWindow(DATE, morning.now, "101", ("E",), until))
    assert (_console(morning).lent, _console(morning).until) == (("E",), until)


def test_a_window_that_may_serve_nothing_says_so() -> None:
    morning = Morning()
    morning.day.skills["li"] = ("E",)
    morning.do(c.SignInClerk(DATE, morning.now, "101", "li"))
    unable = _console(morning).unable
    assert unable is not None
    assert "没有可办的业务" in unable.zh


def test_a_frozen_hall_is_said_at_the_window() -> None:
    morning = Morning()
    morning.do(c.FreezeHall(DATE, morning.now, "消防演练"))
    assert _console(morning).frozen == "消防演练"


def test_in_a_rush_the_rule_is_said_not_the_credit() -> None:
    morning = Morning()
    morning.open("101")
    morning.take("A")
    morning.later(31)
    said = [reason.zh for reason in _console(morning).why]
    assert said == ["等候 31 分钟，已过 30 分钟，先于其他人"]
    for _ in range(2):
        morning.take("A")
    morning.later(31)
    favoured = morning.take("A", priority="elderly")
    for _ in range(2):
        morning.call("101")
        morning.finish("101")
    shown = _console(morning)
    assert shown.next[0].number == favoured.number
    assert shown.why[-1].zh == "等候 0 分钟，忙时每 3 个号至少叫 1 个优先号"


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
