"""A phone number is in no file of the hub, and after forgetting nobody can bring it back."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import aiomqtt
import pytest

from hub.domain.refusals import Refused
from hub.log.subjects import Subjects
from hub.ops.premises import subject_of
from tests.ops.processes import HubProcess, hub_process
from tests.ops.test_backup import unsealed

MQTT_PHONE, HTTP_PHONE = "13900001111", "13812345678"


async def take_over_mqtt(port: int, phone: str) -> None:
    async with aiomqtt.Client("127.0.0.1", port, identifier="t:kiosk:k1") as client:
        await client.subscribe("hh/1/t/kiosk/k1/reply", qos=1)
        event = {
            "epoch": "e1",
            "seq": 1,
            "at": "2026-11-23T01:00:00Z",
            "type": "ticket-requested",
            "data": {"category": "A", "phone": phone},
        }
        await client.publish("hh/1/t/kiosk/k1/event", json.dumps(event), qos=1)
        async for message in client.messages:
            assert json.loads(bytes(message.payload))["ok"]  # type: ignore[arg-type]
            return


def places_of(hub: HubProcess, *numbers: str) -> list[str]:
    """Files under the hub's folder that hold one of the numbers, logs and output included."""
    return [
        f"{path.name}: {number}"
        for path in hub.folder.rglob("*")
        if path.is_file()
        for number in numbers
        if number.encode() in path.read_bytes()
    ]


def test_a_phone_is_in_no_file_and_after_forgetting_nothing_opens_it(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        token = hub.token()
        asyncio.run(take_over_mqtt(hub.mqtt_port, MQTT_PHONE))
        assert hub.post("/api/v1/tickets", {"category": "B", "phone": HTTP_PHONE}, token, "key-1")[0] == 201
        assert hub.post("/api/v1/tickets", {"category": "B", "phone": HTTP_PHONE + "0"}, token, "key-2")[0] == 422
        assert unsealed(hub) == [MQTT_PHONE, HTTP_PHONE]
        assert places_of(hub, MQTT_PHONE, HTTP_PHONE) == []
        assert "Forgotten" in hub.run("forget", MQTT_PHONE).stdout
        assert unsealed(hub) == [None, HTTP_PHONE]
        hub.stop()
        assert "Forgotten" in hub.run("forget", f"phone:+86 {HTTP_PHONE}").stdout
        assert unsealed(hub) == [None, None]
        assert places_of(hub, MQTT_PHONE, HTTP_PHONE) == []
        hub.start()
        assert hub.post("/api/v1/tickets", {"category": "B", "phone": HTTP_PHONE}, token, "key-3")[0] == 201
        assert unsealed(hub) == [None, None, HTTP_PHONE]


def test_the_subject_of_an_exported_entry_may_be_forgotten(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        assert hub.post("/api/v1/tickets", {"category": "B", "phone": HTTP_PHONE}, hub.token(), "key-1")[0] == 201
        entry = json.loads(hub.run("log", "tail", "-n", "1").stdout)
        hub.run("forget", entry["data"]["phone"]["subject"])
        assert unsealed(hub) == [None]


def test_forgetting_is_not_done_while_somebody_reads_the_keys(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        assert hub.post("/api/v1/tickets", {"category": "B", "phone": HTTP_PHONE}, hub.token(), "key-1")[0] == 201
        with closing(sqlite3.connect(hub.log.with_name("hall.keys.db"), isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM key").fetchone()
            assert "Run this again" in hub.run("forget", HTTP_PHONE, check=75).stderr
            reader.execute("ROLLBACK")
        assert "Forgotten" in hub.run("forget", HTTP_PHONE).stdout


def test_forgetting_in_a_log_that_is_not_there_is_a_wrong_path(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.run("forget", HTTP_PHONE, check=66)
        assert not hub.log.exists()


@pytest.mark.parametrize("text", ["+86 138-1234-5678", "phone:13812345678", "0086 13812345678", " 13812345678"])
def test_the_ways_to_write_a_phone_are_one_person(text: str) -> None:
    subjects = Subjects(bytes(32))
    assert subject_of(subjects, text) == subjects.of_phone("13812345678")


def test_an_identity_number_and_a_subject_are_told_apart() -> None:
    subjects = Subjects(bytes(32))
    assert subject_of(subjects, "id:11010519491231002x") == subjects.of_id("11010519491231002X")
    assert subject_of(subjects, "0f" * 16) == "0f" * 16


@pytest.mark.parametrize("text", ["", "A012", "11010519491231002X", "phone:", "zhang san"])
def test_what_names_nobody_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        subject_of(Subjects(bytes(32)), text)
    assert refused.value.facts["field"] == "SUBJECT"
