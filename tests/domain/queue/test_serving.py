from __future__ import annotations

import pytest

from hub.domain.queue import commands as c
from hub.domain.queue.events import (
    ServiceFinished,
    ServiceStarted,
    TicketCalled,
    TicketRecalled,
    TicketTransferred,
    WindowOpened,
)
from hub.domain.queue.replies import WindowReply
from tests.domain.queue.hall import PHONE, Hall, small_hall
from tests.domain.queue.plans import default_plan


def called_hall(count: int = 2, **fields: object) -> Hall:
    """A001 is called at 101, the others of A wait."""
    hall = small_hall()
    for _ in range(count):
        hall.take("A", **fields)
    hall.call("101")
    return hall


def test_calling_at_a_closed_window_opens_it_first() -> None:
    hall = called_hall()
    assert hall.last == (WindowOpened("101", hall.at), TicketCalled(f"{1:032x}", "101", None, hall.at, "longest"))
    window = hall.day.windows["101"]
    assert (window.state, window.active, window.version) == ("open", f"{1:032x}", 2)


def test_a_repeated_call_next_returns_the_same_ticket_and_calls_nobody() -> None:
    hall = called_hall()
    first = hall.do(c.CallNext, window="101")
    again = hall.do(c.CallNext, window="101", seen=0)
    assert (again, hall.last) == (first, ())
    assert first == WindowReply("A001", f"{1:032x}", "101", "open", 2)
    assert hall.line("A/1") == ["A002"]


def test_a_double_tap_on_call_next_never_calls_a_second() -> None:
    hall = small_hall()
    hall.take("A")
    hall.take("A")
    hall.do(c.OpenWindow, window="101")
    assert [hall.call("101", seen=1), hall.call("101", seen=1)] == ["A001", "A001"]
    hall.do(c.FinishService, window="101")
    assert hall.refuse(c.CallNext, window="101", seen=1).code == "changed-meanwhile"


def test_two_windows_calling_at_once_get_two_tickets() -> None:
    hall = called_hall()
    assert hall.call("102") == "A002"


def test_call_next_while_serving_returns_the_ticket_being_served() -> None:
    hall = called_hall()
    hall.do(c.StartService, window="101")
    assert hall.call("101") == "A001"
    assert hall.last == ()


def test_call_next_says_nobody_when_nobody_waits() -> None:
    hall = small_hall()
    assert hall.do(c.CallNext, window="101") == WindowReply(None, None, "101", "open", 1)
    assert hall.last == (WindowOpened("101", hall.at),)
    assert hall.do(c.CallNext, window="101") == WindowReply(None, None, "101", "open", 1)
    assert hall.last == ()


def test_nobody_is_called_at_a_paused_window_but_its_ticket_is_still_told() -> None:
    hall = called_hall()
    hall.do(c.PauseWindow, window="101")
    assert hall.call("101") == "A001"
    hall.do(c.FinishService, window="101")
    assert hall.refuse(c.CallNext, window="101").code == "window-paused"


def test_every_act_names_a_known_window() -> None:
    hall = small_hall()
    for command in (c.CallNext, c.RecallTicket, c.StartService, c.FinishService, c.MissTicket, c.ParkTicket):
        refusal = hall.refuse(command, window="999")
        assert (refusal.code, refusal.facts) == ("unknown-window", {"window": "999"})


def test_acts_on_a_ticket_need_one_at_the_window() -> None:
    hall = small_hall()
    for command in (c.RecallTicket, c.StartService, c.FinishService, c.MissTicket, c.ParkTicket):
        assert hall.refuse(command, window="101").code == "no-active-ticket"
    assert hall.refuse(c.TransferTicket, window="101", to="B", why="x").code == "no-active-ticket"


def test_an_act_on_an_old_sight_of_the_window_is_refused() -> None:
    hall = called_hall()
    for command in (c.RecallTicket, c.StartService, c.FinishService, c.MissTicket, c.ParkTicket):
        refusal = hall.refuse(command, window="101", seen=1)
        assert (refusal.code, refusal.facts) == ("changed-meanwhile", {"window": "101"})
    assert hall.refuse(c.TransferTicket, window="101", to="B", why="x", seen=1).code == "changed-meanwhile"
    hall.do(c.RecallTicket, window="101", seen=2)


def test_replies_carry_the_version_the_window_has_afterwards() -> None:
    hall = small_hall()
    hall.take("A")
    script: list[tuple[type, dict[str, object]]] = [
        (c.CallNext, {}),
        (c.RecallTicket, {}),
        (c.StartService, {}),
        (c.PauseWindow, {}),
        (c.FinishService, {}),
        (c.OpenWindow, {}),
        (c.CallNext, {}),
        (c.SignInClerk, {"clerk": "li"}),
        (c.SignInClerk, {"clerk": "wang"}),
        (c.CloseWindow, {}),
    ]
    for command, fields in script:
        reply = hall.do(command, window="101", **fields)
        window = hall.day.windows["101"]
        assert (reply.version, reply.state, reply.ticket) == (window.version, window.state, window.active)


def test_one_named_ticket_is_called_out_of_turn_wherever_it_is() -> None:
    hall = called_hall(3)
    hall.do(c.ParkTicket, window="101", why="缺材料")
    for number in ("A003", "A001"):
        assert hall.do(c.CallTicket, window="101", ticket=number).number == number
        hall.miss("101")
    assert hall.do(c.CallTicket, window="101", ticket=hall.day.numbers["A003"]).number == "A003"
    assert hall.line("A/1") == ["A002"]


def test_calling_a_named_ticket_twice_calls_it_once() -> None:
    hall = called_hall()
    assert hall.do(c.CallTicket, window="101", ticket="A001").number == "A001"
    assert hall.last == ()


def test_a_named_ticket_is_called_only_at_a_free_and_open_window() -> None:
    hall = called_hall()
    refusal = hall.refuse(c.CallTicket, window="101", ticket="A002")
    assert (refusal.code, refusal.facts) == ("window-busy", {"window": "101", "number": "A001"})
    assert hall.refuse(c.CallTicket, window="102", ticket="A002").code == "window-closed"
    hall.do(c.OpenWindow, window="102")
    assert hall.refuse(c.CallTicket, window="102", ticket="A001").facts["state"] == "called"
    assert hall.refuse(c.CallTicket, window="102", ticket="A777").code == "unknown-ticket"
    assert hall.refuse(c.CallTicket, window="102", ticket="A002", seen=0).code == "changed-meanwhile"
    hall.do(c.PauseWindow, window="102")
    assert hall.refuse(c.CallTicket, window="102", ticket="A002").code == "window-paused"


def test_recalls_are_counted_for_the_present_call() -> None:
    hall = called_hall()
    hall.do(c.RecallTicket, window="101")
    hall.do(c.StartService, window="101")
    assert hall.do(c.RecallTicket, window="101").number == "A001"
    assert hall.last == (TicketRecalled(f"{1:032x}", "101", hall.at),)
    assert hall.ticket("A001").recalls == 2
    hall.do(c.ParkTicket, window="101")
    hall.do(c.CallTicket, window="101", ticket="A001")
    assert hall.ticket("A001").recalls == 0


def test_starting_twice_starts_once_also_with_an_old_sight() -> None:
    hall = called_hall()
    first = hall.do(c.StartService, window="101", seen=2)
    assert hall.last == (ServiceStarted(f"{1:032x}", "101", hall.at),)
    assert hall.do(c.StartService, window="101", seen=2) == first
    assert hall.last == ()


def test_finishing_frees_the_window_and_remembers_the_visit() -> None:
    hall = called_hall()
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.do(c.StartService, window="101")
    hall.wait(7)
    reply = hall.do(c.FinishService, window="101")
    assert (reply.number, reply.ticket) == (None, None)
    window, ticket = hall.day.windows["101"], hall.ticket("A001")
    assert (window.active, window.last_finished) == (None, ticket.id)
    assert (ticket.state, ticket.clerk, ticket.ended_at) == ("finished", "li", hall.at)


def test_a_ticket_finished_without_a_start_was_started_then_too() -> None:
    hall = called_hall()
    hall.do(c.FinishService, window="101")
    started, finished = hall.last
    assert isinstance(started, ServiceStarted)
    assert isinstance(finished, ServiceFinished)
    assert hall.ticket("A001").started_at == hall.at


def test_a_visitor_with_a_phone_is_missed_at_once() -> None:
    hall = called_hall(phone=PHONE)
    hall.do(c.MissTicket, window="101")
    assert (hall.ticket("A001").state, hall.ticket("A001").missed_at) == ("missed", hall.at)
    assert hall.call("101") == "A002"


def test_a_visitor_without_a_phone_is_missed_only_after_three_recalls() -> None:
    hall = called_hall()
    for _ in range(3):
        refusal = hall.refuse(c.MissTicket, window="101")
        assert (refusal.code, refusal.facts) == ("missed-too-early", {"number": "A001", "recalls": 3})
        hall.do(c.RecallTicket, window="101")
    hall.do(c.MissTicket, window="101")


def test_nobody_is_missed_while_being_served() -> None:
    hall = called_hall(phone=PHONE)
    hall.do(c.StartService, window="101")
    refusal = hall.refuse(c.MissTicket, window="101")
    assert (refusal.code, refusal.facts) == ("service-started", {"number": "A001"})


def test_a_parked_ticket_waits_nowhere_until_it_is_called_by_name() -> None:
    hall = called_hall(1)
    hall.do(c.StartService, window="101")
    hall.do(c.ParkTicket, window="101", why="复印")
    assert hall.ticket("A001").state == "parked"
    assert hall.call("101") is None
    assert hall.do(c.CallTicket, window="101", ticket="A001").number == "A001"


def test_a_transferred_ticket_keeps_its_place_in_time() -> None:
    hall = small_hall()
    hall.take("A")
    hall.wait(1)
    hall.take("B")
    hall.call("101")
    hall.wait(9)
    hall.do(c.TransferTicket, window="101", to="B", why="取错号")
    assert hall.last == (TicketTransferred(f"{1:032x}", "101", "B/1", "B", "取错号", hall.at, True),)
    assert hall.line("B/1") == ["A001", "B001"]
    ticket = hall.ticket("A001")
    assert (ticket.category, ticket.transfers, ticket.number, ticket.window) == ("B", 1, "A001", None)


def test_a_ticket_is_transferred_to_one_window_and_only_that_window_calls_it() -> None:
    hall = called_hall(1)
    hall.do(c.OpenWindow, window="201")
    hall.do(c.TransferTicket, window="101", to="201", why="一并办理")
    assert hall.line("@201") == ["A001"]
    assert [hall.call("101"), hall.call("202"), hall.call("201")] == [None, None, "A001"]
    assert hall.ticket("A001").category == "A"


@pytest.mark.parametrize(("window", "to", "line"), [("101", "E", "E/2"), ("201", "P", "P/2"), ("101", "P", "P/1")])
def test_a_transfer_prefers_the_windows_own_floor(window: str, to: str, line: str) -> None:
    hall = small_hall()
    hall.take("A")
    hall.take("E")
    number = hall.call(window)
    hall.do(c.TransferTicket, window=window, to=to, why="取错号")
    assert number in hall.line(line)


def test_a_transfer_needs_a_reason_and_a_place_that_works() -> None:
    hall = called_hall()
    assert hall.refuse(c.TransferTicket, window="101", to="B", why="  ").code == "reason-needed"
    assert hall.refuse(c.TransferTicket, window="101", to="102", why="x").code == "window-closed"
    for nowhere in ("101", "999", "Z", ""):
        refusal = hall.refuse(c.TransferTicket, window="101", to=nowhere, why="x")
        assert (refusal.code, refusal.facts) == ("bad-transfer", {"to": nowhere})
    hall.do(c.OpenWindow, window="102")
    hall.do(c.PauseWindow, window="102")
    hall.do(c.TransferTicket, window="101", to="102", why="等他回来")
    assert hall.line("@102") == ["A001"]


def test_a_comprehensive_window_of_the_default_hall_calls_its_whole_floor_oldest_first() -> None:
    hall = Hall(default_plan())
    for letter in "LMNO":
        hall.take(letter)
        hall.wait(6)
    assert hall.calls("301", 5) == ["L001", "M001", "N001", "O001", None]
