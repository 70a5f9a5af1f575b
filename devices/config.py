"""What is written down about one device: a TOML file read once, with errors that name the key."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from devices.kinds import KINDS, kind_named
from devices.wire.codec import malformed
from devices.wire.link import BrokerUrl
from devices.wire.messages import Place
from devices.wire.topics import Address

T = TypeVar("T")


class ConfigError(ValueError):
    """A file that cannot be used; the text names the key and says why."""


@dataclass(frozen=True, slots=True)
class MqttTable:
    """`url` like `mqtt://user:password@host:1883`; `ca_file` for `mqtts` with an authority of the house."""

    url: str
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device. `state` is the directory of its outbox and ledger; without it they do not outlive the process."""

    address: Address
    broker: BrokerUrl
    ca_file: str | None = None
    state: Path | None = None
    place: Place | None = None
    options: object = None


@dataclass(frozen=True, slots=True)
class _File:
    hall: str
    id: str
    mqtt: MqttTable
    state: str | None = None
    place: Place | None = None
    options: dict[str, object] = field(default_factory=dict[str, object])


def read(kind: str, path: Path) -> DeviceConfig:
    """The device of a TOML file. Raises `ConfigError`."""
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    try:
        return _config(kind, table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def _config(kind: str, table: Mapping[str, object]) -> DeviceConfig:
    if kind not in KINDS:
        raise ConfigError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    file = _convert(table, _File, "")
    _refuse_unknown(file_part(table, "mqtt"), MqttTable, "mqtt")
    _refuse_unknown(file_part(table, "place"), Place, "place")
    try:
        address = Address(file.hall, kind, file.id)
    except ValueError as error:
        raise ConfigError(str(error).replace("device:", "id:")) from None
    try:
        broker = BrokerUrl.parse(file.mqtt.url)
    except ValueError as error:
        raise ConfigError(f"mqtt.url: {error}") from None
    return DeviceConfig(
        address=address,
        broker=broker,
        ca_file=file.mqtt.ca_file,
        state=None if file.state is None else Path(file.state),
        place=file.place,
        options=_convert(file.options, kind_named(kind).options, "options"),
    )


def file_part(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The sub-table of a name, empty when it is not there."""
    part: Any = table.get(name, {})
    return part


def _convert(table: Mapping[str, object], shape: type[T], where: str) -> T:
    _refuse_unknown(table, shape, where)
    prefix = f"{where}." if where else ""
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        reason = malformed(error)
        raise ConfigError(f"{prefix}{reason.field}: {reason.why}") from None


def _refuse_unknown(table: Mapping[str, object], shape: type[Any], where: str) -> None:
    known = [item.name for item in fields(shape)]
    prefix = f"{where}." if where else ""
    for key in table:
        if key not in known:
            raise ConfigError(f"{prefix}{key}: unknown key; known are {', '.join(known) or 'none'}")


def example(kind: str) -> str:
    """A file for a device of a kind, every key with its default, for `--help`."""
    lines = ['hall = "hall"', f'id = "{kind}-1"', 'state = "/var/lib/hallhub-device"', ""]
    lines += ["[mqtt]", 'url = "mqtt://user:password@127.0.0.1:1883"', ""]
    lines += ["[place]        # any of them", 'window = "112"', 'kiosk = "K1"', 'floor = "1"', 'scope = "hall"']
    options = fields(kind_named(kind).options)
    if options:
        lines += ["", "[options]"]
    for option in options:
        default = option.default_factory() if option.default_factory is not MISSING else option.default
        value = "..." if default is MISSING or default is None else msgspec.json.encode(default).decode()
        lines.append(f"{option.name} = {value}")
    return "\n".join(lines)
