"""The hub's day: opening, midnight, closing, profiles published meanwhile, clocks that step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from hub.core.clock import ManualClock
from hub.core.hub import Hub, command_id
from hub.domain.clock.state import ClockState
from hub.domain.hall.commands import NEXT_DAY, NOW, PublishProfile
from hub.domain.hall.profile import HallProfile, Roster
from hub.domain.queue.commands import CallNext, CloseDay, FinishService, ReskillWindow, TakeTicket
from hub.domain.refusals import Refused
from hub.log.entry import LogBroken, NoRoom
from hub.log.memory import MemoryLog
from tests.core.writers import DAY_MS, HOUR, MONDAY_AT_TEN, code, hub_on, reply, types
from tests.domain.hall.halls import DEFAULT, WARSAW, ms

MINUTE = 60_000
TO_ROLLOVER = 18 * HOUR  # the default day begins at four


def take(hub: Hub, category: str = "A"):
    command = TakeTicket(hub.today, hub.now(), hub.ticket_id(), category)
    return hub.submit(command, actor="test")


async def until(holds: Callable[[], bool]) -> None:
    """Until what the loop has in hand makes it so."""
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not come to that")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MONDAY_AT_TEN)


# -- the first start and the next ---------------------------------------------------------------------------------


async def test_an_empty_log_starts_with_the_default_profile_published_and_the_day_open(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    assert types(log, "hall") == ["profile-published"]
    assert types(log, "queue/2026-11-23") == ["day-opened"]
    assert hub.profile() == DEFAULT
    assert hub.profile_version() == 1
    assert hub.today == "2026-11-23"
    assert (await take(hub)).ok


async def test_a_restart_publishes_nothing_and_goes_on_where_it_was(clock):
    log = MemoryLog()
    before = await hub_on(log, clock)
    await take(before)
    head = before.head()
    clock.advance(5000)
    hub = await hub_on(log, clock)
    assert hub.head() == head
    assert hub.boot != before.boot
    assert hub.day() == before.day()
    assert reply(await take(hub))["number"] == "A002"


async def test_a_log_keeps_its_profile_whatever_the_default_has_become(clock):
    log = MemoryLog()
    await hub_on(log, clock, WARSAW)
    assert (await hub_on(log, clock, DEFAULT)).profile() == WARSAW


async def test_a_profile_that_is_none_starts_no_hub(clock):
    with pytest.raises(ValueError, match="profile-invalid"):
        await hub_on(MemoryLog(), clock, replace(DEFAULT, windows=()))


async def test_a_disk_that_is_full_at_the_start_says_so(clock):
    log = MemoryLog()
    await hub_on(log, clock)
    log.room = log.head().position
    clock.advance(DAY_MS)
    with pytest.raises(NoRoom):
        await hub_on(log, clock)


# -- the rollover -------------------------------------------------------------------------------------------------


async def keeping(hub: Hub) -> asyncio.Task[None]:
    task = asyncio.create_task(hub.run())
    await asyncio.sleep(0)
    return task


async def test_at_the_boundary_the_old_day_closes_and_the_new_one_opens(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    ticket = reply(await take(hub))["ticket"]
    task = await keeping(hub)
    clock.advance(TO_ROLLOVER - 1)
    await asyncio.sleep(0.01)
    assert hub.today == "2026-11-23"
    clock.advance(1)
    await until(lambda: hub.today == "2026-11-24")
    task.cancel()
    assert types(log, "queue/2026-11-23")[-2:] == ["ticket-expired", "day-closed"]
    assert hub.day_named("2026-11-23").closed
    assert hub.day_named("2026-11-23").tickets[str(ticket)].state == "expired"
    assert types(log, "queue/2026-11-24") == ["day-opened"]


async def test_the_rollover_comes_at_the_millisecond_not_at_the_next_look(clock):
    hub = await hub_on(MemoryLog(), clock, always=True)
    task = await keeping(hub)
    clock.advance(TO_ROLLOVER - 300)
    await until(lambda: True)
    await asyncio.sleep(0.01)
    clock.advance(300)
    await until(lambda: hub.today == "2026-11-24")
    task.cancel()


async def test_numbers_begin_again_on_the_new_day(clock):
    hub = await hub_on(MemoryLog(), clock, always=True)
    assert reply(await take(hub))["number"] == "A001"
    clock.advance(DAY_MS)
    await hub.keep()
    assert reply(await take(hub))["number"] == "A001"


async def test_a_closed_day_is_let_go_from_memory(clock):
    hub = await hub_on(MemoryLog(), clock, always=True)
    for _ in range(5):
        await take(hub)
        clock.advance(DAY_MS)
        await hub.keep()
    assert [name for name in hub.writer._streams if name.startswith("queue/")] == [f"queue/{hub.today}"]


@pytest.mark.parametrize("days", [1, 2, 9])
async def test_a_hub_that_was_off_at_midnight_closes_the_old_day_once_when_it_starts(clock, days):
    log = MemoryLog()
    await take(await hub_on(log, clock))
    clock.advance(days * DAY_MS)
    hub = await hub_on(log, clock)
    assert types(log, "queue/2026-11-23") == ["day-opened", "ticket-issued", "ticket-expired", "day-closed"]
    assert log.streams("queue/") == ["queue/2026-11-23", f"queue/{hub.today}"]
    head = hub.head()
    assert (await hub_on(log, clock)).head() == head


async def test_a_hub_killed_between_the_closing_and_the_opening_opens_the_day_at_its_next_start(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.advance(TO_ROLLOVER)
    key = command_id("rollover:2026-11-23")
    await hub.submit(CloseDay("2026-11-23", hub.now(), "rollover"), actor="hub", key=key)
    again = await hub_on(log, clock)
    assert again.today == "2026-11-24"
    assert types(log, "queue/2026-11-23").count("day-closed") == 1


async def test_a_disk_full_at_midnight_rolls_over_when_there_is_room_again(clock, caplog):
    caplog.set_level(logging.CRITICAL)
    log = MemoryLog()
    hub = await hub_on(log, clock)
    task = await keeping(hub)
    log.room = log.head().position
    clock.advance(TO_ROLLOVER)
    await asyncio.sleep(0.01)
    assert hub.today == "2026-11-23"
    assert not task.done()
    log.room = None
    clock.advance(1000)
    await until(lambda: hub.today == "2026-11-24")
    task.cancel()
    assert types(log, "queue/2026-11-23") == ["day-opened", "day-closed"]


# -- closing ------------------------------------------------------------------------------------------------------


async def test_in_the_last_minute_tickets_are_issued_and_at_closing_no_more_while_who_waits_is_served(clock):
    hub = await hub_on(MemoryLog(), clock)
    clock.advance(7 * HOUR - 1)
    waiting = reply(await take(hub))["number"]
    clock.advance(1)
    stopped = await take(hub)
    assert code(stopped) == "issuing-stopped"
    assert reply(stopped)["facts"] == {"closes": "17:00", "waiting": 1}
    called = await hub.submit(CallNext(hub.today, hub.now(), "101"), actor="test")
    assert reply(called)["number"] == waiting
    clock.advance(3 * HOUR)
    assert (await hub.submit(FinishService(hub.today, hub.now(), "101"), actor="test")).ok


async def test_in_the_last_minute_of_the_day_a_hall_that_never_closes_issues_a_number_that_lives_a_minute(clock):
    hub = await hub_on(MemoryLog(), clock, always=True)
    clock.advance(TO_ROLLOVER - 1)
    await hub.keep()
    last = reply(await take(hub))
    assert hub.day_of(str(last["ticket"])) == "2026-11-23"
    clock.advance(1)
    await hub.keep()
    first = reply(await take(hub))
    assert hub.day_of(str(first["ticket"])) == "2026-11-24"
    assert hub.day_of(str(last["ticket"])) == "2026-11-23"


async def test_before_the_doors_open_issuing_has_not_begun(clock):
    clock.advance(-2 * HOUR)
    hub = await hub_on(MemoryLog(), clock)
    assert code(await take(hub)) == "not-open-yet"


async def test_on_a_sunday_nothing_is_issued(clock):
    clock.advance(-DAY_MS)
    assert code(await take(await hub_on(MemoryLog(), clock))) == "not-a-working-day"


# -- profiles published meanwhile ---------------------------------------------------------------------------------


def longer(profile: HallProfile = DEFAULT) -> HallProfile:
    return replace(profile, hours=replace(profile.hours, closes="20:00"))


async def test_a_profile_published_for_now_rules_the_open_day_at_once(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    await take(hub)
    assert (await hub.submit(PublishProfile(longer(), NOW, hub.now()), actor="test")).ok
    await until(lambda: "plan-adopted" in types(log, "queue/2026-11-23"))
    clock.advance(8 * HOUR)
    assert reply(await take(hub))["number"] == "A002"
    assert hub.profile_version() == 2


async def test_a_profile_published_for_the_next_day_waits_for_it(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    assert (await hub.submit(PublishProfile(longer(), NEXT_DAY, hub.now()), actor="test")).ok
    await asyncio.sleep(0.01)
    assert hub.profile() == DEFAULT
    clock.advance(8 * HOUR)
    assert code(await take(hub)) == "issuing-stopped"
    clock.advance(DAY_MS)
    await hub.keep()
    assert hub.profile() == longer()
    assert (await take(hub)).ok
    assert "plan-adopted" not in types(log, "queue/2026-11-23")


async def test_a_hub_killed_before_it_adopted_a_profile_adopts_it_at_its_next_start(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    hub.writer._listeners.clear()
    assert (await hub.submit(PublishProfile(longer(), NOW, hub.now()), actor="test")).ok
    assert "plan-adopted" not in types(log, "queue/2026-11-23")
    again = await hub_on(log, clock)
    assert types(log, "queue/2026-11-23")[-1] == "plan-adopted"
    clock.advance(8 * HOUR)
    assert (await take(again)).ok


# -- clocks that step ---------------------------------------------------------------------------------------------


async def test_a_clock_stepped_a_day_forward_freezes_the_rollover_and_issuing_goes_on(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.step(DAY_MS)
    await hub.keep()
    assert types(log, "hub") == ["clock-stepped"]
    assert hub.today == "2026-11-23"
    assert reply(await take(hub))["number"] == "A001"
    clock.advance(20 * HOUR)
    await hub.keep()
    assert hub.today == "2026-11-23"
    assert types(log, "hub") == ["clock-stepped"]


async def test_a_clock_stepped_a_day_back_freezes_too_and_trusted_time_goes_on(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.step(-DAY_MS)
    await hub.keep()
    clock.advance(HOUR)
    assert hub.now() == MONDAY_AT_TEN + HOUR
    assert (await take(hub)).ok
    assert hub.clock_state().frozen
    assert next(iter(log.read_stream("hub"))).recorded_at == MONDAY_AT_TEN


async def test_a_confirmed_step_lets_the_rollover_go_on(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.step(DAY_MS)
    await hub.keep()
    assert (await hub.confirm_clock("wang")).ok
    assert hub.today == "2026-11-24"
    assert hub.day_named("2026-11-23").closed
    assert types(log, "hub") == ["clock-stepped", "clock-confirmed"]
    assert not hub.clock_state().frozen


async def test_a_step_back_that_is_confirmed_reopens_no_closed_day(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.advance(DAY_MS)
    await hub.keep()
    clock.step(-DAY_MS)
    await hub.keep()
    await hub.confirm_clock("wang")
    await hub.keep()
    assert hub.today == "2026-11-24"
    assert types(log, "queue/2026-11-23").count("day-opened") == 1
    assert (await hub_on(log, clock)).today == "2026-11-24"


async def test_a_step_undone_unfreezes_by_itself(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.step(DAY_MS)
    await hub.keep()
    clock.step(-DAY_MS)
    await hub.keep()
    assert types(log, "hub") == ["clock-stepped", "clock-confirmed"]
    clock.advance(TO_ROLLOVER)
    await hub.keep()
    assert hub.today == "2026-11-24"


async def test_a_second_step_is_recorded_too_and_undoing_one_of_two_does_not_unfreeze(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.step(DAY_MS)
    await hub.keep()
    clock.step(DAY_MS)
    await hub.keep()
    assert types(log, "hub") == ["clock-stepped", "clock-stepped"]
    assert hub.clock_state().by_ms == 2 * DAY_MS
    clock.step(-DAY_MS)
    await hub.keep()
    assert hub.clock_state().frozen
    assert hub.clock_state().by_ms == DAY_MS


async def test_an_unconfirmed_step_forward_stays_frozen_over_a_restart_and_issuing_goes_on(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    clock.step(DAY_MS)
    await hub.keep()
    await take(hub)
    clock.advance(MINUTE)
    again = await hub_on(log, clock)
    assert again.today == "2026-11-23"
    assert again.clock_state().frozen
    assert again.now() == MONDAY_AT_TEN + MINUTE
    assert reply(await take(again))["number"] == "A002"
    clock.step(-DAY_MS)
    await again.keep()
    assert not again.clock_state().frozen


async def test_a_clock_set_back_while_the_hub_was_off_freezes_at_the_start(clock):
    log = MemoryLog()
    await take(await hub_on(log, clock))
    clock.step(-DAY_MS)
    hub = await hub_on(log, clock)
    assert hub.clock_state() == ClockState(True, MONDAY_AT_TEN, -DAY_MS, 1)
    assert hub.today == "2026-11-23"
    assert (await take(hub)).ok
    again = await hub_on(log, clock)
    assert again.today == "2026-11-23"
    assert again.now() == MONDAY_AT_TEN + DAY_MS - DAY_MS


async def test_a_frozen_hub_past_midnight_looks_once_a_second_not_without_pause(clock, monkeypatch):
    hub = await hub_on(MemoryLog(), clock)
    clock.step(DAY_MS)
    await hub.keep()
    looks = []
    keep = hub.keep

    async def counted() -> None:
        looks.append(clock.monotonic())
        await keep()

    monkeypatch.setattr(hub, "keep", counted)
    task = await keeping(hub)
    for _ in range(30):
        clock.advance(HOUR)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    clock.advance(1000)
    await asyncio.sleep(0.01)
    task.cancel()
    assert hub.today == "2026-11-23"
    assert 1 <= len(looks) <= 33


# -- another hall -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-10-24", 24), ("2026-10-25", 25), ("2026-03-28", 24), ("2026-03-29", 23)],
)
async def test_a_warsaw_day_is_as_long_as_its_clocks_make_it(day, hours):
    clock = ManualClock(ms(f"{day} 00:00", "Europe/Warsaw"))
    log = MemoryLog()
    hub = await hub_on(log, clock, WARSAW, always=True)
    assert hub.today == day
    clock.advance(hours * HOUR - 1)
    await hub.keep()
    assert hub.today == day
    clock.advance(1)
    await hub.keep()
    assert hub.today > day
    assert log.streams("queue/") == [f"queue/{day}", f"queue/{hub.today}"]


async def test_a_warsaw_office_opens_by_its_own_clock():
    clock = ManualClock(ms("2026-11-24 07:44", "Europe/Warsaw"))
    hub = await hub_on(MemoryLog(), clock, WARSAW)
    letter = WARSAW.categories[0].letter
    assert code(await take(hub, letter)) == "not-open-yet"
    clock.advance(MINUTE)
    assert (await take(hub, letter)).ok
    clock.advance(ms("2026-11-24 16:00", "Europe/Warsaw") - clock.now())
    assert code(await take(hub, letter)) == "issuing-stopped"


async def test_a_phone_is_judged_by_the_halls_own_pattern(clock):
    warsaw = await hub_on(MemoryLog(), clock, WARSAW)
    assert warsaw.phone("+48 600 700 800").value == "+48600700800"
    china = await hub_on(MemoryLog(), clock)
    assert china.phone("138-0000-1111").value == "13800001111"
    for text in ("+48600700800", "12", "", "一三八〇〇〇〇一一一一", "１３８００００１１１１", "13800001111\n1"):
        with pytest.raises(Refused, match="bad-phone"):
            china.phone(text)


async def test_a_ticket_id_that_is_none_or_old_counts_as_todays(clock):
    hub = await hub_on(MemoryLog(), clock)
    future = f"{hub.now() + DAY_MS:012x}" + "0" * 20
    ancient = f"{hub.now() - 30 * DAY_MS:012x}" + "0" * 20
    for text in ("", "A001", "f" * 32, future, ancient, "g" * 32):
        assert hub.day_of(text) == "2026-11-23"


async def test_a_log_that_breaks_is_told_to_who_ends_the_process(clock, monkeypatch):
    fatal = []
    log = MemoryLog()
    hub = await hub_on(log, clock, on_fatal=fatal.append)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)

    def broken(_):
        raise LogBroken("no sync")

    monkeypatch.setattr(log, "append", broken)
    take(hub)
    await until(lambda: bool(fatal))
    assert isinstance(fatal[0], LogBroken)


# -- what the clock alone brings about ------------------------------------------------------------------------------


async def hub_that_misses_by_the_clock(log: MemoryLog, clock: ManualClock) -> Hub:
    missed = replace(DEFAULT.policy.missed, after_minutes=5)
    return await hub_on(log, clock, replace(DEFAULT, policy=replace(DEFAULT.policy, missed=missed)))


async def test_a_called_number_is_missed_by_the_clock_once_also_when_the_hub_was_off(clock):
    log = MemoryLog()
    hub = await hub_that_misses_by_the_clock(log, clock)
    phone = hub.phone("13800138000")
    await hub.submit(TakeTicket(hub.today, hub.now(), hub.ticket_id(), "A", phone=phone), actor="test")
    await hub.submit(CallNext(hub.today, hub.now(), "101"), actor="test")
    clock.advance(5 * MINUTE - 1)
    await hub.keep()
    assert "ticket-missed" not in types(log, f"queue/{hub.today}")
    clock.advance(MINUTE)
    hub = await hub_on(log, clock)
    await hub.keep()
    await hub.keep()
    assert types(log, f"queue/{hub.today}").count("ticket-missed") == 1
    [ticket] = hub.day().tickets.values()
    assert ticket.state == "missed"


async def test_a_re_skilled_window_goes_back_by_itself_when_its_hour_is_over(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    until = hub.now() + HOUR
    await hub.submit(ReskillWindow(hub.today, hub.now(), "201", ("A",), until), actor="boss")
    task = await keeping(hub)
    clock.advance(HOUR)
    await asyncio.sleep(0.01)
    assert hub.day().windows["201"].categories == hub.day().windows["201"].planned
    assert types(log, f"queue/{hub.today}")[-2:] == ["window-reskilled", "skills-restored"]
    task.cancel()


async def test_nothing_falls_due_while_the_clock_is_in_doubt(clock):
    log = MemoryLog()
    hub = await hub_on(log, clock)
    await hub.submit(ReskillWindow(hub.today, hub.now(), "201", ("A",), hub.now() + HOUR), actor="boss")
    clock.step(2 * HOUR)
    await hub.keep()
    await hub.keep()
    assert hub.day().windows["201"].categories == ("A",)
    await hub.confirm_clock("boss")
    await hub.keep()
    assert hub.day().windows["201"].categories == hub.day().windows["201"].planned


async def test_a_day_that_loses_an_hour_keeps_its_rosters_and_hours_by_the_local_clock():
    warsaw = replace(WARSAW, hours=replace(WARSAW.hours, day_starts="00:00", rosters=(Roster("01:30", "12:30", 50),)))
    clock = ManualClock(ms("2026-03-29 00:30", "Europe/Warsaw"))
    hub = await hub_on(MemoryLog(), clock, warsaw)
    plan = hub.day().plan
    assert plan is not None
    [roster] = plan.rosters
    assert (roster.ends - roster.begins) / HOUR == 10, "02:00 to 03:00 does not exist that day"
    assert (plan.ends - ms("2026-03-29 00:00", "Europe/Warsaw")) / HOUR == 23
