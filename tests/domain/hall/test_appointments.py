from __future__ import annotations

from dataclasses import replace

import pytest

from hub.core.profile_file import default_profile
from hub.domain.hall.appointments import Appointments, SlotGroup
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.check import check
from hub.domain.hall.profile import HallProfile
from hub.domain.slots.planning import slots_for
from tests.domain.queue.plans import HOUR, MINUTE

MONDAY, SUNDAY = "2026-11-23", "2026-11-22"
NINE = 1_795_395_600_000
"""2026-11-23 09:00 in Shanghai."""
GROUP = SlotGroup("g", "一组", "One", ("A", "B"), capacity=10, walk_in_percent=25, online_percent=40)


def hall(*groups: SlotGroup, **more: int) -> HallProfile:
    return replace(default_profile(), appointments=Appointments(groups, **more))


def test_the_default_profile_takes_appointments_on_three_floors_and_leases_none() -> None:
    plan = slots_for(default_profile(), CalendarVersion(0), MONDAY)
    assert len(plan.slots) == 3 * 16
    assert {slot.online for slot in plan.slots} == {0}


def test_a_profile_without_groups_has_no_slots() -> None:
    assert slots_for(hall(), CalendarVersion(0), MONDAY).slots == ()


def test_slots_are_whole_and_within_the_hours_of_the_day() -> None:
    found = slots_for(hall(replace(GROUP, every_minutes=50)), CalendarVersion(0), MONDAY).slots
    assert (found[0].starts, found[0].id, len(found)) == (NINE, "g-0900", 9)
    assert found[-1].ends <= NINE + 8 * HOUR
    narrow = slots_for(hall(replace(GROUP, opens="08:00", closes="10:10")), CalendarVersion(0), MONDAY).slots
    assert [slot.id for slot in narrow] == ["g-0900", "g-0930"]


def test_shares_leave_the_walk_ins_theirs() -> None:
    (slot, *_) = slots_for(hall(GROUP, lease_ends_minutes=90), CalendarVersion(0), MONDAY).slots
    assert (slot.capacity, slot.walk_in, slot.online) == (10, 3, 4)
    assert slot.leased_until == NINE - 90 * MINUTE
    (tight, *_) = slots_for(hall(replace(GROUP, capacity=1, online_percent=75)), CalendarVersion(0), MONDAY).slots
    assert (tight.walk_in, tight.online) == (1, 0)


def test_a_day_off_has_none() -> None:
    assert slots_for(hall(GROUP), CalendarVersion(0), SUNDAY).slots == ()
    assert slots_for(hall(GROUP), CalendarVersion(0), SUNDAY, always=True).slots


@pytest.mark.parametrize(
    ("group", "path"),
    [
        (replace(GROUP, id="?"), "id"),
        (replace(GROUP, zh=""), "zh"),
        (replace(GROUP, categories=()), "categories"),
        (replace(GROUP, categories=("A", "Z")), "categories[1]"),
        (replace(GROUP, categories=("A", "A")), "categories[1]"),
        (replace(GROUP, capacity=0), "capacity"),
        (replace(GROUP, every_minutes=1), "every_minutes"),
        (replace(GROUP, walk_in_percent=101), "walk_in_percent"),
        (replace(GROUP, walk_in_percent=70), "online_percent"),
        (replace(GROUP, opens="9"), "opens"),
        (replace(GROUP, opens="10:00", closes="10:00"), "closes"),
    ],
)
def test_each_mistake_in_a_group_names_its_field(group: SlotGroup, path: str) -> None:
    assert [each.path for each in check(hall(group))] == [f"appointments.groups[0].{path}"]


def test_groups_and_times_that_contradict_each_other_are_named() -> None:
    twice = [each.path for each in check(hall(GROUP, GROUP))]
    assert twice == [
        "appointments.groups[1].id",
        "appointments.groups[1].categories[0]",
        "appointments.groups[1].categories[1]",
    ]
    assert [each.path for each in check(hall(GROUP, late_minutes=5))] == ["appointments.late_minutes"]
