from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.queue import commands as c
from hub.domain.queue.events import (
    ClerkSignedOut,
    DayClosed,
    DayOpened,
    PlanAdopted,
    TicketExpired,
    TicketReturned,
    WindowClosed,
)
from hub.domain.queue.replies import Done, WindowReply
from tests.domain.queue.hall import Hall, small_hall
from tests.domain.queue.plans import OPENS, SMALL_QUEUES, SMALL_WINDOWS, queue, small_plan, window

WITHOUT_102 = tuple(each for each in SMALL_WINDOWS if each.number != "102")


def test_a_day_is_opened_once() -> None:
    hall = Hall()
    assert hall.do(c.OpenDay, plan=small_plan()) == Done()
    assert hall.last == (DayOpened(small_plan(), hall.at),)
    assert hall.do(c.OpenDay, plan=small_plan(profile=2)) == Done()
    assert hall.last == ()
    assert hall.day.plan == small_plan()


def test_a_day_takes_no_plan_of_another_date() -> None:
    other = replace(small_plan(), date="2026-01-06")
    assert Hall().refuse(c.OpenDay, plan=other).facts["field"] == "plan.date"
    assert small_hall().refuse(c.AdoptPlan, plan=other).facts["field"] == "plan.date"


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (c.TakeTicket, {"ticket": "x", "category": "A"}),
        (c.CallNext, {"window": "101"}),
        (c.RateVisit, {"ticket": "A001", "score": 5}),
        (c.RecordPrint, {"ticket": "A001", "copy": 0, "state": "printed"}),
        (c.AdoptPlan, {"plan": small_plan()}),
        (c.CloseDay, {"why": "rollover"}),
    ],
)
def test_before_the_day_is_opened_everything_is_refused(command: type, fields: dict[str, object]) -> None:
    assert Hall().refuse(command, **fields).code == "day-not-open"


def test_closing_the_day_expires_who_is_left_also_who_is_being_served() -> None:
    hall = small_hall()
    for _ in range(6):
        hall.take("A")
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.call("101")
    hall.do(c.FinishService, window="101")
    hall.call("101")
    hall.do(c.ParkTicket, window="101")
    hall.call("101")
    hall.miss("101")
    hall.call("101")
    hall.do(c.StartService, window="101")
    hall.call("102")
    hall.do(c.CloseDay, why="闭厅")
    at = hall.at
    assert hall.last == (
        *(TicketExpired(f"{index:032x}", at) for index in range(2, 7)),
        ClerkSignedOut("101", "li", at),
        WindowClosed("101", "闭厅", at),
        WindowClosed("102", "闭厅", at),
        DayClosed(at, "闭厅"),
    )
    states = [ticket.state for ticket in hall.day.tickets.values()]
    assert states == ["finished", *["expired"] * 5]
    assert all(known.state == "closed" and known.active is None for known in hall.day.windows.values())
    assert sum(map(len, hall.day.lines.values())) == 0
    assert hall.do(c.CloseDay, why="again") == Done()
    assert hall.last == ()


def test_a_closed_day_takes_only_prints_and_ratings() -> None:
    hall = small_hall()
    hall.take("A", printer="p1")
    hall.call("101")
    hall.do(c.FinishService, window="101")
    hall.do(c.CloseDay, why="闭厅")
    refused: list[tuple[type, dict[str, object]]] = [
        (c.TakeTicket, {"ticket": "x", "category": "A"}),
        (c.CallNext, {"window": "101"}),
        (c.ReinstateTicket, {"ticket": "A001"}),
        (c.ReprintTicket, {"ticket": "A001", "printer": "p1"}),
        (c.OpenDay, {"plan": small_plan()}),
        (c.AdoptPlan, {"plan": small_plan(profile=2)}),
        (c.SignInClerk, {"window": "101", "clerk": "li"}),
    ]
    for command, fields in refused:
        assert hall.refuse(command, **fields).code == "day-closed"
    hall.do(c.RecordPrint, ticket="A001", copy=0, state="printed")
    hall.do(c.RateVisit, ticket="A001", score=4)
    assert (hall.ticket("A001").print_state, hall.ticket("A001").rating) == ("printed", 4)


def test_the_same_plan_is_adopted_once() -> None:
    hall = small_hall()
    hall.do(c.AdoptPlan, plan=small_plan(profile=2))
    assert hall.last == (PlanAdopted(small_plan(profile=2), OPENS),)
    hall.do(c.AdoptPlan, plan=small_plan(profile=2))
    assert hall.last == ()


def test_new_windows_appear_closed_and_known_ones_stay_as_they_are() -> None:
    hall = small_hall()
    hall.take("A")
    hall.call("101")
    before = hall.day.windows["101"].version
    hall.do(c.AdoptPlan, plan=small_plan(windows=(*SMALL_WINDOWS, window("104", "A"))))
    assert hall.day.windows["104"].state == "closed"
    assert (hall.day.windows["101"].version, hall.day.windows["101"].state) == (before, "open")
    hall.take("A")
    assert hall.call("104") == "A002"


def test_a_window_whose_work_changes_gets_a_new_version() -> None:
    hall = small_hall()
    changed = tuple(window("103", "PAB") if each.number == "103" else each for each in SMALL_WINDOWS)
    hall.do(c.AdoptPlan, plan=small_plan(windows=changed))
    assert (hall.day.windows["103"].version, hall.day.windows["101"].version) == (1, 0)
    hall.take("A")
    assert hall.call("103", seen=1) == "A001"


def test_a_vanished_window_closes_and_who_waits_for_it_goes_back() -> None:
    hall = small_hall()
    hall.take("A")
    hall.do(c.SignInClerk, window="102", clerk="li")
    hall.do(c.OpenWindow, window="102")
    hall.call("101")
    hall.do(c.TransferTicket, window="101", to="102", why="x")
    plan = small_plan(windows=WITHOUT_102)
    hall.do(c.AdoptPlan, plan=plan)
    assert hall.last == (
        TicketReturned(f"{1:032x}", "A/1", hall.at),
        ClerkSignedOut("102", "li", hall.at),
        WindowClosed("102", "left the plan", hall.at),
        PlanAdopted(plan, hall.at),
    )
    assert "102" not in hall.day.windows
    assert hall.refuse(c.CallNext, window="102").code == "unknown-window"
    assert hall.call("101") == "A001"


def test_a_vanished_window_keeps_its_ticket_until_that_ends_and_calls_nobody_else() -> None:
    hall = small_hall()
    hall.take("A")
    hall.take("A")
    hall.do(c.SignInClerk, window="102", clerk="li")
    hall.call("102")
    hall.do(c.AdoptPlan, plan=small_plan(windows=WITHOUT_102))
    assert hall.call("102") == "A001"
    hall.do(c.StartService, window="102")
    hall.take("B")
    hall.call("101")
    assert hall.refuse(c.TransferTicket, window="101", to="102", why="x").code == "window-closed"
    reply = hall.do(c.FinishService, window="102")
    assert hall.last[1:] == (ClerkSignedOut("102", "li", hall.at), WindowClosed("102", "left the plan", hall.at))
    assert isinstance(reply, WindowReply)
    assert (reply.state, reply.number) == ("closed", None)
    assert "102" not in hall.day.windows
    assert hall.day.clerks == {}


@pytest.mark.parametrize("command", [c.AbandonTicket, c.VoidTicket])
def test_a_vanished_window_also_closes_when_its_ticket_is_given_up_or_void(command: type) -> None:
    hall = small_hall()
    hall.take("A")
    hall.call("102")
    hall.do(c.AdoptPlan, plan=small_plan(windows=WITHOUT_102))
    hall.do(command, ticket="A001", why="x")
    assert "102" not in hall.day.windows


def test_a_window_that_comes_back_goes_on_and_its_version_never_falls() -> None:
    hall = small_hall()
    hall.take("A")
    hall.call("102")
    hall.do(c.AdoptPlan, plan=small_plan(windows=WITHOUT_102))
    hall.do(c.AdoptPlan, plan=small_plan())
    assert not hall.day.windows["102"].leaving
    hall.do(c.FinishService, window="102")
    version = hall.day.windows["102"].version
    hall.do(c.AdoptPlan, plan=small_plan(windows=WITHOUT_102))
    hall.do(c.AdoptPlan, plan=small_plan())
    assert hall.day.windows["102"].version >= version
    hall.take("A")
    assert hall.refuse(c.CallNext, window="102", seen=version - 1).code == "changed-meanwhile"


def test_a_category_that_vanishes_keeps_its_waiting_tickets_servable() -> None:
    hall = small_hall()
    hall.take("B")
    hall.take("E")
    rest = tuple(each for each in SMALL_QUEUES if each.letter in "AP")
    hall.do(c.AdoptPlan, plan=small_plan(queues=rest, windows=(window("101", "AP"), window("102", "AP"))))
    assert hall.refuse(c.TakeTicket, ticket="x", category="B").code == "unknown-category"
    assert hall.refuse(c.TransferTicket, window="101", to="B", why="x").code == "no-active-ticket"
    assert {hall.call("101"), hall.call("102")} == {"B001", "E001"}
    hall.miss("101")
    hall.do(c.ReinstateTicket, ticket=hall.ticket("B001").number)
    assert hall.call("101") == "B001"
    hall.do(c.FinishService, window="101")


def test_a_category_that_comes_back_goes_on_counting() -> None:
    hall = small_hall()
    hall.take("B")
    hall.do(c.AdoptPlan, plan=small_plan(queues=(queue("A", 1),), windows=(window("101", "A"),)))
    hall.do(c.AdoptPlan, plan=small_plan())
    assert hall.take("B") == "B002"


def test_a_window_listing_a_category_of_another_floor_serves_it_there() -> None:
    windows = (window("101", "AE"), window("102", "B"))
    hall = Hall(small_plan(windows=windows, queues=(queue("A", 1), queue("B", 1), queue("E", 2))))
    hall.take("E")
    assert hall.call("101") == "E001"


def test_a_category_that_no_window_lists_is_everybodys() -> None:
    hall = Hall(small_plan(windows=(window("101", "A"), window("201", "E"))))
    hall.take("B")
    assert hall.call("201") is None
    assert hall.call("101") == "B001"
