"""What the intake does between a message and its acknowledgement, where a whole hub on a wire cannot be held still."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace

import pytest

from devices.wire import messages
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.hall.profile import HallProfile
from hub.log.memory import MemoryLog
from hub.mqtt import bindings as admission
from hub.mqtt import intake as module
from hub.mqtt.bindings import Bindings
from hub.mqtt.intake import OLDEST_MS, Intake
from hub.mqtt.session import Delivery
from tests.core.writers import MONDAY_AT_TEN
from tests.domain.hall.halls import DEFAULT

from .stands import HALL, Sent, a_hub, at

KIOSK = at("kiosk", "kiosk-1")


@dataclass
class Desk:
    hub: Hub
    log: MemoryLog
    clock: ManualClock
    sent: Sent
    bindings: Bindings
    intake: Intake
    acknowledged: list[int] = field(default_factory=list[int])
    mids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    async def open(cls, log: MemoryLog | None = None, mode: str = "approved", clock: ManualClock | None = None) -> Desk:
        log, clock = log or MemoryLog(), clock or ManualClock(MONDAY_AT_TEN)
        hub, sent, bindings = await a_hub(log, clock=clock), Sent(), Bindings(HALL, DEFAULT, mode)
        acknowledged: list[int] = []
        intake = Intake(hub, bindings, sent, lambda delivery: acknowledged.append(delivery.mid))
        return cls(hub, log, clock, sent, bindings, intake, acknowledged)

    def put(self, seq: int, type_: str = "ticket-requested", data: object = None, /, **more: object) -> int:
        """The message's id; nothing is committed before the loop runs."""
        address = more.pop("address", KIOSK)
        value = {"epoch": "e1", "seq": seq, "at": "2026-11-23T02:00:00Z", "type": type_, **more}
        value["data"] = {"category": "A"} if data is None else data
        mid = next(self.mids)
        self.intake.take(address, json.dumps(value).encode(), Delivery(1, mid, 1))  # type: ignore[arg-type]
        return mid

    def commit(self) -> None:
        self.hub.writer.flush()

    def tell(self) -> None:
        """Send the acknowledgements that wait for their moment."""
        if self.intake._ack_timer is not None:
            self.intake._ack_timer.cancel()
            self.intake._send_acks()

    def codes(self) -> list[str]:
        return [reply["refused"]["code"] for reply in self.sent.on("reply") if not reply["ok"]]


async def test_nothing_leaves_before_the_commit_and_everything_after_it() -> None:
    desk = await Desk.open()
    first, second = desk.put(1), desk.put(2)
    assert not desk.acknowledged
    assert not desk.sent.messages
    desk.commit()
    assert desk.acknowledged == [first, second]
    assert [reply["data"]["number"] for reply in desk.sent.on("reply")] == ["A001", "A002"]
    assert not desk.sent.on("ack")
    desk.tell()
    assert desk.sent.on("ack") == [{"epoch": "e1", "seq": 2}]


async def test_a_repeat_within_the_tick_of_its_first_delivery_is_answered_once() -> None:
    desk = await Desk.open()
    desk.put(1)
    repeat = desk.put(1)
    assert desk.acknowledged == [repeat]
    desk.commit()
    assert len(desk.sent.on("reply")) == 1
    assert len(desk.hub.day().tickets) == 1


async def test_without_room_the_device_keeps_the_event_and_those_behind_it() -> None:
    desk = await Desk.open()
    desk.put(1)
    desk.commit()
    desk.log.room = desk.hub.head()
    mids = [desk.put(2), desk.put(3)]
    desk.commit()
    assert desk.codes() == ["no-room", "no-room"]
    assert desk.acknowledged[-2:] == mids
    desk.tell()
    assert desk.sent.on("ack") == [{"epoch": "e1", "seq": 1}]
    desk.log.room = None
    desk.put(2)
    desk.put(3)
    desk.commit()
    assert [reply["data"]["number"] for reply in desk.sent.on("reply") if reply["ok"]] == ["A001", "A002", "A003"]


async def test_without_room_for_its_first_event_a_device_begins_again() -> None:
    desk = await Desk.open()
    desk.log.room = desk.hub.head()
    desk.put(1)
    desk.commit()
    assert desk.codes() == ["no-room"]
    desk.tell()
    assert not desk.sent.on("ack")
    desk.log.room = None
    desk.put(1)
    desk.commit()
    assert desk.sent.on("reply")[-1]["data"]["number"] == "A001"


async def test_an_event_whose_translation_fails_is_refused_and_blocks_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = await Desk.open()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(module, "translate", broken)
        desk.put(1)
    desk.put(2)
    desk.commit()
    assert desk.codes() == ["fault"]
    assert desk.sent.on("reply")[-1]["ok"]
    assert len(desk.acknowledged) == 2
    assert "could not be carried out" in caplog.text


async def test_what_happened_offline_is_dated_by_its_age_and_never_older_than_a_month() -> None:
    desk = await Desk.open()
    printer = at("ticket_printer", "printer-1")
    desk.put(1, "paper-changed", {"level": "low"}, address=printer, age=60_000)
    desk.put(2, "paper-changed", {"level": "out"}, address=printer, age=OLDEST_MS * 3)
    desk.commit()
    times = [each.occurred_at for each in desk.log.read(0, 1000) if each.actor == "ticket_printer/printer-1"]
    assert times == [desk.hub.now() - 60_000, desk.hub.now() - OLDEST_MS]


async def test_what_does_not_ask_gets_no_reply_but_an_acknowledgement() -> None:
    desk = await Desk.open()
    desk.put(1, "paper-changed", {"level": "low"}, address=at("ticket_printer", "printer-1"))
    desk.commit()
    assert not desk.sent.on("reply")
    desk.tell()
    assert desk.sent.on("ack") == [{"epoch": "e1", "seq": 1}]


async def test_a_refusal_repeated_is_the_same_refusal() -> None:
    desk = await Desk.open()
    desk.put(1, "ticket-requested", {"category": "Z"})
    desk.commit()
    desk.put(1, "ticket-requested", {"category": "Z"})
    first, again = desk.sent.on("reply")
    assert first == again
    assert desk.intake.refusals.total() == 1


async def test_what_a_left_epoch_still_says_changes_nothing_and_is_acknowledged_to_the_broker() -> None:
    desk = await Desk.open()
    desk.put(1)
    desk.put(1, epoch="e2")
    never_taken = desk.put(2, epoch="e1")
    desk.commit()
    late = desk.put(2, epoch="e1")
    desk.commit()
    assert {never_taken, late} <= set(desk.acknowledged)
    assert len(desk.hub.day().tickets) == 2
    desk.put(2, epoch="e2")
    desk.commit()
    assert len(desk.hub.day().tickets) == 3


async def test_a_gap_is_told_with_the_committed_seq_and_forgotten_when_filled() -> None:
    desk = await Desk.open()
    desk.put(1)
    desk.put(3)
    assert desk.intake.gaps == {"kiosk/kiosk-1": "2-2"}
    assert desk.sent.on("ack") == [{"epoch": "e1", "seq": 0, "missing": [2, 2]}]  # the first is not committed yet
    desk.put(2)
    desk.put(3)
    desk.commit()
    desk.tell()
    assert desk.intake.gaps == {}
    assert desk.sent.on("ack")[-1] == {"epoch": "e1", "seq": 3}


async def test_a_stranger_under_open_admission_is_taken_until_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "STRANGERS_MOST", 1)
    desk = await Desk.open(mode="open")
    one, two = at("kiosk", "somebody"), at("kiosk", "somebody-else")
    desk.put(1, address=one)
    desk.put(1, address=two)
    desk.put(2, address=one)
    desk.commit()
    assert desk.codes() == ["unknown-device"]
    assert len(desk.hub.day().tickets) == 2
    assert desk.log.progress("kiosk/somebody-else") is None
    assert desk.intake.counts["stranger"] == 1


async def test_a_device_taken_out_of_the_registry_is_refused_from_then_on() -> None:
    desk = await Desk.open()
    desk.put(1)
    desk.commit()
    desk.bindings.adopt(without("kiosk-1"))
    desk.put(2)
    desk.commit()
    assert desk.codes() == ["unknown-device"]
    assert len(desk.acknowledged) == 2


def without(device: str) -> HallProfile:
    return replace(DEFAULT, devices=tuple(each for each in DEFAULT.devices if each.id != device))


async def test_a_hub_that_starts_again_goes_on_behind_the_last_committed_seq() -> None:
    before = await Desk.open()
    before.put(1)
    before.commit()
    before.put(2)
    before.hub.writer._pending.clear()  # the hub died before its commit
    desk = await Desk.open(before.log, clock=before.clock)
    desk.put(1)
    assert desk.sent.on("reply")[-1]["data"]["number"] == "A001"
    desk.put(2)
    desk.commit()
    assert desk.sent.on("reply")[-1]["data"]["number"] == "A002"


async def test_every_refusal_says_why_in_both_languages() -> None:
    desk = await Desk.open()
    desk.put(1, "nonsense", {})
    desk.put(2, "ticket-requested", {})
    desk.put(3, "ticket-requested", {"category": "?"})
    desk.commit()
    for topic, _ in desk.sent.messages:
        assert topic == KIOSK.topic("reply")
    replies = [messages.decode_reply(json.dumps(each).encode()) for each in desk.sent.on("reply")]
    assert len(replies) == 3
    assert all(each.refused and each.refused.message.zh and each.refused.message.en for each in replies)
