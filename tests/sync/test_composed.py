"""A whole hub with its online hall over a real socket: up, down, dark, paused, restored."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.compose import Running, running
from hub.core.epoch import epoch_path, load_epoch
from hub.domain.clock.commands import ReportClockStep
from hub.line_desk import LineDesk
from hub.log.chain import GENESIS
from hub.log.entry import Head
from hub.ops.backup import back_up
from hub.ops.control import operate
from hub.ops.faults import Fault
from hub.ops.restore import restore
from hub.settings import Settings, SyncSettings, load_settings
from hub.sync.envelope import CloudEvent, decode_batch, follow
from hub.sync.identity import new_identity, save_identity
from hub.sync.keyring import KeyRing
from hub.sync.protocol import ROOT, InboxPage, Standing
from hub.sync.signed_line import SignedLine
from hub.sync.signing import AnswerVerifier, Signer
from hub.sync.trust_paths import TrustPaths
from tests.sync.receivers import ModelReceiver, listening
from tests.sync.test_feed_process import until


def settings_of(folder: Path, url: str) -> Settings:
    return load_settings(
        None,
        {
            "HALLHUB_LOG_URL": f"sqlite:///{folder}/hall.db",
            "HALLHUB_MQTT_URL": "embedded://127.0.0.1:0",
            "HALLHUB_WEB_LISTEN": "127.0.0.1:0",
            "HALLHUB_SYNC_URL": url,
            "HALLHUB_SYNC_HALL": "dongcheng",
        },
    )


def answers(city: ModelReceiver) -> list[dict[str, object]]:
    return [_data(event) for event in city.events if event.type == "message-answered"]


def _data(event: CloudEvent) -> dict[str, object]:
    assert event.data_base64 is not None, "answers go up whole"
    return msgspec.json.decode(event.data_base64, type=dict[str, object])


async def step(hall: Running) -> None:
    assert (await hall.hub.submit(ReportClockStep(hall.hub.now(), 400_000), actor="hub")).ok


async def test_what_is_asked_online_is_answered_in_the_log_and_heard_of_online(tmp_path: Path) -> None:
    city = ModelReceiver()
    async with listening(city) as url, running(settings_of(tmp_path, url)) as hall:
        assert hall.line is not None
        city.post("a" * 32, "weather", {}, 1)
        await until(lambda: len(answers(city)) == 1)
        assert answers(city)[0]["code"] == "unknown-message"
        await until(lambda: city.head.position == hall.hub.head())

        killed = hall.line.feed.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        city.post("b" * 32, "weather", {}, 2)
        await until(lambda: len(answers(city)) == 2)
        assert [event.chainhash for event in city.events] == [entry.hash for entry in hall.hub.log.read(0, 10**6)]

        async with httpx.AsyncClient() as client:
            figures = (await client.get(f"{hall.web_url}/metrics")).text
            ready = (await client.get(f"{hall.web_url}/health/ready")).json()
        assert "hallhub_sync_inbox_taken 2.0" in figures
        assert ready["line"] in ("quiet", "sending")


async def test_in_the_dark_the_hall_works_on_and_the_outage_is_told(tmp_path: Path) -> None:
    async with running(settings_of(tmp_path, "http://127.0.0.1:9")) as hall:
        line = hall.line
        assert line is not None
        await until(lambda: line.feed.standing.phase == "dark")
        await step(hall)
        told = LineDesk(hall.hub, line, hall.hub.log, 0).look()
        assert told.waiting == hall.hub.head() > 0
        assert sum(each.entries for each in told.kinds) == told.waiting
        assert (told.state, told.up.state) == ("dark", "dark")
        assert told.since > 0
        assert told.up.problem is not None


async def test_a_pause_holds_over_a_restart_until_it_is_ended(tmp_path: Path) -> None:
    city = ModelReceiver()
    async with listening(city) as url:
        settings = settings_of(tmp_path, url)
        async with running(settings) as hall:
            await operate(settings, "sync", {"do": "pause"})
            await until(lambda: hall.line is not None and hall.line.feed.standing.phase == "paused")
        async with running(settings) as hall:
            await step(hall)
            await until(lambda: hall.line is not None and hall.line.feed.standing.phase == "paused")
            assert city.head.position < hall.hub.head()
            await operate(settings, "sync", {"do": "resume"})
            await until(lambda: city.head.position == hall.hub.head())


async def test_a_restored_hub_begins_an_epoch_and_the_city_keeps_what_was_left(tmp_path: Path) -> None:
    city = ModelReceiver()
    async with listening(city) as url:
        settings = settings_of(tmp_path, url)
        async with running(settings) as hall:
            await asyncio.to_thread(back_up, settings, tmp_path / "backup")
            await step(hall)
            await until(lambda: city.head.position == hall.hub.head())
        before = load_epoch(epoch_path(tmp_path / "hall.db"))
        restore(settings, tmp_path / "backup", over=True)
        after = load_epoch(epoch_path(tmp_path / "hall.db"))
        assert (after.previous, after.id != before.id) == (before.id, True)
        async with running(settings) as hall:
            await step(hall)
            await until(lambda: city.epoch == after.id and city.head.position == hall.hub.head())
            assert [event.chainhash for event in city.events] == [entry.hash for entry in hall.hub.log.read(0, 10**6)]
            assert city.abandoned


async def test_without_an_online_hall_nothing_is_started(tmp_path: Path) -> None:
    settings = load_settings(
        None,
        {
            "HALLHUB_LOG_URL": f"sqlite:///{tmp_path}/hall.db",
            "HALLHUB_MQTT_URL": "embedded://127.0.0.1:0",
            "HALLHUB_WEB_LISTEN": "127.0.0.1:0",
        },
    )
    async with running(settings) as hall:
        assert hall.line is None
        assert await operate(settings, "sync", {"do": "status"}) == {"configured": False, "running": True}
    with closing((tmp_path / "hall.db").open("rb")):
        assert not (tmp_path / "hall.epoch").exists()


async def test_an_online_hall_that_can_reach_in_is_served_if_it_signs(tmp_path: Path) -> None:
    hall_key, city_key = new_identity(), new_identity()
    trusted = TrustPaths.of(tmp_path / "hall.db")
    save_identity(hall_key, trusted.signing)
    KeyRing(trusted.online).add("city", city_key.public, 0)
    ours = KeyRing(tmp_path / "halls.json")
    ours.add("dongcheng", hall_key.public, 0)
    settings = settings_of(tmp_path, "http://127.0.0.1:9")
    settings = settings.model_copy(update={"sync": SyncSettings(hall="dongcheng", serve=True)})
    city = ModelReceiver()
    city.post("a" * 32, "weather", {}, 1)
    async with running(settings) as hall:
        assert hall.line is None
        epoch = load_epoch(epoch_path(tmp_path / "hall.db")).id
        signed = SignedLine(Signer(lambda: city_key, lambda: epoch), AnswerVerifier(ours))
        root = f"{hall.web_url}{ROOT}/halls/dongcheng"
        async with httpx.AsyncClient() as nobody:
            assert (await nobody.get(root)).status_code == 401
        async with httpx.AsyncClient(auth=signed) as online:
            page = msgspec.json.encode(InboxPage(city.inbox, 1))
            told = await online.post(f"{root}/inbox", content=page)
            assert (told.status_code, msgspec.json.decode(told.content, type=Standing).inbox) == (200, 1)
            got = decode_batch(
                (await online.get(f"{root}/{epoch}/entries", params={"after": 0, "limit": 1000})).content
            )
            assert follow(got, Head(0, GENESIS)) == hall.hub.log.head()


async def test_nothing_is_served_without_a_signing_key(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "http://127.0.0.1:9")
    settings = settings.model_copy(update={"sync": SyncSettings(serve=True)})
    with pytest.raises(Fault, match="sync keys new"):
        async with running(settings):
            pass
