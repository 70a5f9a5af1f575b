"""What a window serves: its categories, those of the clerk there, and what the supervisor sets for the hour."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.hall.plan import ClerkPlan
from hub.domain.queue import commands as c
from hub.domain.queue.layout import able
from hub.domain.queue.timers import due
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import DATE, MINUTE, RUSH, always, small_plan

CLERKS = (ClerkPlan("li", ("B",)), ClerkPlan("wang", ("E",)))


def hall_with_clerks() -> Hall:
    return Hall(replace(always(small_plan(policy=RUSH)), clerks=CLERKS))


def test_a_window_calls_what_it_and_its_clerk_may_serve() -> None:
    hall = hall_with_clerks()
    hall.take("A")
    hall.wait(5)
    hall.take("B")
    hall.do(c.SignInClerk, window="101", clerk="li")
    assert able(hall.day, hall.day.windows["101"]) == ("B",)
    assert hall.call("101") == "B001"
    hall.do(c.SignInClerk, window="102", clerk="zhao")
    assert hall.call("102") == "A001", "who has no row may serve everything"


def test_another_clerk_at_the_window_changes_what_it_calls() -> None:
    hall = hall_with_clerks()
    hall.take("A")
    hall.do(c.SignInClerk, window="101", clerk="li")
    assert hall.call("101") is None
    hall.do(c.SignInClerk, window="101", clerk="zhao")
    assert hall.call("101") == "A001"
    hall.do(c.SignInClerk, window="101", clerk="li")
    assert hall.day.windows["101"].active is not None, "the ticket stays with the one who takes over"
    hall.do(c.FinishService, window="101")
    assert hall.ticket("A001").clerk == "li"


def test_a_window_without_any_skill_says_so_and_calls_nobody() -> None:
    hall = hall_with_clerks()
    hall.take("A")
    hall.do(c.SignInClerk, window="101", clerk="wang")
    assert hall.refuse(c.CallNext, window="101").code == "window-without-skills"
    hall.do(c.OpenWindow, window="102")
    hall.call("102")
    hall.do(c.OpenWindow, window="101")
    hall.do(c.TransferTicket, window="102", to="101", why="材料在 101")
    assert hall.call("101") == "A001", "but whoever was sent to this very window"


def test_nobody_waits_for_a_skill_that_is_not_there_without_being_told() -> None:
    hall = hall_with_clerks()
    for number in ("101", "102"):
        hall.do(c.OpenWindow, window=number)
    assert hall.take_reply("A").wait_minutes is not None
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.do(c.SignInClerk, window="102", clerk="wang")
    assert hall.take_reply("A").wait_minutes is None


def test_a_window_is_re_skilled_for_the_hour_and_goes_back_by_itself() -> None:
    hall = hall_with_clerks()
    hall.take("E", floor=2)
    until = hall.at + 60 * MINUTE
    hall.do(c.ReskillWindow, window="103", categories=("E", "P"), until=until)
    window = hall.day.windows["103"]
    assert (window.categories, window.planned, window.until) == (("E", "P"), ("P",), until)
    assert hall.call("103") == "E001", "a category of another floor is called from its lines there"
    hall.do(c.FinishService, window="103")
    hall.take("E", floor=2)
    hall.wait(60)
    [(name, command)] = due(hall.day, DATE, hall.at)
    assert isinstance(command, c.RestoreSkills)
    assert name == f"restore-skills:{DATE}:103:{until}"
    hall.do(c.RestoreSkills, window="103", until=until)
    assert (window.categories, window.until) == (("P",), None)
    assert hall.call("103") is None
    assert due(hall.day, DATE, hall.at) == []


def test_a_new_hour_is_not_ended_by_the_old_one() -> None:
    hall = hall_with_clerks()
    first = hall.at + 10 * MINUTE
    hall.do(c.ReskillWindow, window="103", categories=("A",), until=first)
    hall.do(c.ReskillWindow, window="103", categories=("A", "B"), until=first + 50 * MINUTE)
    hall.wait(11)
    hall.do(c.RestoreSkills, window="103", until=first)
    assert hall.last == ()
    assert hall.day.windows["103"].categories == ("A", "B")


def test_a_re_skilling_lasts_over_a_published_profile_and_can_be_taken_back() -> None:
    hall = hall_with_clerks()
    hall.do(c.ReskillWindow, window="103", categories=("A",))
    hall.do(c.AdoptPlan, plan=replace(always(small_plan(policy=RUSH, profile=2)), clerks=()))
    assert hall.day.windows["103"].categories == ("A",)
    hall.do(c.ReskillWindow, window="103")
    assert hall.day.windows["103"].categories == ("P",)
    hall.do(c.ReskillWindow, window="103")
    assert hall.last == ()


def test_what_is_no_category_or_no_time_is_refused() -> None:
    hall = hall_with_clerks()
    assert hall.refuse(c.ReskillWindow, window="103", categories=("Z",)).code == "unknown-category"
    assert hall.refuse(c.ReskillWindow, window="103", categories=("A",), until=hall.at).code == "bad-value"
    assert hall.refuse(c.ReskillWindow, window="999", categories=("A",)).code == "unknown-window"
    assert hall.refuse(c.ReskillWindow, window="103", categories=("A",), seen=-1).code == "changed-meanwhile"


def test_a_clerk_at_two_windows_is_refused_or_moved() -> None:
    hall = hall_with_clerks()
    hall.do(c.SignInClerk, window="101", clerk="zhao")
    assert hall.refuse(c.SignInClerk, window="102", clerk="zhao").code == "clerk-elsewhere"
    hall.take("A")
    hall.call("101")
    assert hall.refuse(c.SignInClerk, window="102", clerk="zhao", move=True).code == "clerk-busy-elsewhere"
    hall.do(c.FinishService, window="101")
    hall.do(c.SignInClerk, window="102", clerk="zhao", move=True)
    assert hall.day.clerks == {"zhao": "102"}
    assert hall.day.windows["101"].clerk is None


def test_an_hour_that_outlasts_the_day_is_until_its_end() -> None:
    hall = Hall(small_plan())
    assert hall.day.plan is not None
    for until in (hall.day.plan.ends, 253_402_300_799_000):
        hall.do(c.ReskillWindow, window="103", categories=("E", "P"), until=until)
        window = hall.day.windows["103"]
        assert (window.categories, window.until) == (("E", "P"), None)
