from __future__ import annotations

import pytest

from hub.domain.personal import Personal
from hub.domain.slots import commands as c
from hub.domain.slots.events import BookingArrived, BookingCancelled, BookingMovedAway, UnitSold
from hub.domain.slots.upkeep import leases_wanted, no_shows, renewals
from tests.domain.queue.plans import DATE, HOUR, MINUTE, OPENS
from tests.domain.slots.desk import LATE, OTHER, PHONE, TODAYS, TOMORROW, Desk, plan, slot


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_leases_bookings_and_the_share_of_walk_ins_fill_a_slot_and_no_more(desk: Desk) -> None:
    assert len(desk.lease(units=9)) == 2
    desk.book()
    assert desk.refuse(c.BookSlot, slot="s1", code="X", category="A", channel="counter").code == "slot-full"
    assert (desk.today.slots["s1"].held, desk.today.slots["s1"].walk_in) == (3, 1)


def test_a_lease_asked_for_twice_is_made_once(desk: Desk) -> None:
    first = desk.lease()
    again = desk.do(c.LeaseUnits, lease="s1.0", slot="s1", codes=("Y1", "Y2"), expires=desk.at + HOUR)
    assert (again.units, desk.last, desk.today.leases["s1.0"].codes) == (2, [], first)


def test_what_was_booked_first_is_not_leased(desk: Desk) -> None:
    desk.book()
    desk.book(phone=PHONE)
    assert len(desk.lease(units=2)) == 1


def test_an_expired_lease_gives_nothing_back_until_it_is_returned(desk: Desk) -> None:
    sold, unsold = desk.lease()
    desk.at = OPENS + 50 * MINUTE
    assert desk.today.slots["s1"].leased == 2
    desk.sell(sold, sold_at=OPENS)
    reply = desk.do(c.ReturnLease, lease="s1.0", codes=(unsold,))
    assert (reply.units, desk.today.slots["s1"].leased) == (0, 1)
    assert desk.refuse(c.SellUnit, lease="s1.0", code=unsold, category="A", sold_at=OPENS).code == "unit-returned"


def test_returning_what_was_sold_or_came_keeps_it(desk: Desk) -> None:
    sold, came = desk.lease()
    desk.sell(sold)
    desk.at = OPENS + HOUR
    desk.check_in(came)
    desk.do(c.ReturnLease, lease="s1.0", codes=(sold, came))
    assert desk.today.slots["s1"].leased == 2


def test_a_sale_heard_after_its_slot_was_over_is_a_no_show_at_once(desk: Desk) -> None:
    code, _ = desk.lease()
    desk.at = OPENS + HOUR + LATE + 1
    assert desk.sell(code, sold_at=OPENS).state == "no-show"
    assert no_shows(desk.today, DATE, desk.at) == []
    assert desk.do(c.CancelBooking, code=code, fresh="F", asked_at=OPENS).state == "cancelled"


def test_a_move_heard_after_its_slot_was_over_is_a_no_show_there(desk: Desk) -> None:
    code, _ = desk.lease()
    to, _ = desk.lease("s2")
    desk.sell(code)
    desk.at = OPENS + 2 * HOUR + LATE + 1
    reply = desk.do(c.MoveBooking, code=code, to_day=DATE, to_slot="s2", fresh="F", unit=to, asked_at=OPENS)
    assert (reply.state, desk.today.bookings[code].state) == ("no-show", "moved")


def test_a_unit_is_sold_once(desk: Desk) -> None:
    code, _ = desk.lease()
    desk.sell(code)
    assert desk.refuse(c.SellUnit, lease="s1.0", code=code, category="A", sold_at=OPENS).code == "unit-sold"


def test_a_cancelled_unit_goes_back_to_its_lease_under_another_code(desk: Desk) -> None:
    code, _ = desk.lease()
    desk.sell(code)
    desk.do(c.CancelBooking, code=code, fresh="FRESH")
    (event,) = desk.last
    assert isinstance(event, BookingCancelled)
    assert (event.fresh, desk.today.slots["s1"].leased) == ("FRESH", 2)
    desk.at = OPENS + HOUR
    assert desk.refuse(c.CheckIn, code=code, ticket="t").code == "booking-cancelled"
    assert desk.sell("FRESH", phone=OTHER).code == "FRESH"


def test_a_unit_cancelled_after_its_lease_was_returned_is_the_halls(desk: Desk) -> None:
    code, unsold = desk.lease()
    desk.sell(code)
    desk.do(c.ReturnLease, lease="s1.0", codes=(unsold,))
    desk.do(c.CancelBooking, code=code, fresh="FRESH")
    assert desk.today.slots["s1"].leased == 0


def test_cancelling_twice_answers_the_same(desk: Desk) -> None:
    code = desk.book()
    first = desk.do(c.CancelBooking, code=code, fresh="F")
    assert desk.do(c.CancelBooking, code=code, fresh="G") == first
    assert desk.last == []


def test_who_cancelled_in_time_is_no_no_show_though_it_was_heard_late(desk: Desk) -> None:
    code, _ = desk.lease()
    desk.sell(code)
    desk.at = OPENS + 3 * HOUR
    desk.do(c.RecordNoShow, code=code)
    assert desk.refuse(c.CancelBooking, code=code, fresh="F").code == "booking-missed"
    assert desk.do(c.CancelBooking, code=code, fresh="F", asked_at=OPENS).state == "cancelled"


def test_a_person_books_a_slot_once(desk: Desk) -> None:
    desk.book(phone=PHONE)
    again = desk.refuse(c.BookSlot, slot="s1", code="X", category="A", channel="kiosk", phone=PHONE)
    assert again.code == "booked-already"
    desk.book(phone=OTHER)


def test_a_slot_that_began_cannot_be_booked(desk: Desk) -> None:
    desk.at = OPENS + HOUR
    assert desk.refuse(c.BookSlot, slot="s1", code="X", category="A", channel="kiosk").code == "slot-over"


def test_a_booking_moves_to_another_day_in_one_step(desk: Desk) -> None:
    code = desk.book(phone=PHONE)
    reply = desk.do(c.MoveBooking, code=code, to_day=TOMORROW, to_slot="s2", fresh="F", phone=PHONE)
    away, arrived = desk.last
    assert isinstance(away, BookingMovedAway)
    assert isinstance(arrived, BookingArrived)
    assert (reply.code, reply.day, reply.slot) == (code, TOMORROW, "s2")
    assert (desk.today.slots["s1"].booked, desk.days[TOMORROW].slots["s2"].booked) == (0, 1)
    assert arrived.phone == PHONE
    assert desk.refuse(c.CheckIn, code=code, ticket="t").code == "booking-moved"


def test_a_booking_may_move_to_and_fro(desk: Desk) -> None:
    code = desk.book()
    desk.do(c.MoveBooking, code=code, to_day=TOMORROW, to_slot="s2", fresh="F")
    desk.do(c.MoveBooking, day=TOMORROW, code=code, to_day=DATE, to_slot="s1", fresh="G")
    desk.at = OPENS + HOUR
    assert desk.check_in(code).number == "A001"


def test_the_online_hall_moves_a_buyer_to_another_of_its_units(desk: Desk) -> None:
    code, _ = desk.lease()
    to, _ = desk.lease("s2", day=TOMORROW)
    desk.sell(code)
    reply = desk.do(c.MoveBooking, code=code, to_day=TOMORROW, to_slot="s2", fresh="F", unit=to)
    assert reply.code == to
    assert desk.today.units["F"].state == "free"
    assert desk.days[TOMORROW].units[to].state == "sold"


def test_a_person_stays_findable_when_moved_without_their_values(desk: Desk) -> None:
    code = desk.book(phone=PHONE)
    desk.do(c.MoveBooking, code=code, to_day=DATE, to_slot="s2", fresh="F")
    desk.at = OPENS + 2 * HOUR
    assert desk.check_in("", subject=PHONE.subject).number == "A001"


def test_a_full_slot_takes_nobody_over_and_the_old_place_stays(desk: Desk) -> None:
    for each in range(3):
        desk.book("s2", phone=Personal(f"{each}" * 32, "1"))
    code = desk.book()
    assert desk.refuse(c.MoveBooking, code=code, to_day=DATE, to_slot="s2", fresh="F").code == "slot-full"


def test_a_buyer_checks_in_though_the_sale_was_never_heard_and_the_sale_is_taken_afterwards(desk: Desk) -> None:
    code, _ = desk.lease()
    desk.at = OPENS + HOUR
    number = desk.check_in(code).number
    assert desk.check_in(code).number == number
    reply = desk.sell(code, sold_at=OPENS)
    assert isinstance(desk.last[0], UnitSold)
    assert (reply.state, desk.today.bookings[code].phone) == ("checked-in", PHONE.subject)
    assert len(desk.queue.tickets) == 1


def test_an_unseen_sale_of_a_group_of_several_categories_asks_for_one(desk: Desk) -> None:
    code, _ = desk.lease("s2")
    desk.at = OPENS + 2 * HOUR
    assert desk.refuse(c.CheckIn, code=code, ticket="t").facts == {"categories": "A,B"}
    assert desk.check_in(code, category="B").number == "B001"


def test_a_check_in_is_a_ticket_with_its_slot(desk: Desk) -> None:
    code = desk.book(phone=PHONE)
    desk.at = OPENS + HOUR + 5 * MINUTE
    desk.check_in(code, phone=PHONE)
    (ticket,) = desk.queue.tickets.values()
    assert (ticket.slot, ticket.lane, ticket.has_phone) == (OPENS + HOUR, "appointment", True)


@pytest.mark.parametrize(
    ("minutes", "refused"), [(29, "too-early-to-check-in"), (30, ""), (90, ""), (91, "booking-missed")]
)
def test_check_in_is_open_from_early_to_late(desk: Desk, minutes: int, refused: str) -> None:
    code = desk.book()
    desk.at = OPENS + minutes * MINUTE
    if refused:
        assert desk.refuse(c.CheckIn, code=code, ticket="t").code == refused
    else:
        assert desk.check_in(code).number == "A001"


def test_a_code_of_another_day_says_which(desk: Desk) -> None:
    refused = desk.refuse(c.CheckIn, code="ZZZZZZZZ", ticket="t", elsewhere=TOMORROW)
    assert (refused.code, refused.facts["day"]) == ("booking-other-day", TOMORROW)
    assert desk.refuse(c.CheckIn, code="ZZZZZZZZ", ticket="t").code == "unknown-booking"


def test_the_clock_notes_who_did_not_come(desk: Desk) -> None:
    code = desk.book()
    desk.at = OPENS + HOUR + LATE + 1
    ((_, command),) = no_shows(desk.today, DATE, desk.at)
    desk.run(command)
    assert no_shows(desk.today, DATE, desk.at) == []
    assert desk.today.slots["s1"].booked == 1
    assert desk.refuse(c.CheckIn, code=code, ticket="t").code == "booking-missed"


def test_leases_are_filled_up_and_renewed(desk: Desk) -> None:
    wanted = leases_wanted(desk.today, desk.at)
    assert [(each.lease, each.units) for each in wanted] == [("s1.0", 2), ("s2.0", 2)]
    desk.lease()
    desk.lease("s2")
    assert leases_wanted(desk.today, desk.at) == []
    tomorrow = desk.days[TOMORROW]
    desk.do(c.LeaseUnits, day=TOMORROW, lease="s1.0", slot="s1", codes=("X1",), expires=desk.at + HOUR)
    ((_, command),) = renewals(tomorrow, TOMORROW, desk.at)
    desk.run(command)
    assert tomorrow.leases["s1.0"].expires == OPENS + 25 * HOUR
    assert renewals(tomorrow, TOMORROW, desk.at) == []


def test_a_smaller_profile_takes_no_place_back(desk: Desk) -> None:
    code = desk.book()
    desk.lease()
    desk.do(c.PlanSlots, plan=plan(slot("s1", OPENS + HOUR, capacity=2), TODAYS.slots[1]))
    shrunk = desk.today.slots["s1"]
    assert (shrunk.capacity, shrunk.walk_in, shrunk.left) == (3, 0, 0)
    desk.do(c.PlanSlots, plan=plan())
    assert list(desk.today.slots) == ["s1"]
    desk.at = OPENS + HOUR
    assert desk.check_in(code).number == "A001"


def test_the_same_plan_changes_nothing(desk: Desk) -> None:
    desk.do(c.PlanSlots, plan=TODAYS)
    assert desk.last == []
