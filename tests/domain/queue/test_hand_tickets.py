from __future__ import annotations

import pytest

from hub.domain.queue import commands as c
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import MINUTE, RUSH, small_plan


def hall_at_ten() -> Hall:
    hall = Hall(small_plan(policy=RUSH))
    hall.wait(60)
    return hall


def enter(hall: Hall, number: str = "XA001", taken: int = 30, **fields: object) -> None:
    hall.do(
        c.EnterHandTicket,
        **{
            "ticket": f"hand-{number}",
            "number": number,
            "category": "A",
            "taken_at": hall.at - taken * MINUTE,
            **fields,
        },
    )


def test_a_hand_ticket_waits_since_it_was_taken() -> None:
    hall = hall_at_ten()
    hall.take("A")
    enter(hall)
    ticket = hall.ticket("XA001")
    assert (ticket.hand, ticket.issued_at, ticket.line) == (True, hall.at - 30 * MINUTE, "A/1")
    assert hall.calls("101", 2) == ["XA001", "A001"]
    assert ticket.waited_ms == 30 * MINUTE


def test_one_that_was_served_counts_with_its_times() -> None:
    hall = hall_at_ten()
    enter(hall, called_at=hall.at - 20 * MINUTE, finished_at=hall.at - 12 * MINUTE, window="101", clerk="li")
    ticket = hall.ticket("XA001")
    assert (ticket.state, ticket.waited_ms, ticket.clerk) == ("finished", 10 * MINUTE, "li")
    assert hall.call("101") is None


def test_a_number_that_was_given_already_collides() -> None:
    hall = hall_at_ten()
    hall.take("A")
    before = hall.refuse(c.EnterHandTicket, ticket="x", number="A001", category="A", taken_at=hall.at)
    assert (before.code, before.facts) == ("number-taken", {"number": "A001"})


def test_the_same_hand_ticket_entered_twice_is_one() -> None:
    hall = hall_at_ten()
    enter(hall)
    enter(hall, ticket="another-id")
    assert hall.last == ()
    assert len(hall.day.tickets) == 1
    refused = hall.refuse(c.EnterHandTicket, ticket="y", number="XA001", category="A", taken_at=hall.at - 5 * MINUTE)
    assert refused.code == "number-taken"


def test_the_machine_never_gives_a_number_that_a_hand_ticket_has() -> None:
    hall = hall_at_ten()
    enter(hall, "A001")
    enter(hall, "A003")
    assert [hall.take("A") for _ in range(3)] == ["A002", "A004", "A005"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "12"}, "bad-value"),
        ({"category": "Z"}, "unknown-category"),
        ({"priority": "vip"}, "unknown-priority"),
        ({"window": "101"}, "bad-value"),
        ({"taken": -5}, "bad-value"),
        ({"taken": 25 * 60}, "bad-value"),
    ],
)
def test_what_cannot_have_been_is_refused(fields: dict[str, object], code: str) -> None:
    hall = hall_at_ten()
    taken = fields.pop("taken", 30)
    assert isinstance(taken, int)
    given = {"ticket": "t", "number": "XA001", "category": "A", "taken_at": hall.at - taken * MINUTE, **fields}
    assert hall.refuse(c.EnterHandTicket, **given).code == code


def test_times_out_of_order_are_refused_by_the_field() -> None:
    hall = hall_at_ten()
    given = {"ticket": "t", "number": "XA001", "category": "A", "taken_at": hall.at - 10 * MINUTE, "window": "101"}
    refused = hall.refuse(c.EnterHandTicket, **given, called_at=hall.at - 20 * MINUTE, finished_at=hall.at - MINUTE)
    assert refused.facts["field"] == "called_at"


def test_after_the_day_was_closed_what_was_served_may_still_be_entered() -> None:
    hall = hall_at_ten()
    hall.do(c.CloseDay, why="闭厅")
    enter(hall, called_at=hall.at - 20 * MINUTE, finished_at=hall.at - 12 * MINUTE, window="101")
    assert hall.ticket("XA001").state == "finished"
    given = {"ticket": "t", "number": "XA002", "category": "A", "taken_at": hall.at - 10 * MINUTE}
    assert hall.refuse(c.EnterHandTicket, **given).code == "day-closed"


def test_a_hand_ticket_of_an_earlier_day_does_not_wait_today() -> None:
    hall = hall_at_ten()
    given = {"ticket": "t", "number": "XA001", "category": "A", "taken_at": hall.at - 8 * 60 * MINUTE}
    assert hall.refuse(c.EnterHandTicket, **given).facts["field"] == "taken_at"


def test_the_same_number_entered_with_another_category_or_class_collides() -> None:
    hall = hall_at_ten()
    enter(hall)
    for other in ({"category": "B"}, {"priority": "elderly"}):
        given = {"ticket": "t", "number": "XA001", "category": "A", "taken_at": hall.at - 30 * MINUTE, **other}
        assert hall.refuse(c.EnterHandTicket, **given).code == "number-taken"
