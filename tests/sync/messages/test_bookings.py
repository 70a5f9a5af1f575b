"""Leased places sold online, moved, cancelled and returned, as the online hall's messages tell it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest_asyncio

from hub.core.hub import Hub
from hub.core.slot_clock import SlotClock
from hub.domain.slots.state import SlotDay
from tests.core.test_appointments import Restartable
from tests.sync.messages.inbox import Cloud, code

DAY = "2026-11-24"
SLOT, LATER = "floor-1-1100", "floor-1-1400"
SOLD = {"category": "A", "items": [], "name": "李悦", "phone": "13800138000"}


@pytest_asyncio.fixture
async def cloud(tmp_path: Path) -> Cloud:
    hub = await Restartable(tmp_path, online_percent=20).hub()
    await SlotClock(hub).look()
    return Cloud(hub)


def day(hub: Hub) -> SlotDay:
    return cast(SlotDay, hub.writer.state(f"slots/{DAY}"))


def unit(hub: Hub, slot: str) -> tuple[str, str]:
    """A lease of the slot and one of its codes."""
    held = day(hub)
    return next((each.id, each.codes[0]) for each in held.leases.values() if each.slot == slot)


async def sell(cloud: Cloud, slot: str = SLOT, **data: object) -> str:
    lease, sold = unit(cloud.hub, slot)
    told = {"day": DAY, "lease": lease, "code": sold, **SOLD, **data}
    assert (await cloud.say("unit-sold", told)).ok
    return sold


async def test_a_sold_unit_is_a_booking_under_its_own_code_with_its_buyer_sealed(cloud: Cloud) -> None:
    sold = await sell(cloud)
    held = cloud.hub.appointments.holder(DAY, sold)
    assert (held.name and held.name.value, held.phone and held.phone.value) == ("李悦", "13800138000")
    entry = list(cloud.hub.log.read_stream(f"slots/{DAY}"))[-1]
    assert "李悦".encode() not in entry.data


async def test_a_sale_stands_though_its_buyers_phone_is_none(cloud: Cloud) -> None:
    sold = await sell(cloud, phone="call me")
    assert sold in day(cloud.hub).bookings


async def test_the_same_unit_is_not_sold_twice(cloud: Cloud) -> None:
    lease, sold = unit(cloud.hub, SLOT)
    told = {"day": DAY, "lease": lease, "code": sold, **SOLD}
    assert (await cloud.say("unit-sold", told)).ok
    code(await cloud.say("unit-sold", told))
    assert len(day(cloud.hub).bookings) == 1


async def test_a_booking_moves_with_its_buyer_and_its_old_place_is_free_under_a_fresh_code(cloud: Cloud) -> None:
    sold = await sell(cloud)
    _, other = unit(cloud.hub, LATER)
    moved = {"day": DAY, "code": sold, "to_day": DAY, "to_slot": LATER, "unit": other}
    assert (await cloud.say("booking-moved", moved)).ok
    held = cloud.hub.appointments.holder(DAY, other)
    assert held.name is not None
    assert held.name.value == "李悦"


async def test_a_cancelled_booking_is_cancelled_once(cloud: Cloud) -> None:
    sold = await sell(cloud)
    told = {"day": DAY, "code": sold, "why": "有事"}
    assert (await cloud.say("booking-cancelled", told)).ok
    assert day(cloud.hub).bookings[sold].state == "cancelled"


async def test_what_was_not_sold_of_a_lease_goes_back_to_the_hall(cloud: Cloud) -> None:
    lease, _ = unit(cloud.hub, SLOT)
    codes = list(day(cloud.hub).leases[lease].codes)
    assert (await cloud.say("lease-returned", {"day": DAY, "lease": lease, "codes": codes})).ok
    assert not await sold_after(cloud, lease, codes[0])


async def sold_after(cloud: Cloud, lease: str, sold: str) -> bool:
    told = {"day": DAY, "lease": lease, "code": sold, **SOLD}
    return (await cloud.say("unit-sold", told)).ok
