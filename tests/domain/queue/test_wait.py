from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue import commands as c
from hub.domain.queue.replies import WaitMinutes
from hub.domain.queue.state import Pace
from hub.domain.queue.wait import LONGEST_MS, blended, learn, outlook
from tests.domain.queue.hall import Hall, small_hall
from tests.domain.queue.plans import MINUTE, queue, small_plan, window


def one_window_hall(minutes: float = 10.0) -> Hall:
    hall = Hall(small_plan(windows=(window("101", "A"),), queues=(queue("A", 1, minutes=minutes),)))
    hall.do(c.OpenWindow, window="101")
    return hall


def test_nobody_can_say_how_long_while_no_window_is_open() -> None:
    hall = small_hall()
    assert hall.take_reply("A").wait_minutes is None
    hall.do(c.OpenWindow, window="201")
    assert hall.take_reply("A").wait_minutes is None
    hall.do(c.OpenWindow, window="101")
    assert hall.take_reply("A").wait_minutes is not None
    hall.do(c.PauseWindow, window="101")
    assert hall.take_reply("A").wait_minutes is None


def test_with_a_free_window_nobody_waits() -> None:
    hall = one_window_hall()
    assert hall.take_reply("A").wait_minutes == WaitMinutes(0, 0)
    assert hall.take_reply("A").wait_minutes != WaitMinutes(0, 0)


def test_behind_one_busy_window_the_wait_is_what_is_left_there_and_the_services_ahead() -> None:
    hall = one_window_hall()
    hall.take("A")
    hall.call("101")
    hall.wait(4)
    first = hall.take_reply("A")
    second = hall.take_reply("A")
    assert (first.ahead, second.ahead) == (0, 1)
    assert first.wait_minutes is not None
    assert second.wait_minutes is not None
    assert (first.wait_minutes.p50, second.wait_minutes.p50) == (6, 16)


def test_a_service_that_overruns_is_expected_to_last_a_quarter_more() -> None:
    hall = one_window_hall(8.0)
    hall.take("A")
    hall.call("101")
    hall.wait(30)
    reply = hall.take_reply("A")
    assert reply.wait_minutes is not None
    assert reply.wait_minutes.p50 == 2


def test_more_open_windows_shorten_the_wait() -> None:
    waits: list[int] = []
    for opened in (["101"], ["101", "102"]):
        hall = small_hall()
        for _ in range(12):
            hall.take("A")
        for number in opened:
            hall.call(number)
        reply = hall.take_reply("A")
        assert reply.wait_minutes is not None
        waits.append(reply.wait_minutes.p50)
    assert waits[1] < waits[0] * 0.6


def test_only_those_at_the_windows_that_may_serve_it_stand_ahead() -> None:
    hall = small_hall()
    for letter in "ABEE":
        hall.take(letter)
    assert hall.take_reply("B").ahead == 2
    assert hall.take_reply("E").ahead == 2
    assert hall.take_reply("P", floor=2).ahead == 3
    assert hall.take_reply("P", floor=1).ahead == 3


def test_who_has_priority_is_told_the_place_it_gives() -> None:
    hall = small_hall()
    for _ in range(3):
        hall.take("A")
        hall.wait(10)
    assert hall.take_reply("A", priority="elderly").ahead == 2
    assert hall.take_reply("A").ahead == 4


def test_who_waits_for_one_window_is_told_of_those_ahead_there() -> None:
    hall = small_hall()
    hall.take("A")
    hall.do(c.OpenWindow, window="202")
    hall.call("101")
    hall.do(c.TransferTicket, window="101", to="202", why="x")
    assert hall.take_reply("E").ahead == 1
    ticket = hall.ticket("E001")
    assert outlook(hall.day, "@202", ticket.lane, ticket.key, hall.at).ahead == 1


def test_todays_services_move_the_pace_away_from_the_plan() -> None:
    hall = one_window_hall(10.0)
    assert hall.day.pace["A"].mean_ms == 10 * MINUTE
    for _ in range(5):
        hall.take("A")
        hall.call("101")
        hall.wait(20)
        hall.do(c.FinishService, window="101")
    assert hall.day.pace["A"].mean_ms == 15 * MINUTE


def test_the_pace_counts_from_the_call() -> None:
    hall = one_window_hall(10.0)
    hall.take("A")
    hall.call("101")
    hall.wait(5)
    hall.do(c.StartService, window="101")
    hall.wait(5)
    hall.do(c.FinishService, window="101")
    assert hall.day.pace["A"].held_ms == 10 * MINUTE


def test_a_new_plan_keeps_what_today_has_taught() -> None:
    hall = one_window_hall(10.0)
    hall.take("A")
    hall.call("101")
    hall.wait(16)
    hall.do(c.FinishService, window="101")
    hall.do(c.AdoptPlan, plan=small_plan(windows=(window("101", "A"),), queues=(queue("A", 1, minutes=4.0),)))
    assert hall.day.pace["A"].mean_ms == (5 * 4 + 16) / 6 * MINUTE


def test_a_stepped_clock_or_a_forgotten_press_does_not_rule_the_pace() -> None:
    pace = Pace(600_000.0, 600_000.0)
    learn(pace, -86_400_000)
    assert pace.held_ms == 0
    learn(pace, 86_400_000)
    assert pace.held_ms == LONGEST_MS
    assert blended(Pace(0.0, 0.0)) > 0


@given(
    st.lists(st.sampled_from(["take", "call", "finish", "later", "earlier", "open", "pause"]), max_size=60),
    st.floats(0.1, 90),
)
def test_a_wait_is_never_negative_and_its_ninetieth_never_below_its_middle(acts: list[str], minutes: float) -> None:
    hall = Hall(small_plan(queues=(queue("A", 1, minutes=minutes), queue("E", 2), queue("P", 1, 2), queue("B", 1))))
    for act in acts:
        window_at = "101" if len(hall.events) % 2 else "102"
        if act == "take":
            reply = hall.take_reply("A")
            assert reply.ahead >= 0
            told = reply.wait_minutes
            assert told is None or (0 <= told.p50 <= told.p90)
        elif act == "later":
            hall.wait(7)
        elif act == "earlier":
            hall.wait(-3)
        elif act == "open":
            hall.do(c.OpenWindow, window=window_at)
        elif hall.day.windows[window_at].state == "open":
            if act == "call":
                hall.call(window_at)
            elif act == "pause":
                hall.do(c.PauseWindow, window=window_at)
            elif hall.day.windows[window_at].active is not None:
                hall.do(c.FinishService, window=window_at)
