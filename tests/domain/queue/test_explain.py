from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from hub.domain.hall.plan import ClerkPlan
from hub.domain.queue import commands as c
from hub.domain.queue.events import TicketCalled
from hub.domain.queue.evolve import evolve
from hub.domain.queue.explain import why_before
from hub.domain.queue.state import WAITING, QueueDay
from hub.domain.refusals import Refused
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import RUSH, SMALL_WINDOWS, always, small_plan, window


def rush_hall() -> Hall:
    return Hall(small_plan(policy=RUSH))


def why(hall: Hall, first: str, second: str) -> tuple[str, str]:
    said = why_before(hall.events, first, second)
    return said.zh, said.en


def test_who_waited_longer_is_told_by_the_minutes() -> None:
    hall = rush_hall()
    hall.take("A")
    hall.wait(7)
    hall.take("A")
    hall.wait(3)
    hall.call("101")
    assert why(hall, "A001", "A002") == (
        "A001 在 09:10 先叫到 101 号窗口：A001 计等候 15 分钟（实际 10，本窗口主类别 +5），"
        "A002 计等候 8 分钟（实际 3，本窗口主类别 +5）。",
        "A001 was called first, to window 101 at 09:10: "
        "A001 counted 15 min (waited 10, this window's home category +5) of waiting, "
        "A002 8 min (waited 3, this window's home category +5).",
    )


def test_a_priority_class_is_named_with_its_credit() -> None:
    hall = rush_hall()
    hall.take("B")
    hall.wait(8)
    hall.take("B", priority="elderly")
    hall.call("101")
    zh, en = why(hall, "B002", "B001")
    assert "B002 计等候 15 分钟（实际 0，老年人 +15），B001 计等候 8 分钟" in zh
    assert "B002 counted 15 min (waited 0, Elderly +15) of waiting, B001 8 min" in en


def test_who_has_waited_past_the_limit_goes_before_priority() -> None:
    hall = rush_hall()
    hall.take("B")
    hall.wait(25)
    hall.take("B", priority="elderly")
    hall.wait(6)
    hall.call("101")
    zh, en = why(hall, "B001", "B002")
    assert "等满 30 分钟的先叫，B001 已等 31 分钟，B002 等了 6 分钟" in zh
    assert "who has waited 30 minutes goes first" in en


def test_the_share_of_priority_in_a_rush_is_told_as_such() -> None:
    hall = rush_hall()
    for _ in range(4):
        hall.take("A")
    hall.wait(40)
    hall.take("A", priority="elderly")
    assert hall.calls("101", 3) == ["A001", "A002", "A005"]
    zh, en = why(hall, "A005", "A003")
    assert "高峰时每 3 次叫号至少一次给优先的人，这次轮到优先（A005 是老年人）" in zh
    assert "at least one of 3 calls goes to those with priority" in en


def test_a_window_that_may_not_serve_the_other_says_why() -> None:
    hall = rush_hall()
    hall.take("E", floor=2)
    hall.take("A")
    hall.call("101")
    assert "E001 在 2 层等候，101 号窗口在 1 层" in why(hall, "A001", "E001")[0]
    hall.take("B")
    hall.take("P")
    hall.call("103")
    assert "103 号窗口不办 B001 的 B 类" in why(hall, "P001", "B001")[0]


def test_a_clerk_without_the_skill_is_named() -> None:
    hall = Hall(replace(small_plan(policy=RUSH), clerks=(ClerkPlan("li", ("B",)),)))
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.take("A")
    hall.take("B")
    assert hall.call("101") == "B001"
    assert "101 号窗口当班人员 li 不办 A 类" in why(hall, "B001", "A001")[0]


def test_a_call_by_name_is_the_decision_of_a_person() -> None:
    hall = rush_hall()
    hall.take("A")
    hall.take("A")
    hall.do(c.OpenWindow, window="101")
    hall.do(c.CallTicket, window="101", ticket="A002")
    assert "由工作人员指定叫号" in why(hall, "A002", "A001")[0]


def test_where_the_other_was_is_told_when_it_did_not_wait() -> None:
    hall = rush_hall()
    hall.take("A")
    hall.call("101")
    hall.take("A")
    hall.call("102")
    assert "A001 已在 09:00 叫到 101 号窗口" in why(hall, "A002", "A001")[0]
    hall.miss("101")
    hall.take("A")
    hall.call("101")
    assert "A001 已过号，还没有补号" in why(hall, "A003", "A001")[0]
    assert "另一个号还没有取" in why(hall, "A001", "A003")[0]
    hall.take("A")
    hall.take("A")
    assert "都还没有叫过" in why(hall, "A004", "A005")[0]
    assert "A004 还没有叫过；A001 在 09:00 已先叫号" in why(hall, "A004", "A001")[0]


def test_the_same_and_unknown_numbers_are_refused() -> None:
    hall = rush_hall()
    hall.take("A")
    for first, second, code in [("A001", "a001", "bad-value"), ("Z9", "A001", "unknown-ticket")]:
        with pytest.raises(Refused) as refused:
            why_before(hall.events, first, second)
        assert refused.value.code == code


def test_a_preferred_window_for_all_items_is_told() -> None:
    windows = (*SMALL_WINDOWS, window("104", "A"))
    hall = Hall(small_plan(policy=RUSH, windows=windows))
    hall.take("A")
    hall.wait(3)
    hall.take("A", also=("B",))
    assert hall.call("101") == "A002"
    assert "本窗口能办多个事项 +10" in why(hall, "A002", "A001")[0]
    assert hall.call("104") == "A001"


@pytest.mark.parametrize("seed", range(6))
def test_every_call_of_a_day_is_explained_by_what_the_order_weighed(seed: int) -> None:
    """The reason never contradicts the call: the counted wait told for the one called is not the smaller."""
    chance = random.Random(seed)
    hall = Hall(always(small_plan(policy=RUSH)))
    windows = ["101", "102", "103", "201", "202"]
    for _ in range(160):
        hall.wait(chance.choice([0, 1, 3]))
        act = chance.random()
        if act < 0.55:
            also = tuple(chance.sample("ABEP", chance.randint(0, 1)))
            hall.take(chance.choice("ABEP"), priority=chance.choice([None, None, "elderly"]), also=also)
        else:
            at = chance.choice(windows)
            if hall.call(at) is not None and chance.random() < 0.8:
                hall.do(c.FinishService, window=at)
    day = QueueDay()
    explained = 0
    for event in hall.events:
        if isinstance(event, TicketCalled):
            called = day.tickets[event.ticket]
            for other in day.tickets.values():
                first_time = called.first_called_at is None
                if other.state == WAITING and other is not called and first_time and chance.random() < 0.1:
                    zh, en = why(hall, called.number, other.number)
                    counted = [int(each) for each in re.findall(r"计等候 (\d+) 分钟", zh)]
                    assert counted == sorted(counted, reverse=True), zh
                    assert "…" not in zh + en
                    explained += 1
        evolve(day, event)
    assert explained > 20
