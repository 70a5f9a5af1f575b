"""One visit, many items: one window where one can do all, else windows in turn under one number."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue import commands as c
from hub.domain.queue.events import LegFinished, ServiceFinished, TicketCalled
from hub.domain.queue.itinerary import legs_of_visit, line_of_visit
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import MINUTE, RUSH, SMALL_WINDOWS, always, small_plan, window


def hall_of(*windows: str) -> Hall:
    """Windows like ``"101:AB"``; without any, the small hall's."""
    made = tuple(window(*each.split(":")) for each in windows) or SMALL_WINDOWS
    return Hall(always(small_plan(policy=RUSH, windows=made)))


def test_items_that_one_window_does_are_one_leg() -> None:
    hall = hall_of()
    number = hall.take("A", also=("B",))
    ticket = hall.ticket(number)
    assert (ticket.line, ticket.todo, number) == ("A+B/1", ("A", "B"), "A001")
    assert legs_of_visit(hall.day, ("A", "B"), 1) == ["A+B/1"]
    assert hall.call("102") == "A001"
    hall.do(c.FinishService, window="102")
    assert isinstance(hall.last[-1], ServiceFinished)
    assert (ticket.state, ticket.legs, ticket.todo) == ("finished", (), ())


def test_items_on_two_floors_are_two_legs_under_one_number() -> None:
    hall = hall_of()
    hall.take("A", also=("E",))
    ticket = hall.ticket("A001")
    assert legs_of_visit(hall.day, ("A", "E"), 1) == ["A/1", "E/2"]
    hall.wait(4)
    assert hall.call("101") == "A001"
    hall.wait(6)
    hall.do(c.FinishService, window="101")
    assert hall.last[-1] == LegFinished(ticket.id, "101", None, ("A",), "E/2", "E", hall.at)
    assert (ticket.state, ticket.line, ticket.category, ticket.todo) == ("waiting", "E/2", "E", ("E",))
    hall.wait(3)
    assert hall.call("101") is None, "nothing is left for this window"
    assert hall.call("201") == "A001"
    hall.do(c.FinishService, window="201")
    leg = ticket.legs[0]
    assert (leg.window, leg.done, leg.waited_ms, ticket.waited_ms) == ("101", ("A",), 4 * MINUTE, 3 * MINUTE)
    assert ticket.state == "finished"


def test_the_next_leg_keeps_its_place_in_time() -> None:
    hall = hall_of()
    hall.take("A", also=("E",))
    hall.wait(1)
    hall.take("E")
    hall.call("101")
    hall.wait(10)
    hall.do(c.FinishService, window="101")
    hall.take("E")
    assert hall.calls("202", 3) == ["A001", "E001", "E002"]


def test_a_window_that_does_all_of_it_is_preferred_to_one_that_does_a_part() -> None:
    hall = hall_of("101:A", "102:AB", "103:B")
    hall.take("A")
    hall.wait(5)
    hall.take("A", also=("B",))
    assert hall.call("101") == "A001", "five minutes earlier, and no window of all items is theirs here"
    assert hall.call("102") == "A002"
    hall = hall_of("101:A", "102:AB", "103:B")
    hall.take("B")
    hall.wait(5)
    hall.take("A", also=("B",))
    assert hall.call("102") == "A001", "ten minutes of credit where all is done"


def test_a_part_done_at_one_window_goes_on_at_the_next() -> None:
    hall = hall_of("101:A", "102:AB", "103:B")
    hall.take("A", also=("B",))
    assert hall.call("101") == "A001"
    hall.do(c.FinishService, window="101")
    assert hall.ticket("A001").line == "B/1"
    assert hall.call("103") == "A001"
    hall.do(c.FinishService, window="103")
    assert hall.ticket("A001").state == "finished"


def test_the_clerk_may_say_what_was_done_and_only_what_was_asked() -> None:
    hall = hall_of()
    hall.take("A", also=("B", "P"))
    hall.call("101")
    assert hall.refuse(c.FinishService, window="101", done=("E",)).code == "bad-value"
    hall.do(c.FinishService, window="101", done=("B",))
    ticket = hall.ticket("A001")
    assert (ticket.state, ticket.todo, ticket.line) == ("waiting", ("A", "P"), "A+P/1")


def test_a_visit_is_called_at_one_window_only() -> None:
    hall = hall_of()
    hall.take("A", also=("B",))
    assert hall.call("101") == "A001"
    assert hall.call("102") is None
    hall.do(c.FinishService, window="101", done=("A",))
    assert hall.call("102") == "A001"
    assert hall.call("101") is None


def test_a_visit_whose_middle_window_closes_waits_for_another_of_its_kind() -> None:
    hall = hall_of("101:A", "102:B", "103:B", "201:E")
    hall.take("A", also=("B", "E"))
    hall.call("101")
    hall.do(c.OpenWindow, window="102")
    hall.do(c.FinishService, window="101")
    assert hall.ticket("A001").line == "B/1"
    hall.do(c.CloseWindow, window="102")
    assert hall.call("103") == "A001"
    hall.do(c.FinishService, window="103")
    assert hall.ticket("A001").line == "E/2"


def test_a_plan_without_the_middle_window_changes_the_way_and_loses_nobody() -> None:
    hall = hall_of("101:A", "102:B", "201:E")
    hall.take("A", also=("B", "E"))
    hall.call("101")
    hall.do(c.FinishService, window="101")
    fewer = always(small_plan(policy=RUSH, windows=(window("101", "A"), window("201", "E")), profile=2))
    hall.do(c.AdoptPlan, plan=fewer)
    assert hall.call("101") == "A001", "a line that no window lists is everybody's on its floor"
    hall.do(c.FinishService, window="101")
    assert hall.ticket("A001").line == "E/2"
    assert hall.call("201") == "A001"


def test_a_transfer_replaces_what_was_asked_and_keeps_the_rest() -> None:
    hall = hall_of()
    hall.take("A", also=("E",))
    hall.call("101")
    hall.do(c.TransferTicket, window="101", to="B", why="取错号")
    ticket = hall.ticket("A001")
    assert (ticket.todo, ticket.line, ticket.wrong_number) == (("B", "E"), "B/1", True)


def test_a_visit_by_name_at_a_window_without_the_skill_does_what_it_was_called_for() -> None:
    hall = hall_of()
    hall.take("E", also=("A",), floor=2)
    hall.do(c.OpenWindow, window="103")
    hall.do(c.CallTicket, window="103", ticket="E001")
    hall.do(c.FinishService, window="103")
    assert hall.ticket("E001").todo == ("A",)


LETTERS = st.lists(st.sampled_from("ABEP"), min_size=1, max_size=4, unique=True)


@given(
    LETTERS, st.integers(1, 2), st.lists(st.sampled_from(["101:A", "102:AB", "103:BP", "201:E", "202:EP"]), min_size=1)
)
def test_the_way_of_a_visit_does_everything_once(letters: list[str], floor: int, windows: list[str]) -> None:
    hall = hall_of(*dict.fromkeys(windows))
    todo = tuple(letters)
    seen: list[str] = []
    for line in legs_of_visit(hall.day, todo, floor):
        seen.extend(line.rpartition("/")[0].split("+"))
    assert sorted(seen) == sorted(letters)
    line, first = line_of_visit(hall.day, todo, floor)
    assert first in todo
    assert first in line


@given(LETTERS, st.data())
def test_every_visit_ends_after_its_legs_with_each_wait_counted_once(letters: list[str], data: st.DataObject) -> None:
    hall = Hall(always(replace(small_plan(policy=RUSH))))
    hall.take(letters[0], also=tuple(letters[1:]))
    ticket = hall.ticket(f"{letters[0]}001")
    waited = 0
    for _ in range(len(letters)):
        if ticket.state != "waiting":
            break
        minutes = data.draw(st.integers(0, 9))
        hall.wait(minutes)
        waited += minutes
        at = next(number for number in hall.day.windows if hall.call(number) == ticket.number)
        assert isinstance(hall.last[-1], TicketCalled)
        hall.wait(1)
        hall.do(c.FinishService, window=at)
    assert ticket.state == "finished"
    done = [letter for leg in ticket.legs for letter in leg.done]
    assert len(set(done)) == len(done)
    assert sum(leg.waited_ms for leg in ticket.legs) + ticket.waited_ms == waited * MINUTE
