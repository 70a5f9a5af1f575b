"""The online hall's messages at the writer: in order, once, answered in the log in the same commit."""

from __future__ import annotations

import msgspec
import pytest

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.submission import MessageKey
from hub.domain.clock.commands import ReportClockStep
from hub.domain.hall.commands import PublishProfile
from hub.domain.online.commands import RewindInbox
from hub.domain.online.events import MessageAnswered
from hub.log.entry import Outcome
from hub.log.memory import MemoryLog
from tests.core.writers import MONDAY_AT_TEN, hub_on

ID = bytes(range(16))


async def say(hub: Hub, n: int, key: bytes = ID, body: bytes = b"body", **asked: object) -> Outcome:
    command = asked.pop("command", ReportClockStep(hub.now(), 400_000))
    return await hub.submit(
        command,  # type: ignore[arg-type]
        actor="online",
        key=key,
        fingerprint=body,
        message=MessageKey(n, "test", f"{n:064x}"),
        **asked,  # type: ignore[arg-type]
    )


def answers(hub: Hub) -> list[MessageAnswered]:
    return [
        event
        for entry in hub.log.read_stream("online")
        if isinstance(event := hub.codec.decode(entry), MessageAnswered)
    ]


async def test_an_answer_is_an_entry_beside_what_the_command_brought_about() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    outcome = await say(hub, 1)
    done, answered = hub.log.read(outcome.position - 1, 2)
    assert outcome.ok
    assert (done.type, answered.type, done.cause, answered.cause) == ("clock-stepped", "message-answered", ID, ID)
    assert [(each.n, each.ok, each.repeated) for each in answers(hub)] == [(1, True, False)]


async def test_a_message_that_is_not_the_next_one_changes_nothing() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    before = hub.head()
    for n in (0, 2):
        assert msgspec.json.decode((await say(hub, n)).reply)["code"] == "not-next"
    assert hub.head() == before


async def test_a_repeated_id_gets_its_first_answer_once_more_and_does_nothing_more() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    first = await say(hub, 1)
    second = await say(hub, 2)
    assert (second.reply, second.ok) == (first.reply, True)
    assert [(each.n, each.repeated) for each in answers(hub)] == [(1, False), (2, True)]
    assert len([entry for entry in hub.log.read(0, 1000) if entry.type == "clock-stepped"]) == 1


async def test_a_repeated_id_with_another_body_is_refused_in_the_log() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    await say(hub, 1)
    await say(hub, 2, body=b"another")
    assert [(each.ok, each.code) for each in answers(hub)] == [(True, ""), (False, "other-body")]


async def test_a_refusal_is_an_answer_too() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    outcome = await say(hub, 1, command=None, refused=b'{"code":"unknown-message","facts":{"kind":"test"}}')
    assert not outcome.ok
    assert [(each.code, each.facts) for each in answers(hub)] == [("unknown-message", '{"kind":"test"}')]


async def test_outcomes_of_messages_outlive_the_pruning() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    await say(hub, 1)
    while hub.log.prune(hub.now() + 10_000_000_000):
        pass
    assert hub.log.kept(ID) is not None
    await say(hub, 2)
    assert [each.repeated for each in answers(hub)] == [False, True]


async def test_an_inbox_that_lost_its_end_is_gone_back_with_and_numbered_anew() -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    for n in (1, 2, 3):
        await say(hub, n, key=bytes([n]) * 16)
    assert (await hub.submit(RewindInbox(1, "ab", hub.now()), actor="hub")).ok
    assert not (await say(hub, 4, key=b"4" * 16)).ok
    assert (await say(hub, 2, key=b"n" * 16)).ok
    assert not (await hub.submit(RewindInbox(9, "ab", hub.now()), actor="hub")).ok


@pytest.mark.parametrize("n", [1])
async def test_a_bad_command_leaves_the_line_open_for_the_next_message(n: int) -> None:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    bad = PublishProfile(hub.profile(), "never", hub.now())
    assert not (await say(hub, n, command=bad)).ok
    assert (await say(hub, n + 1, key=b"k" * 16)).ok
