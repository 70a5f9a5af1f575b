from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from hub.core.appointments import ALPHABET, CodeTries, Holder, booking_code, typed
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.core.slot_clock import SlotClock
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from hub.domain.slots.state import SlotDay
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.log.subjects import Subjects
from tests.web.running import MONDAY_AT_TEN

SLOT, LATER = "floor-1-1100", "floor-1-1400"


class Restartable:
    """One log, and as many hubs after each other on it as a test wants."""

    def __init__(self, folder: Path, online_percent: int = 0) -> None:
        self.log, self.keys, self.clock = MemoryLog(), Keys(None), ManualClock(MONDAY_AT_TEN)
        self.paths = StatePaths.of(folder / "hall.db")
        profile = default_profile()
        groups = tuple(replace(each, online_percent=online_percent) for each in profile.appointments.groups)
        self.profile = replace(profile, appointments=replace(profile.appointments, groups=groups))

    async def hub(self) -> Hub:
        hub = Hub(self.log, hub_codec(self.keys), Subjects(bytes(32)), self.clock, self.paths)
        await hub.start(self.profile)
        return hub


async def booked(hub: Hub, slot: str = SLOT) -> str:
    phone = hub.phone("13800138000")
    who = Holder(Personal(phone.subject, "李悦"), phone)
    command = hub.appointments.book(hub.today, slot, "A", "counter", who=who)
    assert (await hub.submit(command, actor="test")).ok
    return command.code


def test_codes_are_short_and_hard_to_misread() -> None:
    codes = {booking_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert set("".join(codes)) == set(ALPHABET)
    assert not set(ALPHABET) & set("IO01")
    assert typed(" abcd-23 45\n") == "ABCD2345"


def test_wrong_codes_are_forgiven_after_a_while_and_other_kiosks_go_on() -> None:
    now = [0.0]
    tries = CodeTries(lambda: now[0])
    for _ in range(5):
        tries.check("k1")
        tries.wrong("k1")
        now[0] += 60
    with pytest.raises(Refused) as refused:
        tries.check("k1")
    assert (refused.value.code, refused.value.facts["minutes"]) == ("too-many-codes", 6)
    tries.check("k2")
    now[0] += 301
    tries.check("k1")


async def test_a_hub_that_starts_again_knows_every_booking_and_who_made_it(tmp_path: Path) -> None:
    hall = Restartable(tmp_path, online_percent=25)
    first = await hall.hub()
    await SlotClock(first).look()
    code = await booked(first)
    before = first.appointments.day(first.today)
    head = first.head()
    second = await hall.hub()
    await SlotClock(second).look()
    assert second.head() == head
    assert second.appointments.day(second.today) == before
    held = second.appointments.holder(second.today, code)
    assert held.phone is not None
    assert held.name is not None
    assert (held.name.value, held.phone.value) == ("李悦", "13800138000")


async def test_who_moved_is_written_anew_under_the_new_slot(tmp_path: Path) -> None:
    hub = await Restartable(tmp_path).hub()
    await SlotClock(hub).look()
    code = await booked(hub)
    tomorrow = hub.appointments.days()[1]
    assert (await hub.submit(hub.appointments.move(hub.today, code, tomorrow, LATER), actor="test")).ok
    held = hub.appointments.holder(tomorrow, code)
    assert held.name is not None
    assert held.name.value == "李悦"
    found = [(day, each.state) for day, each in hub.appointments.found(code=code)]
    assert found == [(hub.today, "moved"), (tomorrow, "booked")]


async def test_a_hub_that_was_off_notes_yesterdays_no_shows_at_its_start(tmp_path: Path) -> None:
    hall = Restartable(tmp_path)
    first = await hall.hub()
    await SlotClock(first).look()
    code, day = await booked(first), first.today
    hall.clock.advance(24 * 3_600_000)
    second = await hall.hub()
    await SlotClock(second).look()
    assert second.appointments.day(day).bookings[code].state == "no-show"


async def test_nothing_is_kept_while_the_clock_is_in_doubt(tmp_path: Path) -> None:
    hall = Restartable(tmp_path)
    hub = await hall.hub()
    hall.clock.step(2 * 86_400_000)
    await hub.keep()
    await SlotClock(hub).look()
    assert hub.log.streams("slots/") == []
    await hub.confirm_clock("test")
    await SlotClock(hub).look()
    assert hub.log.streams("slots/")


async def test_a_day_that_is_over_is_let_go_of(tmp_path: Path) -> None:
    hall = Restartable(tmp_path)
    hub = await hall.hub()
    keeper = SlotClock(hub)
    await keeper.look()
    day = hub.today
    held = cast(SlotDay, hub.writer.state(f"slots/{day}"))
    hall.clock.advance(48 * 3_600_000)
    await hub.keep()
    await keeper.look()
    again = cast(SlotDay, hub.writer.state(f"slots/{day}"))
    assert again == held
    assert again is not held
