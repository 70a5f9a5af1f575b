"""Remedies: acts the hub takes, and each lowers the estimate it names."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.hall.plan import ClerkPlan
from hub.domain.queue import advice as a
from hub.domain.queue import commands as c
from hub.domain.queue.advice import Remedy, counsel
from hub.domain.queue.causes import long_waits
from hub.domain.queue.state import CLOSED, OPEN, PAUSED
from hub.domain.queue.wait import outlook_of_newcomer
from tests.domain.queue.hall import Hall, small_hall
from tests.domain.queue.plans import RUSH, small_plan
from tests.domain.queue.troubled import halls


def _p90(hall: Hall, line: str) -> int | None:
    wait = outlook_of_newcomer(hall.day, line, hall.at).wait
    return None if wait is None else wait[1]


def _do(hall: Hall, remedy: Remedy) -> None:
    """What a manager presses, in the hall itself."""
    match remedy.act:
        case a.RESUME | a.OPENING:
            hall.do(c.OpenWindow, window=remedy.window)
        case a.RESKILL:
            hall.do(c.ReskillWindow, window=remedy.window, categories=remedy.categories, until=remedy.until)
        case a.MOVE:
            hall.do(c.SignInClerk, window=remedy.window, clerk=remedy.clerk, move=True)
        case _:
            hall.do(c.ReleaseHall)


@given(st.one_of(halls(), halls(frozen=True)))
def test_every_long_wait_has_a_cause_and_a_remedy_in_one_place(hall: Hall) -> None:
    before = deepcopy(hall.day)
    given_ = counsel(hall.day, hall.at)
    assert hall.day == before, "trying acts out changes nothing"
    named = sorted(wait.line for trouble in given_.troubles for wait in trouble.waits)
    assert named == sorted(wait.line for wait in long_waits(hall.day, given_.loads, hall.at))
    assert all(trouble.remedy.act in (*a.ACTS, a.URGE, a.ASK, a.STEER) for trouble in given_.troubles)


@given(halls())
def test_an_act_is_accepted_and_lowers_the_estimate_as_it_says(hall: Hall) -> None:
    given_ = counsel(hall.day, hall.at)
    for remedy in (*(trouble.remedy for trouble in given_.troubles), *given_.openings):
        if remedy.act not in a.ACTS:
            assert (remedy.before, remedy.after) == (None, None)
            continue
        assert remedy.before == _p90(hall, remedy.line)
        then = deepcopy(hall)
        _do(then, remedy)
        assert then.last, "something changes"
        after = _p90(then, remedy.line)
        assert after == remedy.after
        assert after is not None
        assert remedy.before is None or after < remedy.before


@given(halls())
def test_advice_names_windows_that_are_there_and_not_what_they_are_already(hall: Hall) -> None:
    given_ = counsel(hall.day, hall.at)
    remedies = [*(trouble.remedy for trouble in given_.troubles), *given_.openings]
    for remedy in remedies:
        if remedy.act in (a.STEER, a.RELEASE):
            continue
        window = hall.day.windows[remedy.window]
        assert remedy.act != a.OPENING or window.state == CLOSED
        assert remedy.act != a.RESUME or (window.state == PAUSED and window.why != a.BROKEN)
        assert remedy.act not in (a.RESKILL, a.MOVE) or window.state == OPEN
        assert remedy.act != a.RESKILL or not set(remedy.added) & set(window.categories)
        assert remedy.act != a.MOVE or hall.day.clerks[remedy.clerk or ""] == remedy.source != remedy.window
    spoken_for = {trouble.remedy.window for trouble in given_.troubles if trouble.remedy.window}
    openings = [remedy.window for remedy in given_.openings]
    assert not spoken_for & set(openings)
    assert len(openings) == len(set(openings))


def test_a_paused_window_is_asked_back_and_a_broken_one_is_not() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    hall.do(c.PauseWindow, window="101", why=a.BROKEN)
    hall.do(c.OpenWindow, window="102")
    hall.do(c.PauseWindow, window="102", why="午餐")
    hall.take("A")
    hall.wait(31)
    (trouble,) = counsel(hall.day, hall.at).troubles
    assert (trouble.remedy.act, trouble.remedy.window, trouble.remedy.before) == (a.RESUME, "102", None)


def test_a_window_that_has_time_is_lent_for_an_hour() -> None:
    hall = small_hall()
    for window in ("101", "102", "103", "201", "202"):
        hall.do(c.OpenWindow, window=window)
    for _ in range(30):
        hall.take("E", floor=2)
    hall.call("201")
    hall.call("202")
    hall.wait(31)
    (trouble,) = counsel(hall.day, hall.at).troubles
    assert (trouble.remedy.act, trouble.remedy.added) == (a.RESKILL, ("E",))
    assert trouble.remedy.window in ("101", "102", "103")
    assert trouble.remedy.until == hall.at + 60 * 60_000


def test_nothing_is_lent_by_windows_that_need_it_themselves() -> None:
    hall = small_hall()
    for window in ("101", "102", "103", "201", "202"):
        hall.do(c.OpenWindow, window=window)
    for _ in range(30):
        hall.take("E", floor=2)
        hall.take("A")
        hall.take("B")
    for window in ("101", "102", "201", "202"):
        hall.call(window)
    hall.wait(20)
    hall.do(c.FinishService, window="101")
    hall.call("101")
    hall.wait(11)
    acts = {trouble.remedy.act for trouble in counsel(hall.day, hall.at).troubles}
    assert a.RESKILL not in acts


def test_a_clerk_who_may_serve_is_moved_to_where_nobody_may() -> None:
    plan = replace(small_plan(policy=RUSH), clerks=(ClerkPlan("li", ("P",)),))
    hall = Hall(plan)
    for window in ("101", "102"):
        hall.do(c.OpenWindow, window=window)
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.do(c.SignInClerk, window="202", clerk="zhao")
    hall.do(c.CloseWindow, window="102")
    hall.do(c.ReskillWindow, window="102", categories=("P",))
    hall.take("A")
    hall.wait(31)
    (trouble,) = counsel(hall.day, hall.at).troubles
    assert (trouble.remedy.act, trouble.remedy.clerk, trouble.remedy.window) == (a.MOVE, "zhao", "101")


def test_what_no_act_mends_is_looked_at_or_steered() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="201")
    hall.do(c.OpenWindow, window="202")
    for _ in range(3):
        hall.take("E", floor=2)
    hall.call("201")
    hall.call("202")
    hall.wait(31)
    remedies = [trouble.remedy for trouble in counsel(hall.day, hall.at).troubles]
    assert [remedy.act for remedy in remedies] == [a.ASK]
