from __future__ import annotations

import pytest

from hub.domain.queue import commands as c
from hub.domain.queue.events import PrintFailed, PrintUnknown, ReprintOrdered, TicketPrinted, VisitRated
from tests.domain.queue.hall import Hall, small_hall


def hall_in(state: str) -> Hall:
    """A001 is in ``state``."""
    hall = small_hall()
    hall.take("A", printer="p1")
    if state == "waiting":
        return hall
    hall.call("101")
    if state == "missed":
        hall.miss("101")
    elif state == "parked":
        hall.do(c.ParkTicket, window="101")
    elif state in ("serving", "finished"):
        hall.do(c.StartService, window="101")
        if state == "finished":
            hall.do(c.FinishService, window="101")
    return hall


@pytest.mark.parametrize("state", ["waiting", "called", "missed", "parked"])
def test_a_ticket_not_being_served_is_given_up_and_frees_its_window(state: str) -> None:
    hall = hall_in(state)
    assert hall.ticket("A001").state == state
    hall.do(c.AbandonTicket, ticket="A001", why="不办了")
    assert hall.ticket("A001").state == "abandoned"
    assert hall.line("A/1") == []
    assert hall.call("101") is None


@pytest.mark.parametrize("state", ["serving", "finished"])
def test_a_ticket_being_served_or_ended_cannot_be_given_up(state: str) -> None:
    refusal = hall_in(state).refuse(c.AbandonTicket, ticket="A001")
    assert (refusal.code, refusal.facts) == ("wrong-state", {"number": "A001", "state": state})


@pytest.mark.parametrize("state", ["waiting", "called", "serving", "missed", "parked"])
def test_any_ticket_not_ended_is_made_void_with_a_reason(state: str) -> None:
    hall = hall_in(state)
    assert hall.refuse(c.VoidTicket, ticket="A001", why=" ").code == "reason-needed"
    hall.do(c.VoidTicket, ticket="A001", why="重复取号")
    assert hall.ticket("A001").state == "void"
    assert hall.ticket("A001").ended_at == hall.at
    assert hall.call("101") is None
    assert hall.refuse(c.VoidTicket, ticket="A001", why="again").code == "wrong-state"


def test_a_void_number_is_not_given_again() -> None:
    hall = hall_in("waiting")
    hall.do(c.VoidTicket, ticket="A001", why="x")
    assert hall.take("A") == "A002"


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("printed", TicketPrinted(f"{1:032x}", 0, 0)),
        ("failed", PrintFailed(f"{1:032x}", 0, 0, "缺纸")),
        ("unknown", PrintUnknown(f"{1:032x}", 0, 0, "缺纸")),
    ],
)
def test_what_the_printer_said_is_recorded_once(state: str, event: object) -> None:
    hall = hall_in("waiting")
    hall.at = 0
    hall.do(c.RecordPrint, ticket=f"{1:032x}", copy=0, state=state, reason="缺纸")
    assert hall.last == (event,)
    assert hall.ticket("A001").print_state == state
    hall.do(c.RecordPrint, ticket=f"{1:032x}", copy=0, state=state)
    assert hall.last == ()


def test_an_unknown_print_may_still_turn_out_printed_but_never_the_other_way() -> None:
    hall = hall_in("waiting")
    hall.do(c.RecordPrint, ticket="A001", copy=0, state="unknown")
    hall.do(c.RecordPrint, ticket="A001", copy=0, state="printed")
    assert hall.ticket("A001").print_state == "printed"
    for state in ("failed", "unknown"):
        hall.do(c.RecordPrint, ticket="A001", copy=0, state=state)
        assert hall.last == ()


def test_a_reprint_is_the_next_copy_and_late_news_of_the_first_print_stays_with_the_first() -> None:
    hall = hall_in("waiting")
    hall.do(c.ReprintTicket, ticket="A001", printer="p2")
    assert hall.last == (ReprintOrdered(f"{1:032x}", 1, "p2", hall.at),)
    ticket = hall.ticket("A001")
    assert (ticket.copies, ticket.print_state, ticket.printer, ticket.earlier_prints) == (
        1,
        "pending",
        "p2",
        ("pending",),
    )
    hall.do(c.RecordPrint, ticket="A001", copy=0, state="failed")
    assert (ticket.print_state, ticket.earlier_prints) == ("pending", ("failed",))
    hall.do(c.RecordPrint, ticket="A001", copy=0, state="failed")
    assert hall.last == ()
    hall.do(c.RecordPrint, ticket="A001", copy=1, state="printed")
    assert (ticket.print_state, ticket.earlier_prints) == ("printed", ("failed",))


def test_a_print_report_that_fits_no_copy_or_no_ticket_is_refused() -> None:
    hall = hall_in("waiting")
    assert hall.refuse(c.RecordPrint, ticket="f" * 32, copy=0, state="printed").code == "unknown-ticket"
    assert hall.refuse(c.RecordPrint, ticket="A001", copy=1, state="printed").facts["field"] == "copy"
    assert hall.refuse(c.RecordPrint, ticket="A001", copy=-1, state="printed").facts["field"] == "copy"
    assert hall.refuse(c.RecordPrint, ticket="A001", copy=0, state="lovely").facts["field"] == "state"


def test_an_ended_ticket_is_not_printed_again() -> None:
    hall = hall_in("finished")
    assert hall.refuse(c.ReprintTicket, ticket="A001", printer="p1").code == "wrong-state"


def test_a_finished_visit_is_rated_once() -> None:
    hall = hall_in("finished")
    hall.do(c.RateVisit, ticket=f"{1:032x}", score=5)
    assert hall.last == (VisitRated(f"{1:032x}", "101", None, 5, hall.at),)
    assert hall.ticket("A001").rating == 5
    assert hall.refuse(c.RateVisit, ticket="A001", score=1).code == "already-rated"


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_rating_has_five_levels(score: int) -> None:
    refusal = hall_in("finished").refuse(c.RateVisit, ticket="A001", score=score)
    assert (refusal.code, refusal.facts["field"]) == ("bad-value", "score")


@pytest.mark.parametrize("state", ["waiting", "called", "serving", "missed", "parked"])
def test_only_a_finished_visit_is_rated(state: str) -> None:
    assert hall_in(state).refuse(c.RateVisit, ticket="A001", score=5).code == "nothing-to-rate"
    assert hall_in(state).refuse(c.RateVisit, ticket="Z001", score=5).code == "unknown-ticket"
