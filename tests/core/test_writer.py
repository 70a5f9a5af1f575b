"""The writer: order, repeats, refusals, faults, a full disk, a broken log."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import writer as writing
from hub.core.rules import FOLDS, RULES, Rule
from hub.core.submission import StepKey, Submission
from hub.domain.devices.commands import RecordPaper
from hub.domain.queue.commands import CallNext, OpenWindow
from hub.domain.queue.events import TicketIssued
from hub.log.entry import LogBroken, NoRoom
from hub.log.memory import MemoryLog
from hub.log.sqlite import SqliteLog
from tests.core.writers import OPENS, QUEUE, Desk, code, reply, take, ticket, types
from tests.domain.queue.plans import DATE


@pytest.fixture
async def desk() -> Desk:
    desk = Desk.on()
    await desk.open_day()
    return desk


# -- order ----------------------------------------------------------------------------------------------------------


async def test_commands_of_one_tick_are_one_batch_in_the_order_they_came(desk):
    before = desk.writer.batches
    outcomes = await asyncio.gather(*(desk.ask(take(n)) for n in range(1, 6)))
    assert desk.writer.batches == before + 1
    assert [reply(each)["number"] for each in outcomes] == ["A001", "A002", "A003", "A004", "A005"]
    assert [each.position for each in outcomes] == [2, 3, 4, 5, 6]


async def test_a_later_command_of_a_batch_sees_what_an_earlier_one_changed(desk):
    taken, called = await asyncio.gather(desk.ask(take(1)), desk.ask(CallNext(DATE, OPENS, "101")))
    assert reply(called)["number"] == reply(taken)["number"] == "A001"


async def test_entries_of_one_command_share_its_id(desk):
    await desk.ask(take(1))
    await desk.ask(CallNext(DATE, OPENS, "101"), key=7)
    opened, called = list(desk.log.read_stream(QUEUE))[-2:]
    assert (opened.type, called.type) == ("window-opened", "ticket-called")
    assert opened.cause == called.cause == (7).to_bytes(16, "big")


async def test_a_flood_is_committed_in_batches_and_each_is_answered(desk):
    count = writing.BATCH * 2 + 10
    outcomes = await asyncio.gather(*(desk.ask(take(n)) for n in range(1, count + 1)))
    assert len({reply(each)["number"] for each in outcomes}) == count
    assert desk.writer.batches == 4


async def test_flush_commits_what_waits_at_once(desk):
    waiting = [desk.ask(take(n)) for n in range(1, 4)]
    desk.writer.flush()
    assert desk.log.head().position == 4
    assert all(each.ok for each in await asyncio.gather(*waiting))


async def test_an_asker_who_went_away_is_no_fault(desk):
    going = desk.ask(take(1))
    going.cancel()
    assert (await desk.ask(take(2))).ok
    assert desk.writer.faults == 0
    assert len(desk.day.tickets) == 2


# -- repeats ----------------------------------------------------------------------------------------------------------


async def test_a_repeated_key_gets_the_stored_outcome_within_a_batch_and_later(desk):
    first, second = await asyncio.gather(desk.ask(take(1), key=9), desk.ask(take(2), key=9))
    third = await desk.ask(take(3), key=9)
    assert first == second == third
    assert list(desk.day.tickets) == [ticket(1)]


async def test_a_repeated_key_gets_the_stored_outcome_from_another_writer_on_the_same_log(desk):
    first = await desk.ask(take(1), key=9)
    again = Desk.on(desk.log)
    assert await again.ask(take(2), key=9) == first
    assert list(again.day.tickets) == [ticket(1)]


@pytest.mark.parametrize("together", [True, False])
async def test_the_same_key_with_another_body_is_refused_and_changes_nothing(desk, together):
    if together:
        first, second = await asyncio.gather(desk.ask(take(1), 9, b"one"), desk.ask(take(2), 9, b"two"))
    else:
        first, second = await desk.ask(take(1), 9, b"one"), await desk.ask(take(2), 9, b"two")
    assert first.ok
    assert code(second) == "other-body"
    assert await desk.ask(take(3), 9, b"one") == first
    assert list(desk.day.tickets) == [ticket(1)]


async def test_a_refusal_is_stored_and_stays_one_when_it_would_succeed_by_now(desk):
    refused = await desk.ask(take(1, "Z"), key=1)
    assert code(refused) == "unknown-category"
    assert await desk.ask(take(1, "A"), key=1) == refused
    assert not desk.day.tickets


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ABZ"), st.booleans()), max_size=30))
def test_a_key_is_decided_once_whatever_the_batches(asked):
    async def run() -> None:
        desk = Desk.on()
        await desk.open_day()
        first: dict[int, tuple[str, object]] = {}
        waiting = []
        for number, (key, category, pause) in enumerate(asked, 1):
            waiting.append(
                (key, category, asyncio.ensure_future(desk.ask(take(number, category), key, category.encode())))
            )
            if pause:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
        for key, category, each in waiting:
            outcome = await each
            body, stored = first.setdefault(key, (category, outcome))
            if body == category:
                assert outcome == stored
            else:
                assert code(outcome) == "other-body"
        good = [body for body, _ in first.values() if body in "AB"]
        assert sorted(t.category for t in desk.day.tickets.values()) == sorted(good)
        assert types(desk.log, QUEUE).count("ticket-issued") == len(good)

    asyncio.run(run())


# -- devices' steps -----------------------------------------------------------------------------------------------


async def test_a_device_step_is_stored_with_its_outcome_also_when_refused_or_without_a_command(desk):
    await asyncio.gather(
        desk.ask(take(1), step=StepKey("kiosk/k", "e", 1)),
        desk.ask(take(2, "Z"), step=StepKey("kiosk/k", "e", 2)),
        desk.ask(None, step=StepKey("kiosk/k", "e", 3)),
        desk.writer.submit(
            Submission(None, "test", OPENS, step=StepKey("kiosk/k", "e", 4), refused=b'{"code":"stale","facts":{}}')
        ),
    )
    steps = [desk.log.step("kiosk/k", "e", seq) for seq in range(1, 5)]
    assert [each.outcome.ok for each in steps] == [True, False, True, False]
    progress = desk.log.progress("kiosk/k")
    assert (progress.epoch, progress.seq) == ("e", 4)
    assert len(desk.day.tickets) == 1


# -- faults -------------------------------------------------------------------------------------------------------


class Puzzle:
    """A command whose rule has a mistake."""


@pytest.fixture
def puzzle(monkeypatch) -> Puzzle:
    def decide(states, command):
        raise ZeroDivisionError("a mistake")

    monkeypatch.setitem(RULES, Puzzle, Rule(lambda _: (QUEUE,), decide))
    return Puzzle()


async def test_a_rule_that_raises_is_refused_as_a_fault_and_changes_nothing(desk, puzzle, caplog):
    before, after = await asyncio.gather(desk.ask(puzzle, key=1), desk.ask(take(1)))
    assert code(before) == "fault"
    assert after.ok
    assert desk.writer.faults == 1
    assert not desk.fatal
    assert types(desk.log, QUEUE) == ["day-opened", "ticket-issued"]
    assert await desk.ask(puzzle, key=1) == before
    assert desk.writer.faults == 1
    assert "a rule failed" in caplog.text


async def test_listeners_hear_before_anybody_is_answered(desk):
    order = []
    desk.writer.listen(lambda batch: order.append([each.event for each in batch]))
    desk.writer.push(Submission(take(1), "test", OPENS), lambda outcome: order.append(outcome))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert isinstance(order[0][0], TicketIssued)
    assert order[1].ok
    assert len(order) == 2


async def test_a_listener_that_fails_keeps_nobody_from_hearing_or_being_answered(desk, caplog):
    def fail(_):
        raise RuntimeError("poison")

    desk.writer.listen(fail)
    heard = desk.heard()
    assert (await desk.ask(take(1))).ok
    assert len(heard) == 1
    assert desk.writer.faults == 1
    assert not desk.fatal
    assert "a listener failed" in caplog.text


async def test_a_reply_that_fails_keeps_no_other_asker_waiting(desk, caplog):
    def fail(_):
        raise RuntimeError("gone")

    desk.writer.push(Submission(take(1), "test", OPENS), fail)
    assert (await desk.ask(take(2))).ok
    assert desk.writer.faults == 1
    assert not desk.fatal


async def test_a_refusal_alone_is_told_to_no_listener(desk):
    heard = desk.heard()
    await desk.ask(take(1, "Z"), key=1)
    assert not heard


async def test_who_stopped_listening_hears_nothing(desk):
    heard = []
    stop = desk.writer.listen(heard.append)
    stop()
    await desk.ask(take(1))
    assert not heard


# -- a full disk --------------------------------------------------------------------------------------------------


async def test_a_full_disk_refuses_the_batch_and_all_behind_it_and_later_each_succeeds_once(desk, caplog):
    caplog.set_level(logging.CRITICAL, "hub.core.writer")
    assert isinstance(desk.log, MemoryLog)
    await desk.ask(take(1), key=1)
    desk.log.room = desk.log.head().position + 1
    before = desk.day
    count = writing.BATCH + 5
    outcomes = await asyncio.gather(*(desk.ask(take(n), key=n) for n in range(2, count + 2)))
    assert {code(each) for each in outcomes} == {"no-room"}
    assert desk.day is not before, "the state that knew of tickets nobody has is dropped"
    assert list(desk.day.tickets) == [ticket(1)]
    assert desk.log.outcome((2).to_bytes(16, "big")) is None
    desk.log.room = None
    again = await asyncio.gather(*(desk.ask(take(n), key=n) for n in range(1, count + 2)))
    assert all(each.ok for each in again)
    assert [reply(each)["number"] for each in again[:3]] == ["A001", "A002", "A003"]
    assert len(desk.day.tickets) == count + 1
    assert not desk.fatal


async def test_a_full_disk_drops_no_stream_that_the_batch_did_not_touch(desk):
    await desk.ask(RecordPaper("p1", OPENS, "low"))
    kept = desk.writer.state("device/p1")
    desk.log.room = desk.log.head().position
    assert code(await desk.ask(take(1))) == "no-room"
    assert desk.writer.state("device/p1") is kept


async def test_a_key_that_cannot_be_kept_is_a_full_disk_too(desk, monkeypatch):
    def full(_):
        raise NoRoom("keys")

    monkeypatch.setattr(desk.writer._codec.keys, "ensure", full)
    monkeypatch.setattr(desk.writer._codec, "subjects", lambda _: ("s",))
    assert code(await desk.ask(take(1))) == "no-room"
    monkeypatch.undo()
    assert reply(await desk.ask(take(1)))["number"] == "A001"
    assert not desk.fatal


async def test_a_log_that_breaks_is_fatal_and_answers_nobody(desk, monkeypatch):
    faults = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context["exception"]))

    def broken(_):
        raise LogBroken("no sync")

    monkeypatch.setattr(desk.log, "append", broken)
    waiting = desk.ask(take(1))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    assert [type(each) for each in desk.fatal] == [LogBroken]
    assert faults == desk.fatal


# -- streams ------------------------------------------------------------------------------------------------------


async def test_a_stream_is_read_when_it_is_first_needed_and_once(desk, monkeypatch):
    await desk.ask(take(1))
    read = []
    original = desk.log.read_stream
    monkeypatch.setattr(desk.log, "read_stream", lambda name, after=0: read.append(name) or original(name, after))
    again = Desk.on(desk.log)
    assert not read
    await again.ask(take(2))
    await again.ask(take(3))
    assert read == [QUEUE]
    assert list(again.day.tickets) == [ticket(n) for n in (1, 2, 3)]


async def test_a_stream_let_go_is_read_again_the_same(desk):
    await asyncio.gather(desk.ask(take(1)), desk.ask(OpenWindow(DATE, OPENS, "101")))
    before = desk.day
    desk.writer.let_go(QUEUE)
    assert desk.day is not before
    assert desk.day == before
    assert reply(await desk.ask(take(2)))["number"] == "A002"


async def test_a_stream_with_a_hole_is_a_broken_log(desk, monkeypatch):
    await desk.ask(take(1))
    entries = list(desk.log.read_stream(QUEUE))
    monkeypatch.setattr(desk.log, "read_stream", lambda name, after=0: iter(entries[1:]))
    with pytest.raises(LogBroken, match="jumps from version 0 to 2"):
        Desk.on(desk.log).writer.state(QUEUE)


async def paper(desk: Desk, device: str, count: int) -> None:
    for n in range(count):
        await desk.ask(RecordPaper(device, OPENS + n, ("ok", "low")[n % 2]))


async def test_a_long_stream_goes_on_from_its_snapshot(tmp_path):
    with closing(SqliteLog(tmp_path / "hall.db")) as log:
        desk = Desk.on(log)
        await paper(desk, "p1", writing.SNAPSHOT_EVERY + 3)
        desk.writer.keep_snapshots()
        await paper(desk, "p1", 2)
        kept = log.snapshot("device/p1", FOLDS["device"].snapshot or "")
        assert kept is not None
        assert kept.version == writing.SNAPSHOT_EVERY + 3
        assert Desk.on(log).writer.state("device/p1") == desk.writer.state("device/p1")


async def test_a_snapshot_of_an_older_fold_is_left_alone(tmp_path, monkeypatch):
    with closing(SqliteLog(tmp_path / "hall.db")) as log:
        desk = Desk.on(log)
        await paper(desk, "p1", writing.SNAPSHOT_EVERY)
        desk.writer.keep_snapshots()
        log._db.execute("UPDATE snapshot SET fold = 'device-0', data = 'nonsense'")
        assert Desk.on(log).writer.state("device/p1") == desk.writer.state("device/p1")


async def test_short_streams_get_no_snapshot(desk):
    await paper(desk, "p1", 3)
    desk.writer.keep_snapshots()
    assert desk.log.snapshot("device/p1", "device-1") is None


async def test_many_devices_do_not_fill_the_memory_and_are_read_again(desk, monkeypatch):
    monkeypatch.setattr(writing, "CACHED_STREAMS", 20)
    for n in range(60):
        await desk.ask(RecordPaper(f"p{n}", OPENS, "low"))
        assert len(desk.writer._streams) <= 21
    assert [desk.writer.state(f"device/p{n}").paper for n in range(60)] == ["low"] * 60
    assert desk.day.plan is not None


async def test_a_snapshot_that_finds_no_room_takes_nothing_back_of_what_was_committed(desk, monkeypatch):
    def full(_):
        raise NoRoom("snapshot")

    monkeypatch.setattr(writing, "CACHED_STREAMS", 4)
    monkeypatch.setattr(writing, "SNAPSHOT_EVERY", 1)
    monkeypatch.setattr(desk.log, "put_snapshot", full)
    heard = desk.heard()
    for n in range(10):
        assert (await desk.ask(RecordPaper(f"p{n}", OPENS, "low"))).ok
    assert len(heard) == 10
