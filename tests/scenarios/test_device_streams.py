"""What devices may do wrong on the wire, against a whole hub: each a clear refusal, counted, nothing lost."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.compose import Running
from hub.domain.hall.commands import NOW, PublishProfile
from hub.domain.hall.profile import Device

from .halls import WireDevice, a_hall, code, entries
from .processes import Mosquitto, needs_mosquitto
from .waiting import until


@pytest.fixture
async def hall(tmp_path) -> AsyncIterator[Running]:
    async with a_hall(tmp_path) as running:
        yield running


@pytest.fixture
async def kiosk(hall) -> AsyncIterator[WireDevice]:
    async with WireDevice.at(hall.mqtt_port, "kiosk", "k1") as device:
        yield device


@pytest.fixture
async def button(hall) -> AsyncIterator[WireDevice]:
    async with WireDevice.at(hall.mqtt_port, "call_button", "b1") as device:
        yield device


def issued(hall: Running) -> int:
    return len(entries(hall, "ticket-issued"))


# -- order, repeats, gaps -----------------------------------------------------------------------------------------


async def test_every_event_is_acknowledged_within_200_ms(hall, kiosk):
    loop = asyncio.get_running_loop()
    waits = []
    for seq in range(1, 11):
        began = loop.time()
        kiosk.take(seq)
        await kiosk.acknowledged(seq)
        waits.append(kiosk.heard.ack_times[-1] - began)
    # the best of ten: the machine may be busy, the hub's own wait is the same each time
    assert min(waits) < 0.2
    assert sorted(waits)[5] < 0.2


async def test_a_duplicate_gets_the_same_ticket(hall, kiosk):
    for _ in range(4):
        kiosk.take(1)
    replies = [await kiosk.reply(1)]
    await kiosk.settled()
    kiosk.take(1)
    await kiosk.until(lambda: len(kiosk.heard.replies) >= 2)
    replies = kiosk.heard.replies
    assert len({each["data"]["ticket"] for each in replies}) == 1
    assert issued(hall) == 1


async def test_reordered_events_are_asked_for_again_and_taken_in_order(hall, kiosk):
    kiosk.take(3, "C")
    kiosk.take(2, "B")
    await until(lambda: hall.edge.intake.counts["gap"] == 2)
    await kiosk.until(lambda: bool(kiosk.heard.acks))
    assert kiosk.heard.acks[0] == {"epoch": "e1", "seq": 0, "missing": [1, 2]}
    for seq, category in enumerate("ABC", 1):
        kiosk.take(seq, category)
    await kiosk.acknowledged(3)
    assert [json.loads(each.data)["category"] for each in entries(hall, "ticket-issued")] == ["A", "B", "C"]
    assert hall.edge.intake.counts["gap"] == 2


async def test_a_gap_is_told_a_few_times_however_many_events_come_behind_it(hall, kiosk):
    for seq in range(5, 105):
        kiosk.take(seq)
    await kiosk.settled()
    await until(lambda: hall.edge.intake.counts["gap"] == 100)
    kiosk.take(1)
    await kiosk.acknowledged(1)
    gaps = [each for each in kiosk.heard.acks if "missing" in each]
    assert 1 <= len(gaps) <= 10
    assert gaps[0] == {"epoch": "e1", "seq": 0, "missing": [1, 4]}
    assert issued(hall) == 1


async def test_a_new_epoch_begins_with_its_first_seq_and_the_old_one_is_left(hall, kiosk):
    kiosk.take(1)
    first = await kiosk.reply(1)
    kiosk.take(1, "B", "e2")
    await kiosk.reply(2)
    kiosk.take(1)
    again = await kiosk.reply(3)
    assert again == first
    kiosk.take(2, "B")
    kiosk.take(2, "C", "e2")
    await kiosk.reply(4)
    assert issued(hall) == 3
    assert [json.loads(each.data)["category"] for each in entries(hall, "ticket-issued")] == ["A", "B", "C"]
    assert hall.edge.intake.counts["repeated"] == 2


async def test_another_seq_of_an_unknown_epoch_is_a_gap_and_changes_nothing(hall, kiosk):
    kiosk.take(1)
    await kiosk.acknowledged(1)
    kiosk.take(5, epoch="new")
    await kiosk.until(lambda: "missing" in kiosk.heard.acks[-1])
    assert kiosk.heard.acks[-1] == {"epoch": "new", "seq": 0, "missing": [1, 4]}
    kiosk.take(2)
    await kiosk.acknowledged(2)
    assert issued(hall) == 2


async def test_another_body_under_a_taken_seq_is_refused_and_the_first_stands(hall, kiosk):
    kiosk.take(1)
    first = await kiosk.reply(1)
    kiosk.take(1, "B")
    assert code(await kiosk.reply(2)) == "other-body"
    kiosk.event(1, "ticket-requested", {"category": "A"}, age=29_000, at="2026-11-23T09:09:09Z")
    assert await kiosk.reply(3) == first
    assert issued(hall) == 1
    assert hall.edge.intake.refusals["other-body"] == 1


async def test_what_was_said_before_a_restart_is_known_after_it(tmp_path):
    async with a_hall(tmp_path) as hall, WireDevice.at(hall.mqtt_port, "kiosk", "k1") as kiosk:
        kiosk.take(1)
        kiosk.take(2, "Z")
        kiosk.take(1, epoch="e2")
        await kiosk.reply(3)
        before = kiosk.heard.replies
    async with a_hall(tmp_path) as hall, WireDevice.at(hall.mqtt_port, "kiosk", "k1") as kiosk:
        kiosk.take(1)
        kiosk.take(2, "Z")
        kiosk.take(1, epoch="e2")
        await kiosk.reply(3)
        assert kiosk.heard.replies == before
        assert issued(hall) == 2
        kiosk.take(2, epoch="e2")
        assert (await kiosk.reply(4))["data"]["number"] == "A003"


# -- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "data", "refused"),
    [
        ("ticket-requested", {"category": "Z"}, "unknown-category"),
        ("ticket-requested", {"category": "A", "phone": "12"}, "bad-phone"),
        ("ticket-requested", {"category": "A", "phone": "not a number at all"}, "bad-phone"),
        ("ticket-requested", {"category": "A", "priority": "king"}, "unknown-priority"),
        ("ticket-requested", {"category": 7}, "bad-value"),
        ("ticket-requested", {}, "bad-value"),
        ("ticket-requested", [], "bad-value"),
        ("ticket-requested", None, "bad-value"),
        ("ticket-requested", {"category": "A", "items": ["x"] * 21}, "bad-value"),
        ("missed-ticket-returned", {"number": "A999"}, "unknown-ticket"),
        ("appointment-checked-in", {"code": "ABCD2345"}, "unknown-booking"),
        ("code-entered", {"code": "1234"}, "not-in-service"),
        ("door-changed", {"door": 3}, "unknown-type"),
        ("no-such-type", {"a": 1}, "unknown-type"),
    ],
)
async def test_what_cannot_be_done_is_refused_uses_up_its_seq_and_the_next_is_taken(hall, kiosk, type_, data, refused):
    kiosk.event(1, type_, data)
    answer = await kiosk.reply(1)
    assert code(answer) == refused
    kiosk.event(1, type_, data)
    assert await kiosk.reply(2) == answer
    kiosk.take(2)
    assert (await kiosk.reply(3))["data"]["number"] == "A001"
    await kiosk.acknowledged(2)
    assert hall.edge.intake.refusals[refused] == 1


@pytest.mark.parametrize(("kind", "limit"), [("kiosk", 30_000), ("call_button", 5_000)])
async def test_an_asking_event_is_refused_past_its_age_and_a_repeat_never_is(hall, kind, limit):
    type_, data = ("ticket-requested", {"category": "A"}) if kind == "kiosk" else ("call-next", {"window": "101"})
    async with WireDevice.at(hall.mqtt_port, kind, "d1") as device:
        device.event(1, type_, data, age=limit + 1)
        assert code(await device.reply(1)) == "stale"
        device.event(2, type_, data, age=limit)
        taken = await device.reply(2)
        assert taken["ok"]
        device.event(2, type_, data, age=limit * 100)
        assert await device.reply(3) == taken
        device.event(1, type_, data, age=0)
        assert code(await device.reply(4)) == "stale"


async def test_a_bound_button_may_not_act_for_another_window(hall):
    async with WireDevice.at(hall.mqtt_port, "call_button", "button-101") as device:
        device.press(1, "call-next", "102")
        assert code(await device.reply(1)) == "wrong-window"
        device.press(2, "call-next", "101")
        assert (await device.reply(2))["ok"]
    assert hall.hub.day().windows["102"].state == "closed"


async def test_an_unknown_window_is_refused(hall, button):
    button.press(1, "call-next", "999")
    assert code(await button.reply(1)) == "unknown-window"


UNREADABLE = {
    "empty": b"",
    "no JSON": b"ticket please",
    "half": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"ticket-req',
    "a list": b"[]",
    "null": b"null",
    "not UTF-8": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":{"category":"\xff"}}',
    "a lone surrogate": b'{"epoch":"\\ud800","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "nested deeply": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":'
    + b"[" * 8000
    + b"]" * 8000
    + b"}",
    "oversized": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":"' + b"a" * 17_000 + b'"}',
    "seq 0": b'{"epoch":"e1","seq":0,"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "seq below 0": b'{"epoch":"e1","seq":-5,"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "seq of 100 digits": b'{"epoch":"e1","seq":' + b"9" * 100 + b',"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "half a seq": b'{"epoch":"e1","seq":1.5,"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "an epoch that is no id": b'{"epoch":"e 1/","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "no epoch": b'{"seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":{}}',
    "no data": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"x"}',
    "age below 0": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":{},"age":-1}',
    "an age past counting": b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"x","data":{},"age":1e400}',
    "no time": b'{"epoch":"e1","seq":1,"at":"yesterday","type":"x","data":{}}',
}


async def test_unreadable_events_are_counted_acknowledged_to_the_broker_and_dropped(hall, kiosk):
    for seq, (name, payload) in enumerate(UNREADABLE.items(), 1):
        kiosk.put(payload)
        await kiosk.settled()
        kiosk.take(seq)
        assert (await kiosk.reply(seq))["data"]["number"] == f"A{seq:03d}", name
        assert hall.edge.intake.counts["unreadable"] == seq, name
    assert hall.edge.session.links == 1


@pytest.mark.parametrize(
    "data",
    [
        b'{"category":"A","phone":"\\ud800"}',
        b'{"category":"\\udfff"}',
        b'{"category":"\\u0000"}',
        b'{"category":"A","items":["\\ud83d"]}',
        b'{"category":"A","x":' + b"[" * 3000 + b"]" * 3000 + b"}",
    ],
)
async def test_strange_text_inside_the_data_ends_nothing(hall, kiosk, data):
    kiosk.put(b'{"epoch":"e1","seq":1,"at":"2026-11-23T01:00:00Z","type":"ticket-requested","data":' + data + b"}")
    await until(lambda: bool(kiosk.heard.replies) or hall.edge.intake.counts["unreadable"] == 1)
    taken = len(kiosk.heard.replies)
    kiosk.take(1 + taken)
    assert (await kiosk.reply(1 + taken))["ok"]
    assert hall.hub.writer.faults == 0


async def test_an_age_as_high_as_a_number_can_be_ends_nothing(hall):
    async with WireDevice.at(hall.mqtt_port, "ticket_printer", "p1") as printer:
        printer.event(1, "paper-changed", {"level": "low"}, age=2**53 - 1)
        await printer.until(lambda: bool(printer.heard.acks or printer.heard.replies))
        printer.event(2, "paper-changed", {"level": "out"})
        await printer.acknowledged(2)


GARBAGE = [b"\xff\xfe", b"[" * 9000, b"{", b'{"state":"online"}', b"a" * 20_000]


@pytest.mark.parametrize("channel", ["state", "description", "reported", "result", "telemetry"])
async def test_garbage_on_another_channel_is_counted_and_the_hub_goes_on(hall, kiosk, channel):
    for payload in GARBAGE:
        kiosk.put(payload, channel)
    await kiosk.settled()
    kiosk.take(1)
    assert (await kiosk.reply(1))["ok"]
    assert hall.edge.counts["unreadable"] >= len(GARBAGE) - 1
    assert hall.edge.session.links == 1


@pytest.mark.mosquitto
@needs_mosquitto
async def test_a_retained_event_is_counted_and_never_taken(tmp_path):
    broker = Mosquitto(tmp_path)
    await broker.start()
    try:
        async with WireDevice.at(broker.port, "kiosk", "k1") as kiosk:
            payload = {"epoch": "e1", "seq": 1, "at": "2026-11-23T01:00:00Z", "type": "ticket-requested"}
            kiosk.put(json.dumps({**payload, "data": {"category": "A"}}).encode(), retain=True)
            await kiosk.settled()
            async with a_hall(tmp_path, broker="mosquitto", port=broker.port) as hall:
                await until(lambda: hall.edge.counts["retained-event"] == 1)
                assert issued(hall) == 0
                kiosk.take(1, "B")
                assert (await kiosk.reply(1))["data"]["number"] == "B001"
    finally:
        await broker.kill()


@pytest.mark.mosquitto
@needs_mosquitto
async def test_an_unapproved_device_is_told_so_and_nothing_of_it_is_kept(tmp_path):
    broker = Mosquitto(tmp_path)
    await broker.start()
    try:
        async with (
            a_hall(tmp_path, broker="mosquitto", port=broker.port, HALLHUB_DEVICES_ADMISSION="approved") as hall,
            WireDevice.at(broker.port, "kiosk", "stranger") as stranger,
            WireDevice.at(broker.port, "call_button", "kiosk-1") as poser,
            WireDevice.at(broker.port, "kiosk", "kiosk-1") as known,
        ):
            stranger.take(1)
            assert code(await stranger.reply(1)) == "unknown-device"
            poser.press(1, "call-next")
            assert code(await poser.reply(1)) == "unknown-device"
            known.take(1)
            assert (await known.reply(1))["ok"]
            assert hall.hub.log.progress("kiosk/stranger") is None
            assert not stranger.heard.acks
            assert hall.edge.intake.counts["stranger"] == 2
    finally:
        await broker.kill()


async def test_the_embedded_broker_takes_nothing_from_a_device_until_it_is_approved(tmp_path):
    async with (
        a_hall(tmp_path, HALLHUB_DEVICES_ADMISSION="approved") as hall,
        WireDevice.at(hall.mqtt_port, "kiosk", "kiosk-1") as known,
        WireDevice.at(hall.mqtt_port, "kiosk", "new") as new,
    ):
        new.take(1)
        await new.settled()
        known.take(1)
        assert (await known.reply(1))["ok"]
        assert issued(hall) == 1
        assert not new.heard.replies
        profile = hall.hub.profile()
        approved = replace(profile, devices=(*profile.devices, Device("new", "kiosk", floor=1)))
        assert (await hall.hub.submit(PublishProfile(approved, NOW, hall.hub.now()), actor="test")).ok
        await until(lambda: hall.edge.bindings.profile == approved)
        new.take(1)
        assert (await new.reply(1))["data"]["number"] == "A002"


# -- windows ------------------------------------------------------------------------------------------------------


async def test_two_windows_calling_at_once_get_two_people_or_one_of_them_nobody(hall, kiosk):
    async with (
        WireDevice.at(hall.mqtt_port, "call_button", "button-101") as one,
        WireDevice.at(hall.mqtt_port, "call_button", "button-102") as other,
    ):
        kiosk.take(1)
        await kiosk.reply(1)
        for round_ in range(1, 6):
            one.press(round_ * 2 - 1, "call-next", "101")
            other.press(round_ * 2 - 1, "call-next", "102")
            numbers = [(await each.reply(round_ * 2 - 1))["data"]["number"] for each in (one, other)]
            assert sorted(numbers, key=str) == [f"A{round_:03d}", None]
            one.press(round_ * 2, "finish", "101")
            other.press(round_ * 2, "finish", "102")
            await one.reply(round_ * 2)
            await other.reply(round_ * 2)
            kiosk.take(round_ + 1)
            await kiosk.reply(round_ + 1)
    assert len(entries(hall, "ticket-called")) == 5


async def test_a_double_tap_and_a_repeated_call_next_call_one_person(hall, kiosk, button):
    kiosk.take(1)
    kiosk.take(2)
    await kiosk.reply(2)
    button.press(1, "call-next")
    button.press(2, "call-next")
    button.press(1, "call-next")
    button.press(3, "call-next")
    await button.reply(3)
    await button.acknowledged(3)
    await button.settled()
    assert {each["data"]["number"] for each in button.heard.replies} == {"A001"}
    assert len(entries(hall, "ticket-called")) == 1


# -- a wire that loses, doubles and shuffles ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
async def test_over_a_wire_that_loses_doubles_and_shuffles_each_event_happens_once(hall, seed):
    chance = random.Random(seed)
    async with WireDevice.at(hall.mqtt_port, "kiosk", "k9") as kiosk:
        count, acknowledged = 60, 0
        async with asyncio.timeout(20):
            while acknowledged < count:
                window = list(range(acknowledged + 1, min(acknowledged + 9, count) + 1))
                batch = [seq for seq in window for _ in range(chance.choice((0, 1, 1, 2)))]
                chance.shuffle(batch)
                for seq in batch:
                    kiosk.take(seq, "ABC"[seq % 3])
                await kiosk.settled()
                acknowledged = max([acknowledged, *(a["seq"] for a in kiosk.heard.acks)])
                if not batch:
                    await asyncio.sleep(0)
                else:
                    await asyncio.sleep(0.06)
        by_seq: dict[int, set[str]] = {}
        for each in kiosk.heard.replies:
            by_seq.setdefault(each["seq"], set()).add(each["data"]["ticket"])
    assert issued(hall) == count
    assert all(len(tickets) == 1 for tickets in by_seq.values())
    assert len({next(iter(tickets)) for tickets in by_seq.values()}) == count
