"""The way down: each message once and in order, or none of a page; a lost end is gone back with."""

from __future__ import annotations

import msgspec
import pytest

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.online.events import InboxRewound, MessageAnswered
from hub.log.memory import MemoryLog
from hub.sync.inbox_desk import InboxDesk
from hub.sync.port import Answer, LinkDown, Wait
from hub.sync.protocol import InboxPage, Message
from tests.core.writers import MONDAY_AT_TEN, hub_on
from tests.sync.receivers import Direct, ModelReceiver


def id_of(n: int) -> str:
    return f"{n:032x}"


class Desk:
    """A hub whose inbox is carried by hand."""

    def __init__(self, hub: Hub, city: ModelReceiver, clock: ManualClock) -> None:
        self.hub = hub
        self.city = city
        self.clock = clock
        self.desk = InboxDesk(hub, "dongcheng", hub.log, Direct(city), lambda: 0.5)

    @classmethod
    async def new(cls, log: MemoryLog | None = None) -> Desk:
        clock = ManualClock(MONDAY_AT_TEN)
        return cls(await hub_on(log or MemoryLog(), clock), ModelReceiver(), clock)

    async def turn(self, answer: Answer | None = None) -> None:
        """One question and what follows from its answer."""
        due = self.desk.inbox.ask()
        while isinstance(due, Wait):
            assert due.ms is not None
            self.clock.advance(due.ms)
            due = self.desk.inbox.ask()
        await self.desk.hear(answer or self.city.answer(due))

    def answers(self) -> list[MessageAnswered | InboxRewound]:
        found = [self.hub.codec.decode(entry) for entry in self.hub.log.read_stream("online")]
        return [each for each in found if isinstance(each, MessageAnswered | InboxRewound)]

    def taken(self) -> list[str]:
        return [each.id for each in self.answers() if isinstance(each, MessageAnswered)]


async def test_messages_are_taken_once_and_in_order_and_what_is_not_known_is_answered_so() -> None:
    desk = await Desk.new()
    for n in range(1, 6):
        desk.city.post(id_of(n), "weather", {"n": n}, MONDAY_AT_TEN - 60_000)
    await desk.turn()
    await desk.turn()
    assert desk.taken() == [id_of(n) for n in range(1, 6)]
    assert {each.code for each in desk.answers() if isinstance(each, MessageAnswered)} == {"unknown-message"}
    assert desk.desk.inbox.standing().taken == 5


async def test_an_answer_has_the_time_at_which_the_citizen_asked() -> None:
    desk = await Desk.new()
    desk.city.post(id_of(1), "weather", {}, MONDAY_AT_TEN - 60_000)
    desk.city.post(id_of(2), "weather", {}, MONDAY_AT_TEN + 172_800_000)
    await desk.turn()
    first, second = desk.hub.log.read_stream("online")
    assert (first.occurred_at, first.recorded_at) == (MONDAY_AT_TEN - 60_000, MONDAY_AT_TEN)
    assert second.occurred_at <= second.recorded_at


async def test_a_page_that_comes_twice_is_taken_once() -> None:
    desk = await Desk.new()
    desk.city.post(id_of(1), "weather", {})
    page = Answer(200, msgspec.json.encode(InboxPage(desk.city.inbox, 1)))
    await desk.turn(page)
    await desk.turn(page)
    assert desk.taken() == [id_of(1)]


@pytest.mark.parametrize("spoil", ["gap", "data", "hash", "id", "order"])
async def test_nothing_of_a_page_with_a_fault_is_taken_and_it_is_told(spoil: str) -> None:
    desk = await Desk.new()
    good = [desk.city.post(id_of(n), "weather", {"n": n}) for n in range(1, 4)]
    odd: dict[str, list[Message]] = {
        "gap": [good[0], good[2]],
        "data": [good[0], msgspec.structs.replace(good[1], data=msgspec.Raw(b"{}"))],
        "hash": [msgspec.structs.replace(good[0], hash="00")],
        "id": [msgspec.structs.replace(good[0], id="zz")],
        "order": [good[1], good[0]],
    }
    await desk.turn(Answer(200, msgspec.json.encode(InboxPage(odd[spoil], 3))))
    assert desk.taken() == []
    assert desk.desk.inbox.standing().phase == "stopped"
    await desk.turn()
    assert len(desk.taken()) == 3
    assert desk.desk.inbox.standing().phase == "listening"


@pytest.mark.parametrize("odd", [Answer(200, b"<html>"), Answer(502), Answer(200, b'{"messages":[],"last":-1}')])
async def test_an_odd_answer_is_a_dark_line(odd: Answer) -> None:
    desk = await Desk.new()
    await desk.turn(odd)
    assert desk.desk.inbox.standing().phase == "dark"
    await desk.turn()
    assert desk.desk.inbox.standing().phase == "listening"


async def test_a_line_that_is_lost_is_tried_again_later() -> None:
    desk = await Desk.new()
    desk.desk.inbox.ask()
    desk.desk.inbox.lost(LinkDown("timeout"))
    assert isinstance(desk.desk.inbox.ask(), Wait)
    assert desk.desk.inbox.standing().problem == "timeout"


async def test_an_inbox_that_lost_its_end_is_gone_back_with() -> None:
    desk = await Desk.new()
    for n in range(1, 6):
        desk.city.post(id_of(n), "weather", {})
    await desk.turn()
    desk.city.restored(0, 3)
    await desk.turn()
    assert isinstance(desk.answers()[-1], InboxRewound)
    desk.city.post(id_of(99), "weather", {})
    await desk.turn()
    assert desk.taken()[-1] == id_of(99)


async def test_an_inbox_that_lost_everything_is_begun_anew() -> None:
    desk = await Desk.new()
    desk.city.post(id_of(1), "weather", {})
    await desk.turn()
    desk.city.restored(0, 0)
    await desk.turn()
    desk.city.post(id_of(2), "weather", {})
    await desk.turn()
    assert desk.taken() == [id_of(1), id_of(2)]


@pytest.mark.parametrize("kept", [1, 4, 8])
async def test_an_inbox_that_went_on_otherwise_is_joined_where_both_were_one(kept: int) -> None:
    desk = await Desk.new()
    for n in range(1, 10):
        desk.city.post(id_of(n), "weather", {})
    await desk.turn()
    desk.city.restored(0, kept)
    for n in range(100, 120):
        desk.city.post(id_of(n), "weather", {})
    for _ in range(8):
        await desk.turn()
    assert desk.taken() == [id_of(n) for n in (*range(1, 10), *range(100, 120))]
    rewound = [each for each in desk.answers() if isinstance(each, InboxRewound)]
    assert [each.to for each in rewound] == [kept]


async def test_an_inbox_with_nothing_in_common_stops_this_way_for_a_person() -> None:
    desk = await Desk.new()
    for n in range(1, 4):
        desk.city.post(id_of(n), "weather", {})
    await desk.turn()
    desk.city.restored(0, 0)
    for n in range(100, 120):
        desk.city.post(id_of(n), "weather", {})
    for _ in range(3):
        await desk.turn()
        if desk.desk.inbox.standing().phase == "stopped":
            break
    assert desk.desk.inbox.standing().problem == "inbox-forked"
    assert desk.desk.inbox.ask() == Wait(None)
    assert len(desk.taken()) == 3
    desk.desk.inbox.again()
    for _ in range(4):
        await desk.turn()
    assert desk.taken()[3:] == [id_of(n) for n in range(100, 120)]


async def test_a_full_disk_is_waited_out_and_no_message_is_lost() -> None:
    log = MemoryLog()
    desk = await Desk.new(log)
    for n in range(1, 4):
        desk.city.post(id_of(n), "weather", {})
    log.room = log.head().position
    await desk.turn()
    assert desk.taken() == []
    log.room = None
    await desk.turn()
    assert desk.taken() == [id_of(n) for n in range(1, 4)]
