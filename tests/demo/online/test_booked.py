"""What the buyers of appointments know, held against the hub's log."""

from __future__ import annotations

import pytest

from hub.core.calendar_source import from_package
from hub.core.profile_file import default_profile
from hub.demo.online.booked import Booked, booked
from hub.demo.online.bookings import Booking, Place
from hub.demo.online.buyers import buyers_of
from hub.domain.hall.appointments import SlotGroup
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.planning import plan_for
from hub.domain.slots import events as e


def place(code: str) -> Place:
    return Place(code, "l.0", "l", 0)


def sold(code: str) -> e.UnitSold:
    return e.UnitSold(code, "l.0", "l", "A", (), (), 0, 0)


def came(code: str, ticket: str = "t", *, unseen: bool = False) -> e.BookingCheckedIn:
    return e.BookingCheckedIn(code, "l", ticket, "A", unseen, None, 0)


LEASED = e.SlotsLeased("l.0", "l", ("U1", "U2", "U3", "U4", "U5"), 9, 0)
EVENTS: tuple[object, ...] = (
    LEASED,
    came("U1", unseen=True),
    sold("U1"),
    sold("U2"),
    e.NoShowRecorded("U2", "l", 0),
    e.BookingMovedAway("U2", "l", "d", "l", "U3", None, 0),
    e.BookingArrived("U3", "l", "l.0", "d", "U2", "A", (), (), "online", 0),
    sold("U4"),
    e.BookingCancelled("U4", "l", "", "U6", 0),
    sold("U5"),
    e.NoShowRecorded("U5", "l", 0),
)


def bookings() -> dict[str, Booking]:
    return {
        "a": Booking(place("U1"), sold=True, number="A001"),
        "b": Booking(place("U2"), sold=True, moved=place("U3"), left=True),
        "c": Booking(place("U4"), sold=True, cancelled=True),
        "d": Booking(place("U5"), sold=True),
    }


def test_a_day_on_which_both_sides_agree() -> None:
    found = booked(EVENTS, bookings(), 5, {"U6"}, {"U5"}, compared=True)
    assert found == Booked(5, bought=4, sold=4, moved=1, cancelled=1, came=1, unheard=1, missed=1)


@pytest.mark.parametrize(
    ("more", "free", "said"),
    [
        ((sold("U1"),), (), "sold twice: U1"),
        ((sold("U3"),), (), "sold twice: U3"),
        ((came("U1", "other"),), (), "two tickets of one code: U1"),
        ((came("U5"),), (), "checked in: 网上 online 1 ≠ 大厅 hall 2: U5"),
        ((sold("U9"),), (), "sold: 网上 online 4 ≠ 大厅 hall 5: U9"),
        ((e.BookingCancelled("U5", "l", "", None, 0),), (), "cancelled: 网上 online 1 ≠ 大厅 hall 2: U5"),
        ((), ("U3",), "sold and for sale: U3"),
    ],
)
def test_what_does_not_agree_is_told(more: tuple[object, ...], free: tuple[str, ...], said: str) -> None:
    found = booked((*EVENTS, *more), bookings(), 5, free, (), compared=True)
    assert any(each.endswith(said) for each in found.wrong), found.wrong


def test_what_the_hub_has_not_heard_of_is_wrong_only_once_the_line_is_quiet() -> None:
    bought = {**bookings(), "e": Booking(place("U7"), sold=True)}
    assert booked(EVENTS, bought, 5, (), (), compared=False).wrong == ()
    assert booked(EVENTS, bought, 5, (), {"U7"}, compared=True).wrong


def test_one_place_that_two_buyers_have_is_told_also_in_the_dark() -> None:
    bought = {**bookings(), "e": Booking(place("U1"), sold=True)}
    assert any("sold twice: U1" in each for each in booked(EVENTS, bought, 5, (), (), compared=False).wrong)


def test_buyers_are_the_same_for_a_seed_and_none_where_nothing_is_leased() -> None:
    plan = plan_for(default_profile(), 1, CalendarVersion(1, from_package()), "2026-11-23")
    groups = (
        SlotGroup("g", "一组", "One", ("A", "Z"), 10, online_percent=30),
        SlotGroup("h", "二组", "Two", ("B",), 10),
    )
    drawn = buyers_of(plan, groups, 7, 16)
    assert drawn == buyers_of(plan, groups, 7, 16)
    assert len({each.id for each in drawn}) == 16
    assert {(each.group, each.visit.category) for each in drawn} == {("g", "A")}
    assert len({each.ends for each in drawn}) == 4
    assert buyers_of(plan, groups[1:], 7, 16) == ()
