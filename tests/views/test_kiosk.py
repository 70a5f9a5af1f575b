"""What the take-a-number page offers, and when it says no."""

from __future__ import annotations

from hub.domain.refusals import Refused
from hub.views.kiosk import kiosk
from tests.views.day import Morning


def test_the_kiosks_own_floor_comes_first() -> None:
    floors = [choice.floor for choice in kiosk(Morning().day, 2, Morning().now).choices]
    assert floors[0] == 2
    assert floors == sorted(floors, key=lambda floor: floor != 2)


def test_outlet_and_advice_are_offered_on_the_kiosks_floor() -> None:
    shown = {choice.letter: choice.floor for choice in kiosk(Morning().day, 3, Morning().now).choices}
    assert shown["P"] == 3
    assert shown["Q"] == 1


def test_the_wait_shown_is_the_wait_that_the_ticket_is_told() -> None:
    morning = Morning()
    morning.open("101", "102")
    for _ in range(9):
        morning.take("A")
    morning.call("101")
    morning.call("102")
    morning.later(3)
    shown = next(choice for choice in kiosk(morning.day, 1, morning.now).choices if choice.letter == "A")
    morning.take("A")
    issued = morning.events[-1]
    assert (shown.ahead, shown.wait) == (issued.ahead, issued.wait)  # type: ignore[union-attr]


def test_no_open_window_means_no_promise() -> None:
    assert all(choice.wait is None for choice in kiosk(Morning().day, 1, Morning().now).choices)


def test_the_page_says_no_exactly_when_issuing_does() -> None:
    for minutes in (-90, -31, -30, 0, 479, 480, 700):
        morning = Morning()
        morning.later(minutes)
        said = kiosk(morning.day, 1, morning.now).stopped
        try:
            morning.take("A")
            refused = False
        except Refused:
            refused = True
        assert (said is not None) == refused, minutes


def test_after_closing_the_sentence_names_time_and_people() -> None:
    morning = Morning()
    morning.take("A")
    morning.later(481)
    said = kiosk(morning.day, 1, morning.now).stopped
    assert said is not None
    assert "17:00" in said.zh
    assert "1 人" in said.zh
