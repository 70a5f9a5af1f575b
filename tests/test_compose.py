"""The composed hub in this process, and its end."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import socket
import threading
from pathlib import Path

import pytest

from hub.compose import running
from hub.core.low_ratings import LowRatings
from hub.core.profile_file import default_profile
from hub.core.reactions import Reactions
from hub.core.term import raise_term, term_path
from hub.domain.hall.commands import NOW, PublishProfile
from hub.domain.queue import commands as c
from hub.log.cursors import Cursors
from hub.settings import Settings, load_settings
from tests.ops.processes import hub_process


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        None,
        {
            "HALLHUB_LOG_URL": f"sqlite:///{tmp_path}/hall.db",
            "HALLHUB_MQTT_URL": "embedded://127.0.0.1:0",
            "HALLHUB_WEB_LISTEN": "127.0.0.1:0",
        },
    )


async def test_a_hub_starts_stops_and_starts_again_on_its_log(settings: Settings) -> None:
    async with running(settings) as hall:
        boot, head = hall.hub.boot, hall.hub.head()
        assert hall.first_password is not None
    async with running(settings) as hall:
        assert hall.hub.boot != boot
        assert hall.hub.head() == head
        assert hall.first_password is None


async def test_orders_carry_the_term_of_a_restored_hub(settings: Settings, tmp_path: Path) -> None:
    raise_term(term_path(tmp_path / "hall.db"), above=6)
    async with running(settings) as hall:
        assert hall.edge._fence == 7


async def test_another_hall_in_the_settings_than_in_the_profile_is_told(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(settings) as hall:
        other = default_profile()
        other = dataclasses.replace(other, hall=dataclasses.replace(other.hall, id="another"))
        assert (await hall.hub.submit(PublishProfile(other, NOW, hall.hub.now()), actor="operator")).ok
    with caplog.at_level(logging.WARNING):
        async with running(settings.model_copy(update={"hall": "mine"})):
            pass
    assert any("different halls" in record.message for record in caplog.records)


async def test_a_part_that_fails_is_fatal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def broken(_self: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr("hub.mqtt.edge.MqttEdge.run", broken)
    async with running(settings, on_fatal=heard.set_result):
        assert str(await asyncio.wait_for(heard, 5)) == "broken"


def test_a_stop_with_many_live_pages_takes_less_than_a_second(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        host, port = hub.web.removeprefix("http://").split(":")
        pages = [socket.create_connection((host, int(port))) for _ in range(100)]
        for page in pages:
            page.sendall(b"GET /live?channel=board/hall HTTP/1.1\r\nHost: hall\r\n\r\n")
        for page in pages:
            assert page.recv(200).startswith(b"HTTP/1.1 200"), "no stream"
        drained = [threading.Thread(target=_drain, args=(page,)) for page in pages]
        for each in drained:
            each.start()
        took = hub.stop()
        for each in drained:
            each.join(5)
        for page in pages:
            page.close()
        assert took < 1.0


def _drain(page: socket.socket) -> None:
    page.settimeout(5)
    try:
        while page.recv(65536):
            pass
    except OSError:
        pass


async def test_a_low_rating_opens_one_rectification_and_a_restart_opens_no_other(settings: Settings) -> None:
    settings = settings.model_copy(update={"queue": settings.queue.model_copy(update={"hours": "always"})})
    async with running(settings) as hall:
        hub, opened = hall.hub, asyncio.Event()
        hub.listen(lambda batch: opened.set() if batch[-1].entry.type == "rectification-opened" else None)
        day, ticket = hub.today, hub.ticket_id()
        for command in (
            c.OpenWindow(day, hub.now(), "101"),
            c.TakeTicket(day, hub.now(), ticket, "A"),
            c.CallNext(day, hub.now(), "101"),
            c.StartService(day, hub.now(), "101"),
            c.FinishService(day, hub.now(), "101"),
            c.RateVisit(day, hub.now(), ticket, 1),
        ):
            assert (await hub.submit(command, actor="test")).ok
        async with asyncio.timeout(5):
            await opened.wait()
    await asyncio.to_thread(hall.hub.paths.views.unlink)
    async with running(settings) as hall:
        reactions = Reactions(hall.hub, hall.hub.log, Cursors(None), [LowRatings(hall.hub)])
        await reactions.catch_up()
        assert [entry.type for entry in hall.hub.log.read_stream(f"rectification/{ticket}")] == ["rectification-opened"]
