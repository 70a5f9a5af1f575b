"""What an installer sets: the file, the environment over it, and refusals that name the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.settings import SettingsInvalid, load_settings, variables


def test_without_anything_the_hub_listens_on_this_machine_only() -> None:
    settings = load_settings(None, {})
    assert settings.mqtt.embedded
    assert (settings.mqtt.host, settings.mqtt.port) == ("127.0.0.1", 1883)
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8080)
    assert settings.devices.admission == "approved"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text('hall = "one"\n[log]\nurl = "sqlite:///a.db"\n')
    settings = load_settings(file, {"HALLHUB_LOG_URL": "sqlite:///b.db", "HALLHUB_CONFIG": "ignored"})
    assert (settings.hall, settings.log.url) == ("one", "sqlite:///b.db")


def test_every_key_is_an_environment_variable() -> None:
    assert {"HALLHUB_HALL", "HALLHUB_MQTT_URL", "HALLHUB_LOG_URL", "HALLHUB_WEB_PUBLIC_URL"} <= set(variables())


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"HALLHUB_LOG_ULR": "x"}, "HALLHUB_LOG_ULR"),
        ({"HALLHUB_MQTT_URL": "http://x"}, "mqtt.url"),
        ({"HALLHUB_MQTT_URL": "mqtt://x:99999"}, "mqtt.url"),
        ({"HALLHUB_WEB_LISTEN": "8080"}, "web.listen"),
        ({"HALLHUB_WEB_PUBLIC_URL": "hall.example"}, "web.public_url"),
        ({"HALLHUB_QUEUE_HOURS": "never"}, "queue.hours"),
        ({"HALLHUB_HALL": "大厅"}, "hall"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsInvalid) as invalid:
        load_settings(None, environment)
    assert named in str(invalid.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('hal = "x"\n', "hal: "),
        ('[log]\npath = "x"\n', "log.path: "),
        ("[log\n", "TOML"),
        ('log = "x"\n', "log: "),
    ],
)
def test_a_file_with_unknown_keys_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(text)
    with pytest.raises(SettingsInvalid) as invalid:
        load_settings(file, {})
    assert named in str(invalid.value)
    assert str(file) in str(invalid.value)


def test_the_example_that_is_shipped_can_be_used() -> None:
    example = Path(__file__).parents[1] / "systemd" / "hub.toml.example"
    assert load_settings(example, {}).log.url == "sqlite:////var/lib/hallhub/hall.db"
