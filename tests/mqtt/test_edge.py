"""The hub's side of the wire on real brokers: what it tells at a link, at an online, at a profile, at its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from devices.wire.topics import Address, Channel, HubTopic
from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.hall.commands import NOW, PublishProfile
from hub.domain.hall.profile import HallProfile
from hub.log.memory import MemoryLog
from hub.mqtt import edge as module
from hub.mqtt.edge import MqttEdge
from hub.mqtt.session import BrokerAddress
from tests.core.writers import MONDAY_AT_TEN
from tests.domain.hall.halls import DEFAULT

from .brokers import BOTH, broker_of
from .raw_client import RawClient
from .stands import HALL, Watcher, a_hub, at, called, done, taken, watching

HUB_STATE, HUB_TIME, REBIRTH = (str(HubTopic(HALL, name)) for name in ("state", "time", "rebirth"))
PRINTER = at("ticket_printer", "printer-1")
PAD = at("rating_pad", "pad-101")
DISPLAY = at("window_display", "display-101")
SMALL = replace(
    DEFAULT,
    devices=tuple(each for each in DEFAULT.devices if each.window in (None, "101") and each.kiosk in (None, "kiosk-1")),
)
"""The default hall with the devices of one window, so that little is retained."""


@pytest.fixture(params=BOTH)
async def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def port(kind: str, tmp_path: Path) -> AsyncIterator[int]:
    async with broker_of(kind, tmp_path) as port:
        yield port


@asynccontextmanager
async def an_edge(hub: Hub, *ports: int, moves: list[int] | None = None) -> AsyncIterator[MqttEdge]:
    """The edge of a hub at work; the broker is at the last of ``moves``."""
    where = list(ports) if moves is None else moves
    edge = MqttEdge(hub, HALL, lambda: BrokerAddress("127.0.0.1", where[-1]), admission="approved", fence=3)
    task = asyncio.create_task(edge.run())
    try:
        yield edge
    finally:
        await edge.stop()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def online(watcher: Watcher, hub: Hub) -> bool:
    state = watcher.last(HUB_STATE)
    return state is not None and state["state"] == "online" and state["boot"] == hub.boot


def says(watcher: Watcher, address: Address, channel: Channel, value: object) -> None:
    watcher.say(address.topic(channel), value, retain=channel in ("state", "description", "reported"))


def comes(watcher: Watcher, address: Address, boot: str = "b1") -> None:
    says(watcher, address, "state", {"state": "online", "boot": boot, "at": "2026-11-23T02:00:00Z"})


def of(watcher: Watcher, address: Address, channel: Channel) -> list[Any]:
    return watcher.all(address.topic(channel))


def without(profile: HallProfile, *devices: str) -> HallProfile:
    return replace(profile, devices=tuple(each for each in profile.devices if each.id not in devices))


async def test_at_a_link_the_hub_says_who_it_is_what_time_it_is_asks_all_and_shows_all(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher, an_edge(hub, port):
        await watcher.until(lambda: watcher.last(DISPLAY.topic("desired")) and watcher.last(PRINTER.topic("desired")))
        assert watcher.last(HUB_STATE) == {
            "state": "online",
            "boot": hub.boot,
            "at": "2026-11-23T02:00:00Z",
            "fence": 3,
        }
        assert watcher.last(HUB_TIME) == {"at": "2026-11-23T02:00:00Z"}
        [rebirth] = watcher.all(REBIRTH)
        assert "device" not in rebirth
        order = [topic for topic, _, _ in watcher.messages]
        assert order.index(HUB_STATE) < order.index(DISPLAY.topic("desired"))


async def test_the_hubs_end_is_said_with_its_time_and_retained(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher:
        async with an_edge(hub, port):
            await watcher.until(lambda: online(watcher, hub))
        await watcher.until(lambda: watcher.last(HUB_STATE)["state"] == "lost")
        assert "at" in watcher.last(HUB_STATE)
    async with watching(port, "later") as later:
        await later.until(lambda: later.messages)
        assert later.last(HUB_STATE)["state"] == "lost"
        assert "at" in later.last(HUB_STATE)


async def test_time_follows_a_devices_online_and_one_time_serves_a_crowd(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher, an_edge(hub, port):
        await watcher.until(lambda: watcher.last(HUB_TIME))
        before = len(watcher.all(HUB_TIME))
        hub.clock._clock.advance(1000)  # type: ignore[attr-defined]
        for address in (PRINTER, PAD, DISPLAY):
            comes(watcher, address)
        await watcher.until(lambda: len(watcher.all(HUB_TIME)) > before)
        assert watcher.all(HUB_TIME)[before:] == [{"at": "2026-11-23T02:00:01Z"}]


async def test_a_will_of_an_older_boot_is_ignored_and_the_device_asked_again(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher, an_edge(hub, port) as edge:
        await watcher.until(lambda: online(watcher, hub))
        comes(watcher, PAD, "b2")
        says(watcher, PAD, "state", {"state": "lost", "boot": "b1"})
        await watcher.until(lambda: len(watcher.all(REBIRTH)) > 1)
        asked = watcher.last(REBIRTH)
        assert (asked["kind"], asked["device"]) == ("rating_pad", "pad-101")
        assert edge.presence.online(PAD)


async def test_what_is_retained_of_a_device_taken_out_of_the_registry_is_cleared(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher, an_edge(hub, port) as edge:
        comes(watcher, DISPLAY)
        says(watcher, DISPLAY, "description", {"model": "m", "firmware": "1"})
        says(watcher, DISPLAY, "reported", {"revision": 1})
        await watcher.until(lambda: watcher.last(DISPLAY.topic("desired")) and edge.presence.devices)
        await done(hub, PublishProfile(without(SMALL, "display-101"), NOW, hub.now()))
        everything: tuple[Channel, ...] = ("desired", "state", "description", "reported")
        await watcher.until(lambda: all(watcher.last(DISPLAY.topic(each)) is None for each in everything))
        assert DISPLAY not in edge.presence.devices
    later = await RawClient.connected(port)
    await later.subscribed((f"hh/1/{HALL}/window_display/#", 0))
    assert await later.quiet() == []


async def test_what_was_left_by_a_device_that_was_taken_out_while_the_hub_was_away_is_cleared(port: int) -> None:
    hub = await a_hub(profile=without(SMALL, "display-101"))
    async with watching(port) as watcher:
        comes(watcher, DISPLAY)
        watcher.say(DISPLAY.topic("desired"), {"revision": 1}, retain=True)
        await watcher.until(lambda: len(watcher.messages) == 2)
        async with an_edge(hub, port) as edge:
            await watcher.until(
                lambda: watcher.last(DISPLAY.topic("state")) is None and watcher.last(DISPLAY.topic("desired")) is None
            )
            assert edge.counts["stranger"] == 1
            assert DISPLAY not in edge.presence.devices


async def test_a_device_new_in_the_registry_is_asked_who_it_is_and_told_what_to_show(port: int) -> None:
    hub = await a_hub(profile=without(SMALL, "display-101"))
    async with watching(port) as watcher, an_edge(hub, port):
        await watcher.until(lambda: online(watcher, hub))
        await done(hub, PublishProfile(SMALL, NOW, hub.now()))
        await watcher.until(lambda: watcher.last(DISPLAY.topic("desired")))
        asked = watcher.last(REBIRTH)
        assert (asked["kind"], asked["device"]) == ("window_display", "display-101")


async def test_many_new_devices_are_asked_all_at_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ASKED_ONE_BY_ONE", 1)
    hub = await a_hub(profile=without(SMALL, "display-101", "pad-101"))
    async with watching(port) as watcher, an_edge(hub, port):
        await watcher.until(lambda: online(watcher, hub))
        await done(hub, PublishProfile(SMALL, NOW, hub.now()))
        await watcher.until(lambda: watcher.last(DISPLAY.topic("desired")))
        assert [sorted(each) for each in watcher.all(REBIRTH)] == [["spread_ms"], ["spread_ms"]]


async def test_unresolved_orders_are_sent_again_with_the_same_id_after_an_online(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher, an_edge(hub, port):
        await watcher.until(lambda: online(watcher, hub))
        comes(watcher, PRINTER)
        await watcher.until(lambda: len(watcher.all(HUB_TIME)) > 1)
        ticket = await taken(hub, printer="printer-1")
        await watcher.until(lambda: of(watcher, PRINTER, "command"))
        comes(watcher, PRINTER, "b2")
        await watcher.until(lambda: len(of(watcher, PRINTER, "command")) == 2)
        assert [each["id"] for each in of(watcher, PRINTER, "command")] == [f"print-{ticket}-0"] * 2
        result = {"id": f"print-{ticket}-0", "state": "done", "at": "2026-11-23T02:00:00Z", "facts": {}}
        committed = asyncio.Event()
        hub.listen(lambda _: committed.set())
        says(watcher, PRINTER, "result", result)
        await asyncio.wait_for(committed.wait(), 5)
        assert hub.day().tickets[ticket].print_state == "printed"


async def test_a_hub_that_starts_again_sends_what_is_open_when_the_device_answers(port: int) -> None:
    log, clock = MemoryLog(), ManualClock(MONDAY_AT_TEN)
    before = await a_hub(log, clock=clock, profile=SMALL)
    ticket = await taken(before, printer="printer-1")
    async with watching(port) as watcher:
        comes(watcher, PRINTER)
        async with an_edge(await a_hub(log, clock=clock, profile=SMALL), port):
            # its retained state is word enough
            await watcher.until(lambda: of(watcher, PRINTER, "command"))
            assert of(watcher, PRINTER, "command")[0]["id"] == f"print-{ticket}-0"


async def test_after_the_broker_lost_its_store_everything_desired_is_retained_again(kind: str, tmp_path: Path) -> None:
    hub = await a_hub(profile=SMALL)
    await taken(hub)
    await called(hub)
    ports: list[int] = []
    async with contextlib.AsyncExitStack() as stack:
        async with broker_of(kind, tmp_path) as first, watching(first) as watcher:
            ports.append(first)
            edge = await stack.enter_async_context(an_edge(hub, moves=ports))
            await watcher.until(lambda: watcher.last(PRINTER.topic("desired")))
            shown = {topic: payload for topic, payload, _ in watcher.messages if topic.endswith("/desired")}
            comes(watcher, PAD)
            await watcher.until(lambda: len(watcher.all(HUB_TIME)) > 1)
            assert edge.presence.of(PAD).confirmed
        async with broker_of(kind, tmp_path) as second:
            ports.append(second)
            async with watching(second) as watcher:
                await watcher.until(lambda: watcher.last(PRINTER.topic("desired")))
                assert not edge.presence.of(PAD).confirmed
            async with watching(second, "later") as later:
                await later.until(lambda: shown.keys() | {HUB_STATE} <= {topic for topic, _, _ in later.messages})
                kept = {topic: payload for topic, payload, retained in later.messages if retained}
                assert {topic: kept.get(topic) for topic in shown} == shown
                assert online(later, hub)
            await stack.aclose()


async def test_who_does_not_come_back_after_a_link_is_lost_after_a_while(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MISSING_AFTER_SECONDS", 0.3)
    hub = await a_hub(profile=SMALL)
    changed: asyncio.Queue[Address] = asyncio.Queue()
    ports: list[int] = []
    async with contextlib.AsyncExitStack() as stack:
        async with broker_of(kind, tmp_path) as first, watching(first) as watcher:
            ports.append(first)
            edge = await stack.enter_async_context(an_edge(hub, moves=ports))
            edge.presence._on_change = changed.put_nowait
            comes(watcher, PAD)
            assert await asyncio.wait_for(changed.get(), 5) == PAD
        assert edge.presence.online(PAD)
        async with broker_of(kind, tmp_path) as second:
            ports.append(second)
            assert await asyncio.wait_for(changed.get(), 5) == PAD
            assert not edge.presence.online(PAD)
            await stack.aclose()


async def test_telemetry_description_and_reported_are_kept_with_the_device(port: int) -> None:
    hub = await a_hub(profile=SMALL)
    async with watching(port) as watcher, an_edge(hub, port) as edge:
        await watcher.until(lambda: online(watcher, hub))
        says(watcher, PRINTER, "telemetry", {"temperature": 31.5})
        says(watcher, PRINTER, "description", {"model": "TP-80", "firmware": "2"})
        says(watcher, PRINTER, "reported", {"revision": 4, "problem": "no font"})
        comes(watcher, PRINTER)
        await watcher.until(lambda: len(watcher.all(HUB_TIME)) > 1)
        device = edge.presence.of(PRINTER)
        assert (device.model, device.reported, device.problem) == ("TP-80", 4, "no font")
        assert device.telemetry == {"temperature": 31.5}
