from pathlib import Path

import pytest

from devices.config import ConfigError, example, read
from devices.kinds import KINDS
from devices.wire.link import BrokerUrl
from devices.wire.messages import Place
from devices.wire.topics import Address

GOOD = """
hall = "dongcheng"
id = "B112"
state = "/var/lib/hallhub-device"
[mqtt]
url = "mqtt://b112:secret@hub:1884"
[place]
window = "112"
[options]
answer_seconds = 4
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "device.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read(tmp_path):
    config = read("call_button", write(tmp_path, GOOD))
    assert config.address == Address("dongcheng", "call_button", "B112")
    assert config.broker == BrokerUrl("hub", 1884, "b112", "secret")
    assert config.place == Place(window="112")
    assert config.state == Path("/var/lib/hallhub-device")
    assert config.options.answer_seconds == 4.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "B112"', "", "id: missing"),
        ('id = "B112"', 'id = "B 112"', "id: 'B 112'"),
        ('hall = "dongcheng"', 'hall = ""', "hall: ''"),
        ('hall = "dongcheng"', "hall = 5", "hall: Expected"),
        ('id = "B112"', 'id = "B112"\ncolour = "red"', "colour: unknown key; known are hall, id"),
        ('url = "mqtt', 'uri = "mqtt', "mqtt.url: missing"),
        ("[place]", "qos = 2\n[place]", "mqtt.qos: unknown key"),
        ('window = "112"', 'windows = "112"', "place.windows: unknown key; known are window"),
        ("answer_seconds = 4", "seconds = 4", "options.seconds: unknown key; known are answer_seconds"),
        ("answer_seconds = 4", 'answer_seconds = "4"', "options.answer_seconds: Expected"),
        ("mqtt://b112", "http://b112", "mqtt.url: an address like"),
        ("[place]", "[place", "device.toml"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path, old, new, said):
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        read("call_button", write(tmp_path, GOOD.replace(old, new, 1)))
    assert said in str(caught.value)
    assert "device.toml" in str(caught.value)


def test_a_missing_file_and_an_unknown_kind_are_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml"):
        read("kiosk", tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="toaster"):
        read("toaster", write(tmp_path, GOOD))


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_every_kind_can_be_read(tmp_path, kind):
    assert read(kind, write(tmp_path, example(kind))).address.kind == kind
