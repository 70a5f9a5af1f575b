"""Who is admitted, and where a device stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.mqtt import bindings as module
from hub.mqtt.bindings import Bindings
from tests.domain.hall.halls import DEFAULT

from .stands import HALL


def without(device: str):
    return replace(DEFAULT, devices=tuple(each for each in DEFAULT.devices if each.id != device))


def test_under_approval_only_registered_devices_are_admitted_as_the_kind_they_are() -> None:
    bindings = Bindings(HALL, DEFAULT, "approved")
    assert bindings.admits("kiosk", "kiosk-1")
    assert not bindings.admits("call_button", "kiosk-1")
    assert not bindings.admits("kiosk", "kiosk-99")


def test_open_admission_believes_strangers_but_nobody_poses_as_a_registered_device() -> None:
    bindings = Bindings(HALL, DEFAULT, "open")
    assert bindings.admits("kiosk", "kiosk-99")
    assert not bindings.admits("call_button", "kiosk-1")


def test_past_the_limit_no_new_stranger_is_believed_and_those_met_before_and_registered_ones_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STRANGERS_MOST", 2)
    bindings = Bindings(HALL, DEFAULT, "open")
    for name in ("kiosk-1", "a", "b"):
        assert bindings.admits("kiosk", name)
        bindings.meet("kiosk", name)
    assert not bindings.admits("kiosk", "c")
    assert bindings.admits("kiosk", "a")
    assert bindings.admits("kiosk", "kiosk-2")


def test_a_stranger_met_twice_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STRANGERS_MOST", 2)
    bindings = Bindings(HALL, DEFAULT, "open")
    for _ in range(5):
        bindings.meet("kiosk", "a")
    assert bindings.admits("kiosk", "b")


def test_a_newer_profile_admits_and_dismisses_without_a_restart() -> None:
    bindings = Bindings(HALL, without("kiosk-1"), "approved")
    assert not bindings.admits("kiosk", "kiosk-1")
    bindings.adopt(DEFAULT)
    assert bindings.admits("kiosk", "kiosk-1")
    bindings.adopt(without("kiosk-1"))
    assert not bindings.admits("kiosk", "kiosk-1")


def test_a_kiosk_stands_on_its_floor_and_an_unbound_one_on_the_first() -> None:
    upstairs = next(each for each in DEFAULT.devices if each.kind == "kiosk" and each.floor not in (None, 1))
    bindings = Bindings(HALL, DEFAULT, "open")
    assert bindings.kiosk_floor(upstairs.id) == upstairs.floor
    assert bindings.kiosk_floor("kiosk-99") == 1
