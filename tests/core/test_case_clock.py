"""The clock of cases: what is due happens once, dated when it fell due, also after a time when the hub was off."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from hub.core.calendar_source import from_package
from hub.core.case_clock import CaseClock
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.reactions import Reactions
from hub.core.recomputed_deadlines import RecomputedDeadlines
from hub.core.submission import Command
from hub.domain.cases.almanac import almanac_of
from hub.domain.cases.commands import AcceptCase, OpenCase
from hub.domain.cases.events import CaseDeemedAccepted, DeadlineMissed
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import Item
from hub.domain.hall.commands import PublishCalendar
from hub.domain.personal import Personal
from hub.log.cursors import Cursors
from hub.log.entry import NoRoom
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.port import Log
from hub.log.sqlite import SqliteLog
from hub.views.cases.book import CaseBook
from tests.core.writers import DAY_MS, hub_on
from tests.domain.cases.office import LICENCE, PERSON, PLAIN, paper
from tests.domain.hall.halls import ms
from tests.views.cases.shelf import case_id


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(ms("2026-03-02 10:00", "Asia/Shanghai"))


async def begun(log: Log, clock: ManualClock, keys: Keys | None = None) -> Hub:
    hub = await hub_on(log, clock, always=True, keys=keys or Keys(None))
    if hub.hall().calendar.version == 0:
        await do(hub, PublishCalendar(from_package(), hub.now()))
        await do(hub, ReserveBlock("2026", hub.now(), "admin", "110101", TEMPLATE, 1, 9999))
    return hub


async def do(hub: Hub, command: Command) -> None:
    outcome = await hub.submit(command, actor="li")
    assert outcome.ok, outcome.reply


async def open_case(hub: Hub, n: int, item: Item = LICENCE, accept: bool = False) -> None:
    who = Personal(PERSON, "张三丰")
    papers = tuple(paper(code) for code in ("form", "id", "lease", "photo"))
    await do(
        hub,
        OpenCase(
            case_id(n), hub.today, hub.now(), "li", item, 1, "C", "hall", "person", PERSON, who, who, materials=papers
        ),
    )
    if accept:
        await do(hub, AcceptCase(case_id(n), hub.today, hub.now(), "li"))


def case_of(hub: Hub, n: int) -> Case:
    state = hub.writer.state("case/" + case_id(n))
    assert isinstance(state, Case)
    return state


def timed_by(hub: Hub) -> tuple[CaseBook, CaseClock]:
    book = CaseBook(hub.log, Cursors(None), hub.codec)
    return book, CaseClock(hub, book.timed)


def told(hub: Hub, n: int) -> list[object]:
    return [hub.codec.decode(entry) for entry in hub.log.read_stream("case/" + case_id(n))]


async def test_an_intake_clock_that_ran_out_while_the_hub_was_off_is_dated_when_it_did(clock, tmp_path: Path) -> None:
    keys = Keys(None)
    with closing(SqliteLog(tmp_path / "hall.db")) as log:
        hub = await begun(log, clock, keys)
        await open_case(hub, 1)
        due_at = case_of(hub, 1).clocks[0].due_at
    later = ManualClock(due_at + 3 * DAY_MS)
    with closing(SqliteLog(tmp_path / "hall.db")) as log:
        hub = await begun(log, later, keys)
        _, cases = timed_by(hub)
        assert await cases.look() == 1
        deemed = [event for event in told(hub, 1) if isinstance(event, CaseDeemedAccepted)]
        assert [event.at for event in deemed] == [due_at]
        assert await cases.look() == 0


async def test_what_is_due_happens_once_however_often_it_is_asked_for(clock) -> None:
    hub = await begun(MemoryLog(), clock)
    await open_case(hub, 1, PLAIN, accept=True)
    legal = case_of(hub, 1).clock("legal")
    assert legal is not None
    clock.advance(legal.due_at - hub.now() + 1)
    await hub.keep()
    for _ in range(3):
        _, cases = timed_by(hub)
        await cases.look()
    missed = [event for event in told(hub, 1) if isinstance(event, DeadlineMissed)]
    assert [(event.clock, event.at) for event in missed] == [("legal", legal.due_at)]
    assert not cases.stuck


async def test_a_moment_before_nothing_is_due(clock) -> None:
    hub = await begun(MemoryLog(), clock)
    await open_case(hub, 1)
    clock.advance(case_of(hub, 1).clocks[0].due_at - hub.now() - 1)
    await hub.keep()
    _, cases = timed_by(hub)
    assert await cases.look() == 0
    clock.advance(1)
    assert await cases.look() == 1


async def test_what_follows_at_once_goes_with_it(clock) -> None:
    """Deemed acceptance counts from receipt: its own limits may have run out as well."""
    hub = await begun(MemoryLog(), clock)
    await open_case(hub, 1)
    clock.advance(120 * DAY_MS)
    await hub.keep()
    _, cases = timed_by(hub)
    assert await cases.look() == 1
    names = [type(event).__name__ for event in told(hub, 1)]
    assert names[-4:-1].count("DeadlineMissed") + names[-1:].count("DeadlineMissed") >= 2
    assert await cases.look() == 0


async def test_a_clock_that_stepped_asks_for_nothing_until_somebody_confirms(clock) -> None:
    hub = await begun(MemoryLog(), clock)
    await open_case(hub, 1)
    clock.step(90 * DAY_MS)
    await hub.keep()
    _, cases = timed_by(hub)
    assert await cases.look() == 0
    await hub.confirm_clock("li")
    assert await cases.look() == 1


async def test_more_cases_than_one_look_takes_are_all_taken(clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.core.case_clock.CASES_A_LOOK", 7)
    monkeypatch.setattr("hub.core.case_clock.AT_ONCE", 3)
    hub = await begun(MemoryLog(), clock)
    for n in range(20):
        await open_case(hub, n)
    clock.advance(10 * DAY_MS)
    await hub.keep()
    _, cases = timed_by(hub)
    assert [await cases.look() for _ in range(4)] == [7, 7, 6, 0]
    assert all(case_of(hub, n).deemed for n in range(20))


async def test_a_full_disk_leaves_it_for_later(clock) -> None:
    hub = await begun(MemoryLog(), clock)
    await open_case(hub, 1)
    clock.advance(10 * DAY_MS)
    await hub.keep()

    def full(at: int, limit: int) -> list[str]:
        raise NoRoom

    with pytest.raises(NoRoom):
        await CaseClock(hub, full).look()


async def test_a_published_calendar_reaches_only_the_cases_it_changes() -> None:
    clock = ManualClock(ms("2026-12-14 10:00", "Asia/Shanghai"))
    hub = await begun(MemoryLog(), clock)
    await open_case(hub, 1, PLAIN, accept=True)
    await open_case(hub, 2)
    book = CaseBook(hub.log, Cursors(None), hub.codec)
    reaction = RecomputedDeadlines(hub, lambda: book.recounted(almanac_of(hub.hall(), hub.today)))
    reactions = Reactions(hub, hub.log, Cursors(None), [reaction])
    await reactions.catch_up()
    before = hub.head()
    year = from_package()[-1]
    next_year = type(year)(2027, (), ())
    await do(hub, PublishCalendar((*from_package(), next_year), hub.now()))
    await reactions.catch_up()
    written = [entry for entry in hub.log.read(before, 100) if entry.type == "deadlines-recomputed"]
    assert [entry.stream for entry in written] == ["case/" + case_id(1)]
    assert not book.recounted(almanac_of(hub.hall(), hub.today))
