"""What an installer sets: a TOML file and the environment, typed. What a hall manager changes is in the profile.

``hall`` stands alone, everything else in a table; ``HALLHUB_LOG_URL`` is ``[log] url`` and wins over the file.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

PREFIX = "HALLHUB_"
CONFIG_VARIABLE = "HALLHUB_CONFIG"


class SettingsInvalid(Exception):
    """The settings cannot be used; the message names every key and what is wrong, in Chinese and English."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MqttSettings(_Table):
    """``url``: ``embedded://127.0.0.1:1883`` starts the hub's own broker there, ``mqtt://`` or ``mqtts://`` joins one.

    A user and password in the URL are those of the hub. ``ca`` is the authority of an ``mqtts`` broker.
    """

    url: str = "embedded://127.0.0.1:1883"
    ca: Path | None = None

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("embedded", "mqtt", "mqtts") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(
                "应写作 embedded://主机:端口 或 mqtt://主机:端口 / use embedded://HOST:PORT or mqtt://HOST:PORT"
            )
        _ = parts.port
        return url

    @property
    def embedded(self) -> bool:
        return urlsplit(self.url).scheme == "embedded"

    @property
    def tls(self) -> bool:
        return urlsplit(self.url).scheme == "mqtts"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        return (8883 if self.tls else 1883) if port is None else port

    @property
    def username(self) -> str | None:
        name = urlsplit(self.url).username
        return None if name is None else unquote(name)

    @property
    def password(self) -> str | None:
        word = urlsplit(self.url).password
        return None if word is None else unquote(word)


class LogSettings(_Table):
    """``url``: ``sqlite:///PATH``; all other state of the hub lies beside that file."""

    url: str = "sqlite:///var/hall.db"


class WebSettings(_Table):
    """``listen``: ``HOST:PORT``; off loopback it needs ``certificate`` and ``key`` (PEM files).

    ``public_url`` is the address under which phones reach the hub; without it tickets carry no QR code.
    """

    listen: str = "127.0.0.1:8080"
    certificate: Path | None = None
    key: Path | None = None
    public_url: str | None = None

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        host, colon, port = listen.rpartition(":")
        if not colon or not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("应写作 主机:端口 / use HOST:PORT")
        return listen

    @field_validator("public_url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if not url:
            return None
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError("应是 http:// 或 https:// 地址 / use an http:// or https:// address")
        return url.rstrip("/")

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class DeviceSettings(_Table):
    """``admission``: ``approved`` takes only devices of the profile's registry, ``open`` believes others too."""

    admission: Literal["open", "approved"] = "approved"


class QueueSettings(_Table):
    """``hours``: ``profile``, or ``always`` for benches and trials: no closing."""

    hours: Literal["profile", "always"] = "profile"


class MaterialSettings(_Table):
    """``file_mb``: the largest file that is taken. ``reserve_mb``: room on the disk that uploads leave to the log."""

    file_mb: Annotated[int, Field(ge=1, le=2000)] = 50
    reserve_mb: Annotated[int, Field(ge=0)] = 256


class ExportSettings(_Table):
    """``folder``: where daily files for the city's platforms are put; unset: none are made."""

    folder: Path | None = None


class SyncSettings(_Table):
    """``url``: the online hall's receiver, ``https://HOST``; unset, there is no line. ``hall``: its name there.

    ``certificate`` and ``key`` are this hall's for TLS, ``ca`` the receiver's authority, ``signing_key`` the key that
    names the hall (``docs/sync-trust.md``). ``serve``: the same resources are served here under ``/sync/v1``.
    """

    url: str | None = None
    hall: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    signing_key: Path | None = None
    serve: bool = False

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError("应是 https:// 地址 / use an https:// address")
        return url.rstrip("/")


class BackupSettings(_Table):
    """``recipients``: public keys (``hallhub backup-key``) for which backups are sealed; none: they are plain."""

    recipients: tuple[str, ...] = ()

    @field_validator("recipients", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


class Settings(_Table):
    """``hall``: the hall's id in every topic; unset, the published profile's."""

    hall: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None
    mqtt: MqttSettings = Field(default_factory=MqttSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    devices: DeviceSettings = Field(default_factory=DeviceSettings)
    queue: QueueSettings = Field(default_factory=QueueSettings)
    materials: MaterialSettings = Field(default_factory=MaterialSettings)
    exports: ExportSettings = Field(default_factory=ExportSettings)
    sync: SyncSettings = Field(default_factory=SyncSettings)
    backup: BackupSettings = Field(default_factory=BackupSettings)


def variables() -> dict[str, tuple[str, ...]]:
    """Every environment variable and the key it sets."""
    names: dict[str, tuple[str, ...]] = {}
    for name, field in Settings.model_fields.items():
        table = field.annotation
        if isinstance(table, type) and issubclass(table, BaseModel):
            for key in table.model_fields:
                names[f"{PREFIX}{name}_{key}".upper()] = (name, key)
        else:
            names[f"{PREFIX}{name}".upper()] = (name,)
    return names


def load_settings(path: Path | None, environment: dict[str, str] | None = None) -> Settings:
    """Settings of a file (None: none) with the environment over it. Raises ``SettingsInvalid``."""
    environment = dict(os.environ) if environment is None else environment
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsInvalid(f"{path}: 无法读取 / cannot be read: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"{path}: 不是正确的 TOML / is not valid TOML: {error}") from None
    known = variables()
    problems: list[str] = []
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
            continue
        keys = known.get(name)
        if keys is None:
            problems.append(f"{name}: 不认识的环境变量 / unknown variable; known: {', '.join(sorted(known))}")
        elif len(keys) == 1:
            values[keys[0]] = value
        else:
            table = values.setdefault(keys[0], {})
            if isinstance(table, dict):
                table[keys[1]] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        found = [(".".join(str(part) for part in each["loc"]), each["type"], each["msg"]) for each in error.errors()]
        problems.extend(_say(*each) for each in found)
    else:
        if not problems:
            return settings
    where = f"{path}: " if path is not None else ""
    raise SettingsInvalid("\n".join(f"{where}{problem}" for problem in problems))


def _say(key: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"{key}: 不认识的设置项 / unknown key"
    return f"{key}: {message.removeprefix('Value error, ')}"
