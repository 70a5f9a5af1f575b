"""Brokers that die and forget, crowds that come back at once, and neighbours that misbehave beside live traffic."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from pathlib import Path

import pytest

from hub.compose import Running
from tests.mqtt.raw_client import RawClient, connect, subscribe

from .crowd import Crowd
from .halls import WireDevice, a_hall, entries
from .processes import HALL, Mosquitto, free_port, needs_mosquitto
from .waiting import until

Retained = dict[str, dict[str, object]]


async def retained(port: int, filter_: str) -> Retained:
    """What the broker keeps below a filter, without revisions, boots and times, which change."""
    client = await RawClient.connected(port, "looker")
    client.send(subscribe((filter_, 0)))
    found: Retained = {}
    assert (await client.packet()).kind == 9
    for message in await client.quiet():
        value = json.loads(message.payload)
        found[message.topic] = {k: v for k, v in value.items() if k not in ("revision", "boot", "at")}
    await client.leave()
    return found


def present(hall: Running) -> int:
    return sum(
        device.state == "online" and device.confirmed and device.model == "crowd"
        for device in hall.edge.presence.devices.values()
    )


async def back_after_loss(folder: Path, count: int) -> float:
    """Seconds from the end of the old broker until everybody is there again and everything retained is right."""
    broker = Mosquitto(folder)
    await broker.start()
    try:
        async with (
            a_hall(folder, broker="mosquitto", port=broker.port) as hall,
            Crowd(broker.port, count).here() as crowd,
            WireDevice.at(broker.port, "kiosk", "k1") as kiosk,
            WireDevice.at(broker.port, "call_button", "button-101") as button,
        ):
            kiosk.take(1)
            await kiosk.reply(1)
            button.press(1, "call-next")
            await button.reply(1)
            await until(lambda: present(hall) == count, 30)
            await until(lambda: len(crowd.online) == count, 30)
            await asyncio.sleep(0.2)  # what is on its way to be retained
            before = await retained(broker.port, f"hh/1/{HALL}/#")
            assert before[f"hh/1/{HALL}/window_display/display-101/desired"]["number"] == "A001"
            assert sum(topic.endswith("/desired") for topic in before) > 58
            await broker.kill()
            await until(lambda: not hall.edge.ready, 10)
            began = time.perf_counter()
            await broker.start()
            await until(lambda: hall.edge.ready and present(hall) == count, 30)
            while await retained(broker.port, f"hh/1/{HALL}/#") != before:
                assert time.perf_counter() - began < 30, "what is retained is not what it was"
                await asyncio.sleep(0.05)
            return time.perf_counter() - began
    finally:
        await broker.kill()


@pytest.mark.mosquitto
@needs_mosquitto
async def test_after_the_broker_lost_its_store_everybody_is_back_and_all_retained_state_right(tmp_path):
    seconds = await back_after_loss(tmp_path, 200)
    assert seconds < 5


async def crowd_comes_back(folder: Path, count: int) -> float:
    """Seconds from the start of the hub until persistent devices that all come at once are there."""
    port = free_port()
    async with Crowd(port, count, persistent=True, spread=0.05).here():
        async with a_hall(folder, port=port) as hall:
            await until(lambda: present(hall) == count, 60)
        began = time.perf_counter()
        async with a_hall(folder, port=port) as hall:
            await until(lambda: present(hall) == count, 60)
            seconds = time.perf_counter() - began
            async with WireDevice.at(port, "kiosk", "k1") as kiosk:
                kiosk.take(1)
                assert (await kiosk.reply(1))["ok"]
            assert hall.edge.session.links == 1
    return seconds


async def test_300_persistent_devices_coming_at_once_to_the_embedded_broker_are_all_there(tmp_path):
    assert await crowd_comes_back(tmp_path, 300) < 10


async def test_misbehaving_neighbours_disturb_no_live_device(tmp_path):
    more = {"HALLHUB_MQTT_URL": "embedded://pad:right@127.0.0.1:0"}
    word = {"username": "pad", "password": "right"}
    loop = asyncio.get_running_loop()
    async with (
        a_hall(tmp_path, **more) as hall,
        WireDevice.at(hall.mqtt_port, "kiosk", "k1", **word) as kiosk,
    ):
        port = hall.mqtt_port
        slow = await RawClient.open(port, receive_buffer=4096)
        slow.send(connect("slow", **word))
        slow.send(subscribe((f"hh/1/{HALL}/#", 1)))
        huge = await RawClient.open(port)
        huge.send(connect("huge", **word))
        longest = 0.0
        for seq in range(1, 201):
            began = loop.time()
            kiosk.take(seq)
            assert (await kiosk.reply(seq))["ok"]
            longest = max(longest, loop.time() - began)
            if seq % 20 == 0:
                liar = await RawClient.open(port)
                liar.send(connect(f"{HALL}:kiosk:k1", username="pad", password="wrong"))
                answer = await liar.packet()
                assert (answer.kind, answer.body[1]) == (2, 5) or answer.body[1] == 4
                liar.cut()
            if seq == 50:
                # a PUBLISH of 60 MB, as far as the broker lets it come
                huge.send(b"\x30\x80\x9c\x9c\x1c" + b"x" * 1_000_000)
        with contextlib.suppress(ConnectionError):
            await huge.closed_by_broker()
        await kiosk.acknowledged(200)
        assert len(entries(hall, "ticket-issued")) == 200
        assert longest < 2
        assert hall.edge.session.links == 1
        slow.cut()
        huge.cut()


async def test_a_hub_started_again_in_the_same_process_hears_at_once(tmp_path):
    for _ in range(3):
        began = time.perf_counter()
        async with a_hall(tmp_path) as hall:
            assert hall.edge.session.last_problem == ""
        assert time.perf_counter() - began < 4
