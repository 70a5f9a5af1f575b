from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue import commands as c
from hub.domain.queue.order import next_choice, upcoming
from tests.domain.queue.hall import Hall, small_hall
from tests.domain.queue.plans import POLICY, small_plan


def test_who_took_a_number_first_is_called_first() -> None:
    hall = small_hall()
    for letter in "AAA":
        hall.take(letter)
        hall.wait(1)
    assert hall.calls("101", 4) == ["A001", "A002", "A003", None]


def test_at_the_same_moment_the_earlier_number_is_first() -> None:
    hall = small_hall()
    for letter in "BABA":
        hall.take(letter)
    assert hall.calls("103", 1) == [None]
    assert hall.calls("101", 4) == ["A001", "A002", "B001", "B002"]


def test_a_priority_class_counts_as_having_waited_its_credit_longer() -> None:
    hall = small_hall()
    hall.take("A")
    hall.wait(6)
    hall.take("A")
    hall.wait(9)
    hall.take("A", priority="elderly")
    hall.take("A", priority="military")
    assert hall.calls("101", 4) == ["A001", "A003", "A004", "A002"]


def test_priority_never_passes_somebody_who_has_waited_longer_than_the_credit() -> None:
    hall = small_hall()
    hall.take("A")
    hall.wait(16)
    hall.take("A", priority="elderly")
    assert hall.calls("101", 2) == ["A001", "A002"]


def test_a_window_prefers_its_home_category_by_the_home_credit_and_no_more() -> None:
    hall = small_hall()
    hall.take("B")
    hall.wait(4)
    hall.take("A")
    assert hall.call("101") == "A001"
    hall = small_hall()
    hall.take("B")
    hall.wait(6)
    hall.take("A")
    assert hall.call("101") == "B001"
    assert hall.call("102") == "A001"


@pytest.mark.parametrize(("minutes", "first"), [(4, "A001"), (6, "P001")])
def test_a_ticket_sent_to_this_very_window_has_the_home_credit_too(minutes: int, first: str) -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="201")
    hall.take("P", floor=2)
    hall.wait(minutes)
    hall.take("A")
    hall.call("101")
    hall.do(c.TransferTicket, window="101", to="201", why="材料在 201")
    assert hall.call("201") == first


def test_nobody_is_called_to_a_window_that_may_not_serve_them() -> None:
    hall = small_hall()
    hall.take("A")
    hall.take("P", floor=1)
    assert hall.call("201") is None
    assert hall.call("103") == "P001"


def test_a_clock_set_back_puts_nobody_before_those_who_wait() -> None:
    hall = small_hall()
    hall.take("A")
    hall.wait(-25)
    hall.take("A")
    hall.wait(-5)
    hall.take("A")
    assert hall.line("A/1") == ["A001", "A002", "A003"]


def test_everybody_who_waits_follows_the_policy_in_force() -> None:
    hall = small_hall()
    hall.take("A")
    hall.wait(20)
    policy = replace(POLICY, version=2, classes=(replace(POLICY.classes[0], credit_minutes=30),))
    hall.do(c.AdoptPlan, plan=small_plan(policy=policy, profile=2))
    hall.take("A", priority="elderly")
    assert hall.calls("101", 2) == ["A002", "A001"]


TAKEN = st.lists(
    st.tuples(st.sampled_from("ABPE"), st.sampled_from([None, "elderly", "military"]), st.integers(0, 9)), max_size=30
)


@given(TAKEN, st.sampled_from(["101", "102", "103", "201", "202"]))
def test_what_is_upcoming_is_what_will_be_called(taken: list[tuple[str, str | None, int]], window: str) -> None:
    hall = Hall(small_plan())
    for letter, priority, minutes in taken:
        hall.take(letter, priority=priority)
        hall.wait(minutes)
    at_window = hall.day.windows[window]
    foreseen = upcoming(hall.day, at_window, hall.at, 40)
    first = next_choice(hall.day, at_window, hall.at)
    assert (foreseen[0] if foreseen else None) is (None if first is None else first.ticket)
    assert upcoming(hall.day, at_window, hall.at, 3) == foreseen[:3]
    assert hall.calls(window, len(foreseen) + 1) == [*(ticket.number for ticket in foreseen), None]
    assert len(foreseen) == sum(letter in at_window.categories for letter, _, _ in taken if letter != "P") + (
        sum(letter == "P" for letter, _, _ in taken) if "P" in at_window.categories and window[0] == "1" else 0
    )
