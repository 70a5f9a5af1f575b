from __future__ import annotations

from hub.domain.queue import commands as c
from hub.domain.queue.events import ClerkSignedIn, ClerkSignedOut, TicketReturned, WindowClosed, WindowPaused
from hub.domain.queue.replies import WindowReply
from tests.domain.queue.hall import Hall, small_hall


def hall_with_one_waiting_for_102() -> Hall:
    hall = small_hall()
    hall.take("A")
    hall.do(c.OpenWindow, window="102")
    hall.call("101")
    hall.do(c.TransferTicket, window="101", to="102", why="一并办理")
    return hall


def test_opening_and_pausing_twice_does_it_once() -> None:
    hall = small_hall()
    for command, state in ((c.OpenWindow, "open"), (c.PauseWindow, "paused"), (c.OpenWindow, "open")):
        first = hall.do(command, window="101")
        assert (first.state, len(hall.last)) == (state, 1)
        assert hall.do(command, window="101", seen=0) == first
        assert hall.last == ()


def test_a_pause_keeps_the_ticket_at_the_window() -> None:
    hall = small_hall()
    hall.take("A")
    hall.call("101")
    reply = hall.do(c.PauseWindow, window="101", why="午休")
    assert (reply.number, reply.state) == ("A001", "paused")
    assert hall.last == (WindowPaused("101", "午休", hall.at),)
    assert hall.do(c.StartService, window="101").state == "paused"


def test_a_closed_window_cannot_be_paused() -> None:
    assert small_hall().refuse(c.PauseWindow, window="101").code == "window-closed"


def test_a_window_with_a_ticket_cannot_be_closed() -> None:
    hall = small_hall()
    hall.take("A")
    hall.call("101")
    refusal = hall.refuse(c.CloseWindow, window="101")
    assert (refusal.code, refusal.facts) == ("window-busy", {"window": "101", "number": "A001"})


def test_closing_signs_the_clerk_out_and_sends_those_who_wait_for_it_back() -> None:
    hall = hall_with_one_waiting_for_102()
    hall.do(c.SignInClerk, window="102", clerk="li")
    reply = hall.do(c.CloseWindow, window="102", why="下班")
    assert hall.last == (
        TicketReturned(f"{1:032x}", "A/1", hall.at),
        ClerkSignedOut("102", "li", hall.at),
        WindowClosed("102", "下班", hall.at),
    )
    assert reply == WindowReply(None, None, "102", "closed", hall.day.windows["102"].version)
    assert hall.line("A/1") == ["A001"]
    assert hall.day.clerks == {}
    assert hall.do(c.CloseWindow, window="102") == reply
    assert hall.last == ()


def test_a_ticket_sent_back_keeps_its_waiting_time() -> None:
    hall = hall_with_one_waiting_for_102()
    hall.wait(5)
    hall.do(c.CloseWindow, window="102")
    hall.wait(2)
    hall.call("101")
    assert hall.ticket("A001").waited_ms == 7 * 60_000


def test_who_waits_for_a_paused_window_keeps_waiting_for_it() -> None:
    hall = hall_with_one_waiting_for_102()
    hall.do(c.PauseWindow, window="102")
    assert hall.line("@102") == ["A001"]
    hall.do(c.OpenWindow, window="102")
    assert hall.call("102") == "A001"


def test_a_clerk_taking_over_keeps_the_ticket() -> None:
    hall = small_hall()
    hall.take("A")
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.call("101")
    reply = hall.do(c.SignInClerk, window="101", clerk="wang")
    assert hall.last == (ClerkSignedOut("101", "li", hall.at), ClerkSignedIn("101", "wang", hall.at))
    assert reply.number == "A001"
    hall.do(c.FinishService, window="101")
    assert hall.ticket("A001").clerk == "wang"
    assert hall.day.clerks == {"wang": "101"}


def test_a_clerk_signs_in_at_one_window_at_a_time() -> None:
    hall = small_hall()
    hall.do(c.SignInClerk, window="101", clerk="li")
    assert hall.do(c.SignInClerk, window="101", clerk="li").version == 1
    assert hall.last == ()
    refusal = hall.refuse(c.SignInClerk, window="102", clerk="li")
    assert (refusal.code, refusal.facts) == ("clerk-elsewhere", {"clerk": "li", "window": "101"})
    hall.do(c.SignOutClerk, window="101", clerk="li")
    hall.do(c.SignInClerk, window="102", clerk="li")
    assert hall.day.windows["102"].clerk == "li"


def test_signing_out_where_one_is_not_signed_in_changes_nothing() -> None:
    hall = small_hall()
    hall.do(c.SignInClerk, window="101", clerk="li")
    hall.do(c.SignOutClerk, window="101", clerk="wang")
    assert hall.last == ()
    assert hall.day.windows["101"].clerk == "li"


def test_stale_acts_on_windows_are_refused() -> None:
    hall = small_hall()
    hall.do(c.OpenWindow, window="101")
    hall.do(c.PauseWindow, window="101")
    assert hall.refuse(c.OpenWindow, window="101", seen=1).code == "changed-meanwhile"
    assert hall.refuse(c.CloseWindow, window="101", seen=1).code == "changed-meanwhile"
    hall.do(c.OpenWindow, window="101", seen=2)
    assert hall.refuse(c.PauseWindow, window="101", seen=2).code == "changed-meanwhile"
    assert hall.refuse(c.OpenWindow, window="999").code == "unknown-window"
