"""Cases through a hub: sealed, numbered, read again after a restart, recounted when a calendar is published."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from hub.core.calendar_source import from_package
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.reactions import Reactions
from hub.core.recomputed_deadlines import RecomputedDeadlines
from hub.core.submission import Command
from hub.domain.cases.commands import AcceptCase, OpenCase, SupplyMaterials
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.state import Case
from hub.domain.cases.timers import due
from hub.domain.catalogue.item import Item
from hub.domain.hall.calendar import CalendarYear, Holiday
from hub.domain.hall.commands import PublishCalendar
from hub.domain.personal import Personal
from hub.log.cursors import Cursors
from hub.log.entry import Outcome
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.sqlite import SqliteLog
from tests.core.writers import DAY_MS, hub_on, types
from tests.domain.cases.office import CASE, LICENCE, PERSON, PLAIN, paper
from tests.domain.hall.halls import ms

NEXT_YEAR = CalendarYear(2027, (Holiday("2027-01-01", "元旦", "New Year's Day"),), ())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(ms("2026-12-14 10:00", "Asia/Shanghai"))


async def numbered(log: MemoryLog | SqliteLog, clock: ManualClock, keys: Keys, last: int = 9) -> Hub:
    hub = await hub_on(log, clock, always=True, keys=keys)
    await do(hub, PublishCalendar(from_package(), hub.now()))
    await do(hub, ReserveBlock("2026", hub.now(), "admin", "110101", TEMPLATE, 1, last))
    return hub


async def do(hub: Hub, command: Command, key: bytes | None = None) -> Outcome:
    return await hub.submit(command, actor="li", key=key, fingerprint=b"f" * 16)


def opening(hub: Hub, item: Item = LICENCE, case: str = CASE) -> OpenCase:
    return OpenCase(
        case,
        hub.today,
        hub.now(),
        "li",
        item,
        1,
        "C",
        "hall",
        "person",
        PERSON,
        Personal(PERSON, "张三丰"),
        Personal(PERSON, "11010519491231002X"),
        Personal(PERSON, "13800001111"),
    )


def case_of(hub: Hub, id: str = CASE) -> Case:
    state = hub.writer.state("case/" + id)
    assert isinstance(state, Case)
    return state


async def test_who_the_applicant_is_lies_sealed_and_a_restart_reads_the_same_case(clock, tmp_path: Path):
    keys = Keys(None)
    with closing(SqliteLog(tmp_path / "hall.db")) as log:
        hub = await numbered(log, clock, keys)
        assert (await do(hub, opening(hub))).ok
        supplies = tuple(paper(code) for code in ("form", "id", "lease", "photo"))
        assert (await do(hub, SupplyMaterials(CASE, hub.now(), "li", supplies))).ok
        assert (await do(hub, AcceptCase(CASE, hub.today, hub.now(), "li"))).ok
        stored = b"".join(entry.data for entry in log.read_stream("case/" + CASE))
        assert "张三丰".encode() not in stored
        assert b"11010519491231002X" not in stored
        opened = next(iter(log.read_stream("case/" + CASE)))
        assert hub.codec.unseal(opened)["name"] == "张三丰"
        again = await hub_on(log, clock, always=True, keys=keys)
        assert case_of(again) == case_of(hub)
        assert again.writer.state("numbers/2026") == hub.writer.state("numbers/2026")


async def test_a_double_submission_is_one_case_with_one_number(clock):
    log = MemoryLog()
    hub = await numbered(log, clock, Keys(None))
    command = opening(hub)
    first, second = await asyncio.gather(do(hub, command, b"k" * 16), do(hub, command, b"k" * 16))
    assert first == second
    third = await do(hub, command)
    assert b"case-exists" in third.reply
    assert types(log, "numbers/2026") == ["block-reserved", "number-taken"]


async def test_cases_opened_at_once_get_numbers_without_a_gap_until_the_block_is_used_up(clock):
    hub = await numbered(MemoryLog(), clock, Keys(None), last=5)
    outcomes = await asyncio.gather(*(do(hub, opening(hub, case=f"{n:032x}")) for n in range(7)))
    assert [outcome.ok for outcome in outcomes] == [True] * 5 + [False] * 2
    assert all(b"block-used-up" in outcome.reply for outcome in outcomes[5:])
    assert [case_of(hub, f"{n:032x}").number[-6:] for n in range(5)] == [f"{n:06d}" for n in range(1, 6)]
    assert case_of(hub, f"{6:032x}").state == "unopened"


async def test_an_intake_clock_that_ran_out_while_the_hub_was_off_is_taken_up_at_its_start(clock):
    log, keys = MemoryLog(), Keys(None)
    hub = await numbered(log, clock, keys)
    await do(hub, opening(hub))
    clock.advance(20 * DAY_MS)
    again = await hub_on(log, clock, always=True, keys=keys)
    for _, command in due(case_of(again), CASE, again.today, again.now()):
        assert (await do(again, command)).ok
    assert case_of(again).accepted_at == ms("2026-12-22 04:00", "Asia/Shanghai")
    assert case_of(again).deemed


async def test_a_published_year_moves_what_was_provisional_once(clock):
    log = MemoryLog()
    hub = await numbered(log, clock, Keys(None))
    await do(hub, opening(hub, PLAIN))
    await do(
        hub, SupplyMaterials(CASE, hub.now(), "li", tuple(paper(code) for code in ("form", "id", "lease", "photo")))
    )
    await do(hub, AcceptCase(CASE, hub.today, hub.now(), "li"))
    legal = case_of(hub).clock("legal")
    assert legal is not None
    assert (legal.due, legal.provisional) == ("2027-01-11", True)
    await do(hub, PublishCalendar((*from_package(), NEXT_YEAR), hub.now()))
    for _ in range(2):
        await Reactions(hub, log, Cursors(None), [RecomputedDeadlines(hub, lambda: [CASE])]).catch_up()
    assert (legal.due, legal.provisional) == ("2027-01-12", False)
    assert types(log, "case/" + CASE).count("deadlines-recomputed") == 1
