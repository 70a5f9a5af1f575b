"""Who may connect to the embedded broker, and who may use which topic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devices.wire.topics import CHANNELS
from hub.mqtt.access import HUB_USER, EmbeddedAccess
from hub.mqtt.bindings import Bindings
from hub.settings import MqttSettings
from tests.domain.hall.halls import DEFAULT

from .stands import HALL

BUTTON = f"{HALL}:call_button:button-101"
BASE = f"hh/1/{HALL}/call_button/button-101"
OTHER = f"hh/1/{HALL}/call_button/button-102"
TO_HUB = sorted(name for name, rule in CHANNELS.items() if rule.sender == "device")
TO_DEVICE = sorted(name for name, rule in CHANNELS.items() if rule.sender == "hub")


def access(admission: str = "approved", url: str = "embedded://127.0.0.1:0") -> tuple[EmbeddedAccess, Bindings]:
    bindings = Bindings(HALL, DEFAULT, admission)
    return EmbeddedAccess(HALL, bindings, MqttSettings(url=url)), bindings


def test_the_hub_signs_in_with_its_word_and_nobody_else_is_the_hub() -> None:
    gate, _ = access()
    hub = gate.hub_address(1234)
    assert (hub.host, hub.port, hub.username) == ("127.0.0.1", 1234, HUB_USER)
    word = (hub.password or "").encode()
    assert gate.authenticate(f"hub-{HALL}", HUB_USER, word)
    assert not gate.authenticate(f"hub-{HALL}", HUB_USER, b"guess")
    assert not gate.authenticate(f"hub-{HALL}", HUB_USER, None)
    assert not gate.authenticate(f"hub-{HALL}", None, None)
    assert not gate.authenticate("somebody", HUB_USER, word)


def test_the_hubs_word_is_new_at_each_start() -> None:
    assert access()[0].hub_address(1).password != access()[0].hub_address(1).password


def test_without_a_password_in_the_url_devices_need_none() -> None:
    gate, _ = access()
    assert gate.authenticate(BUTTON, None, None)
    assert gate.authenticate(BUTTON, "anybody", b"anything")


def test_a_password_in_the_url_is_asked_of_every_device() -> None:
    gate, _ = access(url="embedded://pads:s%C3%A9same@127.0.0.1:0")
    assert gate.authenticate(BUTTON, "pads", "sésame".encode())
    assert not gate.authenticate(BUTTON, "pads", b"sesame")
    assert not gate.authenticate(BUTTON, "other", "sésame".encode())
    assert not gate.authenticate(BUTTON, None, None)
    assert gate.authenticate(f"hub-{HALL}", HUB_USER, (gate.hub_address(1).password or "").encode())


@pytest.mark.parametrize("channel", TO_HUB)
def test_a_device_publishes_on_its_own_channels_and_on_nobody_elses(channel: str) -> None:
    gate, _ = access()
    assert gate.allow(BUTTON, None, "publish", f"{BASE}/{channel}")
    assert not gate.allow(BUTTON, None, "publish", f"{OTHER}/{channel}")
    assert not gate.allow(BUTTON, None, "receive", f"{BASE}/{channel}")


@pytest.mark.parametrize("channel", TO_DEVICE)
def test_a_device_hears_what_the_hub_tells_it_and_cannot_say_it(channel: str) -> None:
    gate, _ = access()
    assert gate.allow(BUTTON, None, "receive", f"{BASE}/{channel}")
    assert not gate.allow(BUTTON, None, "receive", f"{OTHER}/{channel}")
    assert not gate.allow(BUTTON, None, "publish", f"{BASE}/{channel}")


@pytest.mark.parametrize("channel", ["state", "time", "rebirth"])
def test_every_device_hears_the_hub_and_none_speaks_for_it(channel: str) -> None:
    gate, _ = access()
    assert gate.allow(BUTTON, None, "receive", f"hh/1/{HALL}/hub/{channel}")
    assert not gate.allow(BUTTON, None, "publish", f"hh/1/{HALL}/hub/{channel}")


@pytest.mark.parametrize("topic", ["anything", "hh/2/x", f"hh/1/{HALL}/call_button/button-101/nonsense", "$SYS/x"])
@pytest.mark.parametrize("admission", ["open", "approved"])
def test_what_is_no_topic_of_the_contract_is_nobodys(admission: str, topic: str) -> None:
    gate, _ = access(admission)
    assert not gate.allow(BUTTON, None, "publish", topic)
    assert not gate.allow(BUTTON, None, "receive", topic)


def test_another_halls_topics_are_closed_even_under_open_admission() -> None:
    gate, _ = access("open")
    for action in ("publish", "receive", "subscribe"):
        assert not gate.allow(BUTTON, None, action, "hh/1/xicheng/call_button/button-101/event")
        assert not gate.allow("tool", None, action, "hh/1/xicheng/hub/state")


def test_a_filter_may_be_wide_for_each_delivery_is_judged() -> None:
    gate, _ = access()
    assert gate.allow(BUTTON, None, "subscribe", f"hh/1/{HALL}/#")
    assert gate.allow(BUTTON, None, "subscribe", "#")
    assert not gate.allow(BUTTON, None, "subscribe", "hh/1/+/#")


def test_a_tool_watches_and_speaks_as_devices_do_only_while_admission_is_open() -> None:
    trial, _ = access("open")
    assert trial.allow("tool", None, "receive", f"{BASE}/event")
    assert trial.allow("tool", None, "publish", f"{BASE}/event")
    assert not trial.allow("tool", None, "publish", f"{BASE}/command")
    gate, _ = access()
    assert not gate.allow("tool", None, "receive", f"{BASE}/event")
    assert not gate.allow("tool", None, "publish", f"{BASE}/event")


def test_a_device_under_open_admission_is_held_to_its_own_name() -> None:
    gate, _ = access("open")
    assert gate.allow(f"{HALL}:kiosk:new", None, "publish", f"hh/1/{HALL}/kiosk/new/event")
    assert not gate.allow(f"{HALL}:kiosk:new", None, "publish", f"{BASE}/event")


def test_a_newer_profile_judges_anew() -> None:
    gate, bindings = access()
    assert gate.allow(BUTTON, None, "publish", f"{BASE}/event")
    bindings.adopt(replace(DEFAULT, devices=tuple(each for each in DEFAULT.devices if each.id != "button-101")))
    assert not gate.allow(BUTTON, None, "publish", f"{BASE}/event")
    bindings.adopt(DEFAULT)
    assert gate.allow(BUTTON, None, "publish", f"{BASE}/event")
