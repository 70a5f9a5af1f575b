"""Who is there, by state messages, wills and silence."""

from __future__ import annotations

from datetime import UTC, datetime

from devices.wire.messages import Description, State
from devices.wire.topics import Address
from hub.mqtt.presence import Presence

from .stands import at

PAD = at("rating_pad", "pad-101")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


class Heard:
    """A presence whose callbacks are written down."""

    def __init__(self) -> None:
        self.time = 1000
        self.online: list[Address] = []
        self.changed: list[Address] = []
        self.asked: list[Address] = []
        self.presence = Presence(lambda: self.time, self.online.append, self.changed.append, self.asked.append)

    def says(self, state: str, boot: str, *, will: bool = False) -> None:
        self.presence.heard(PAD, State(state, boot, None if will else NOON))  # type: ignore[arg-type]


def test_a_device_never_heard_is_not_online_and_asking_makes_no_record() -> None:
    heard = Heard()
    assert not heard.presence.online(PAD)
    assert not heard.presence.devices


def test_a_device_that_says_online_is_online_and_each_time_it_says_so_is_told() -> None:
    heard = Heard()
    heard.says("online", "b1")
    heard.time = 2000
    heard.says("online", "b1")
    assert heard.presence.online(PAD)
    assert heard.online == [PAD, PAD]
    assert heard.changed == [PAD]
    assert heard.presence.of(PAD).since == 1000


def test_the_will_of_the_living_boot_ends_its_presence() -> None:
    heard = Heard()
    heard.says("online", "b1")
    heard.time = 2000
    heard.says("lost", "b1", will=True)
    assert not heard.presence.online(PAD)
    assert heard.presence.of(PAD).since == 2000
    assert heard.changed == [PAD, PAD]
    assert heard.asked == []


def test_the_will_of_an_older_boot_changes_nothing_and_the_device_is_asked_again() -> None:
    heard = Heard()
    heard.says("online", "b2")
    heard.says("lost", "b1", will=True)
    device = heard.presence.of(PAD)
    assert (device.state, device.boot, device.lost_wills) == ("online", "b2", 1)
    assert heard.asked == [PAD]
    assert heard.changed == [PAD]


def test_a_will_of_an_older_boot_confirms_nobody() -> None:
    heard = Heard()
    heard.says("online", "b2")
    heard.presence.doubt_all()
    heard.says("lost", "b1", will=True)
    heard.presence.drop_unconfirmed()
    assert not heard.presence.online(PAD)


def test_a_goodbye_of_another_boot_is_believed_because_it_carries_a_time() -> None:
    heard = Heard()
    heard.says("online", "b1")
    heard.says("lost", "b2")
    assert not heard.presence.online(PAD)
    assert heard.presence.of(PAD).boot == "b2"


def test_a_will_that_is_the_first_word_of_a_device_is_believed() -> None:
    heard = Heard()
    heard.says("lost", "b1", will=True)
    assert heard.presence.of(PAD).boot == "b1"
    assert heard.asked == []


def test_a_sleeping_device_is_not_online_and_silence_does_not_make_it_lost() -> None:
    heard = Heard()
    heard.says("sleeping", "b1")
    heard.presence.doubt_all()
    heard.presence.drop_unconfirmed()
    assert heard.presence.of(PAD).state == "sleeping"
    assert not heard.presence.online(PAD)
    assert heard.online == []


def test_after_a_link_only_who_was_heard_again_stays() -> None:
    heard = Heard()
    heard.says("online", "b1")
    other = at("kiosk", "kiosk-1")
    heard.presence.heard(other, State("online", "k1", NOON))
    heard.presence.doubt_all()
    assert heard.presence.online(PAD)
    heard.time = 3000
    heard.says("online", "b1")
    heard.presence.drop_unconfirmed()
    assert heard.presence.online(PAD)
    assert not heard.presence.online(other)
    assert heard.presence.of(other).since == 3000
    assert heard.changed == [PAD, other, other]


def test_a_description_is_kept_and_makes_nobody_online() -> None:
    heard = Heard()
    heard.presence.described(PAD, Description("Pad 3", "1.2", 1, ("screen",)))
    device = heard.presence.of(PAD)
    assert (device.model, device.firmware, device.contract, device.capabilities) == ("Pad 3", "1.2", 1, ("screen",))
    assert not heard.presence.online(PAD)


def test_a_device_that_is_forgotten_leaves_no_record_and_is_told_once() -> None:
    heard = Heard()
    heard.says("online", "b1")
    heard.presence.forget(PAD)
    heard.presence.forget(PAD)
    assert PAD not in heard.presence.devices
    assert heard.changed == [PAD, PAD]
