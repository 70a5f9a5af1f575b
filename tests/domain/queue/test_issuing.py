from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.hall.plan import MissedPolicy
from hub.domain.queue import commands as c
from hub.domain.queue.events import TicketIssued, TicketReinstated
from hub.domain.queue.replies import TicketReply, WaitMinutes
from tests.domain.queue.hall import PHONE, Hall, small_hall
from tests.domain.queue.plans import CLOSES, MINUTE, OPENS, POLICY, always, default_plan, small_plan


def test_a_taken_ticket_waits_in_its_category_with_the_first_number() -> None:
    hall = small_hall()
    reply = hall.take_reply("A", items=("x1",), phone=PHONE, kiosk="k1", printer="p1")
    assert reply == TicketReply(f"{1:032x}", "A001", 0, None, "p1", 1)
    ticket = hall.ticket("A001")
    assert (ticket.state, ticket.line, ticket.print_state, ticket.has_phone) == ("waiting", "A/1", "pending", True)
    assert hall.line("A/1") == ["A001"]
    issued = hall.last[0]
    assert isinstance(issued, TicketIssued)
    assert (issued.phone, issued.items, issued.kiosk) == (PHONE, ("x1",), "k1")


def test_a_ticket_without_a_printer_has_no_print() -> None:
    hall = small_hall()
    assert hall.take_reply("A").printer is None
    assert hall.ticket("A001").print_state == "none"


def test_each_category_counts_its_own_numbers_over_all_floors() -> None:
    hall = small_hall()
    assert [hall.take("P", floor=1), hall.take("P", floor=2), hall.take("A")] == ["P001", "P002", "A001"]


def test_number_1000_follows_999() -> None:
    hall = Hall(always(small_plan()))
    numbers = [hall.take("A") for _ in range(1001)]
    assert numbers[98:100] + numbers[998:] == ["A099", "A100", "A999", "A1000", "A1001"]


@pytest.mark.parametrize(
    ("category", "floor", "line"),
    [("P", 2, "P/2"), ("P", 1, "P/1"), ("P", 3, "P/1"), ("A", 2, "A/1"), ("E", 1, "E/2")],
)
def test_a_category_of_several_floors_belongs_to_the_kiosks_floor_else_to_the_first(
    category: str, floor: int, line: str
) -> None:
    hall = small_hall()
    hall.take(category, floor=floor)
    assert hall.ticket(f"{category}001").line == line


def test_a_category_not_on_floor_1_falls_to_its_first_floor() -> None:
    plan = small_plan()
    queues = tuple(replace(queue, floors=(2,)) if queue.letter == "P" else queue for queue in plan.queues)
    hall = Hall(replace(plan, queues=queues))
    hall.take("P", floor=1)
    assert hall.ticket("P001").line == "P/2"


def test_unknown_categories_and_priorities_are_refused() -> None:
    hall = small_hall()
    refusal = hall.refuse(c.TakeTicket, ticket="x", category="Z")
    assert (refusal.code, refusal.facts) == ("unknown-category", {"category": "Z"})
    refusal = hall.refuse(c.TakeTicket, ticket="x", category="A", priority="vip")
    assert (refusal.code, refusal.facts) == ("unknown-priority", {"priority": "vip"})


def test_nothing_is_issued_before_issuing_begins_and_the_refusal_names_the_local_time() -> None:
    hall = small_hall()
    hall.at = OPENS - 31 * MINUTE
    refusal = hall.refuse(c.TakeTicket, ticket="x", category="A")
    assert (refusal.code, refusal.facts) == ("not-open-yet", {"opens": "08:30"})
    hall.at = OPENS - 30 * MINUTE
    assert hall.take("A") == "A001"


def test_closing_time_stops_issuing_and_keeps_who_waits() -> None:
    hall = small_hall()
    hall.at = CLOSES - 1
    hall.take("A")
    hall.take("E")
    hall.at = CLOSES
    refusal = hall.refuse(c.TakeTicket, ticket="x", category="A")
    assert (refusal.code, refusal.facts) == ("issuing-stopped", {"closes": "17:00", "waiting": 2})
    assert hall.call("101") == "A001"


def test_nothing_is_issued_on_a_day_that_is_not_a_working_day() -> None:
    hall = Hall(replace(small_plan(), working=False))
    assert hall.refuse(c.TakeTicket, ticket="x", category="A").code == "not-a-working-day"


def test_a_hall_without_hours_always_issues() -> None:
    hall = Hall(replace(always(small_plan()), working=False))
    hall.at = CLOSES + 9 * 3_600_000
    assert hall.take("A") == "A001"


def test_the_same_ticket_id_is_issued_once() -> None:
    hall = small_hall()
    first = hall.do(c.TakeTicket, ticket="t", category="A")
    again = hall.do(c.TakeTicket, ticket="t", category="B")
    assert (again.number, hall.last) == (first.number, ())


def missed_hall(policy: MissedPolicy | None = None) -> Hall:
    """A001 was missed at 101; A002 to A005 wait."""
    hall = Hall(small_plan(policy=replace(POLICY, missed=policy or POLICY.missed)))
    for _ in range(5):
        hall.take("A")
        hall.wait(1)
    hall.call("101")
    hall.miss("101")
    return hall


def test_a_reinstated_ticket_stands_behind_as_many_as_the_policy_says() -> None:
    hall = missed_hall()
    reply = hall.do(c.ReinstateTicket, ticket="A001", kiosk="k2", printer="p2")
    assert hall.line("A/1") == ["A002", "A003", "A001", "A004", "A005"]
    assert (reply.number, reply.ahead, reply.printer) == ("A001", 2, "p2")
    event = hall.last[0]
    assert isinstance(event, TicketReinstated)
    assert (event.copy, event.kiosk) == (1, "k2")
    ticket = hall.ticket("A001")
    assert (ticket.state, ticket.copies, ticket.print_state, ticket.reinstated) == ("waiting", 1, "pending", 1)


def test_a_reinstated_ticket_is_found_by_its_id_and_by_its_number_in_small_letters() -> None:
    for name in (f"{1:032x}", " a001 "):
        hall = missed_hall()
        assert hall.do(c.ReinstateTicket, ticket=name).number == "A001"


def test_two_reinstated_behind_the_same_one_keep_their_order() -> None:
    hall = missed_hall()
    hall.call("101")
    hall.miss("101")
    hall.do(c.ReinstateTicket, ticket="A002")
    hall.do(c.ReinstateTicket, ticket="A001")
    assert hall.line("A/1") == ["A003", "A004", "A002", "A001", "A005"]


def test_insert_after_none_is_first_and_a_second_one_stands_behind_the_first() -> None:
    hall = missed_hall(replace(POLICY.missed, insert_after=0))
    hall.call("101")
    hall.miss("101")
    hall.do(c.ReinstateTicket, ticket="A001")
    hall.do(c.ReinstateTicket, ticket="A002")
    assert hall.line("A/1") == ["A001", "A002", "A003", "A004", "A005"]


def test_in_a_short_line_the_reinstated_is_last_and_in_an_empty_one_it_keeps_its_old_place() -> None:
    hall = missed_hall(replace(POLICY.missed, insert_after=9))
    hall.do(c.ReinstateTicket, ticket="A001")
    assert hall.line("A/1")[-1] == "A001"
    hall = small_hall()
    hall.take("A")
    key = hall.ticket("A001").key
    hall.call("101")
    hall.miss("101")
    hall.do(c.ReinstateTicket, ticket="A001")
    assert hall.ticket("A001").key == key


def test_newcomers_stand_behind_a_ticket_reinstated_at_the_end() -> None:
    hall = missed_hall(replace(POLICY.missed, insert_after=9))
    hall.do(c.ReinstateTicket, ticket="A001")
    hall.take("A")
    assert hall.line("A/1")[-2:] == ["A001", "A006"]


def test_reinstating_twice_does_it_once() -> None:
    hall = missed_hall()
    first = hall.do(c.ReinstateTicket, ticket="A001")
    again = hall.do(c.ReinstateTicket, ticket="A001")
    assert (again, hall.last) == (first, ())
    assert hall.ticket("A001").reinstated == 1


def test_a_called_ticket_needs_no_reinstating_and_is_told_that_nobody_stands_ahead() -> None:
    hall = missed_hall()
    hall.call("101")
    reply = hall.do(c.ReinstateTicket, ticket="A002")
    assert (reply.ahead, reply.wait_minutes, hall.last) == (0, WaitMinutes(0, 0), ())


def test_a_ticket_is_reinstated_only_so_often() -> None:
    hall = missed_hall(replace(POLICY.missed, insert_after=0))
    for _ in range(2):
        hall.do(c.ReinstateTicket, ticket="A001")
        assert hall.call("101") == "A001"
        hall.miss("101")
    refusal = hall.refuse(c.ReinstateTicket, ticket="A001")
    assert (refusal.code, refusal.facts) == ("reinstated-too-often", {"number": "A001", "times": 2})


def test_a_ticket_is_reinstated_only_within_the_time_the_policy_gives() -> None:
    hall = missed_hall()
    hall.wait(60)
    hall.at += 1
    assert hall.refuse(c.ReinstateTicket, ticket="A001").code == "too-late-to-reinstate"
    hall.at -= 1
    hall.do(c.ReinstateTicket, ticket="A001")


def test_without_a_time_limit_a_ticket_is_reinstated_until_the_day_is_closed_also_after_closing_time() -> None:
    hall = missed_hall(replace(POLICY.missed, within_minutes=None))
    hall.at = CLOSES + 3_600_000
    hall.do(c.ReinstateTicket, ticket="A001")
    assert "A001" in hall.line("A/1")


def test_only_a_missed_ticket_is_reinstated() -> None:
    hall = missed_hall()
    hall.call("101")
    hall.do(c.StartService, window="101")
    refusal = hall.refuse(c.ReinstateTicket, ticket="A002")
    assert (refusal.code, refusal.facts) == ("wrong-state", {"number": "A002", "state": "serving"})
    hall.do(c.FinishService, window="101")
    assert hall.refuse(c.ReinstateTicket, ticket="A002").facts["state"] == "finished"
    assert hall.refuse(c.ReinstateTicket, ticket="Z999").code == "unknown-ticket"


def test_a_ticket_missed_at_its_own_window_is_reinstated_there_while_that_window_works() -> None:
    for close, line in ((False, "@102"), (True, "A/1")):
        hall = small_hall()
        hall.take("A")
        hall.do(c.OpenWindow, window="102")
        hall.call("101")
        hall.do(c.TransferTicket, window="101", to="102", why="取错号")
        hall.call("102")
        hall.miss("102")
        if close:
            hall.do(c.CloseWindow, window="102")
        hall.do(c.ReinstateTicket, ticket="A001")
        assert hall.line(line) == ["A001"]


def test_the_default_hall_issues_every_category() -> None:
    hall = Hall(default_plan())
    assert len(hall.day.windows) == 58
    assert [hall.take(letter) for letter in hall.day.queues] == [f"{letter}001" for letter in "ABCDEFGHIJKLMNOPQ"]
