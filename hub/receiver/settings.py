"""What the receiver is told: by a TOML file, the environment (``HALLHUB_RECEIVER_…``) over it, and the command line."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hub.settings import SettingsInvalid

PREFIX = "HALLHUB_RECEIVER_"


class ReceiverSettings(BaseModel):
    """``url``: ``postgresql://…``, ``sqlite:///PATH`` or ``memory:``. ``files``: where uploaded files lie.

    ``listen``: ``HOST:PORT``; off loopback it needs ``certificate``, with ``key`` unless that is in the same file, and
    ``client_ca``: halls show certificates of that authority, none that ``crl`` names. ``halls``: the file of the halls'
    public signing keys, and
    ``signing_key`` the city's own (``city.signing.pem`` beside it). ``authority``: the folder of the authority, only
    where halls renew their certificates over the line. ``city_listen``: the city's
    interface and the page on an address of their own, where no client certificate is asked for; empty: with the rest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = "sqlite:///var/receiver.db"
    files: Path = Path("var/receiver-files")
    listen: str = "127.0.0.1:8090"
    city_listen: str = ""
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    crl: Path | None = None
    halls: Path | None = None
    signing_key: Path | None = None
    authority: Path | None = None
    snapshots: bool = False
    stale_minutes: Annotated[int, Field(ge=1)] = 10
    file_mb: Annotated[int, Field(ge=1, le=2000)] = 50
    memory_mb: Annotated[int, Field(ge=4)] = 64

    @field_validator("listen", "city_listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        host, colon, port = listen.rpartition(":")
        if listen and (not colon or not host or not port.isdigit() or int(port) > 65535):
            raise ValueError("应写作 主机:端口 / use HOST:PORT")
        return listen

    def check(self) -> None:
        """Raises ``SettingsInvalid`` for a way to listen that would let anybody write a hall's history."""
        if self.certificate is None and self.key is not None:
            raise SettingsInvalid("只有 key 没有 certificate / a key needs its certificate")
        if not is_loopback(self.listen) and (self.certificate is None or self.client_ca is None or self.halls is None):
            raise SettingsInvalid(
                f"listen = {self.listen} 不是本机地址，须设置 certificate、key、client_ca 与 halls / "
                f"is off loopback: set certificate, key, client_ca and halls"
            )
        if self.city_listen and not is_loopback(self.city_listen) and self.certificate is None:
            raise SettingsInvalid("city_listen 不是本机地址，须设置 certificate 与 key / needs certificate and key")

    def check_files(self) -> None:
        """Raises ``SettingsInvalid`` for a file of these settings that is not there."""
        for name in ("certificate", "key", "client_ca", "crl"):
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                raise SettingsInvalid(f"{name} = {path}: 没有这个文件 / there is no such file")


def is_loopback(listen: str) -> bool:
    host = listen.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load(path: Path | None, environment: Mapping[str, str] | None = None, **told: object) -> ReceiverSettings:
    """``told``: of the command line; None is untold. Raises ``SettingsInvalid``."""
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsInvalid(f"{path}: 无法读取 / cannot be read: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"{path}: 不是正确的 TOML / is not valid TOML: {error}") from None
    for name, value in (os.environ if environment is None else environment).items():
        if name.startswith(PREFIX):
            values[name.removeprefix(PREFIX).lower()] = value
    values.update({name: value for name, value in told.items() if value is not None})
    try:
        settings = ReceiverSettings.model_validate(values)
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise SettingsInvalid("\n".join(problems)) from None
    settings.check()
    return settings
