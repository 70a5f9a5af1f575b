"""``hallhub receiver …``: the city's end of the line, a program of its own."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hub.ops import logging as logs
from hub.ops.faults import BUSY, DENIED, DONE, REFUSED, Fault
from hub.ops.notify import notify

if TYPE_CHECKING:
    from hub.receiver.settings import ReceiverSettings
    from hub.receiver.store import Store

TOKEN_PREFIX = "city_"  # noqa: S105 (how one begins)


def run(arguments: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT."""
    settings = _settings(arguments)
    settings.check_files()
    logs.set_up()
    from hub.log.lock import Lock
    from hub.receiver.backup import LOCK
    from hub.receiver.server import run as serve

    settings.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = Lock(settings.files / LOCK)
    try:
        asyncio.run(_explained(serve(settings, lambda urls: _tell(settings, urls))))
    finally:
        lock.close()
    return DONE


def create_token(arguments: argparse.Namespace) -> int:
    """The secret is the last word, and stands nowhere else."""
    from hub.receiver.desk import wall_ms

    id, secret = secrets.token_hex(4), TOKEN_PREFIX + secrets.token_urlsafe(32)
    with _opened(arguments) as store:
        store.add_token(id, hashlib.sha256(secret.encode()).digest(), cast("str", arguments.label), wall_ms())
    print(f"{id} {secret}")
    return DONE


def list_tokens(arguments: argparse.Namespace) -> int:
    with _opened(arguments) as store:
        for token in store.tokens():
            print(f"{token.id}  {'已吊销 revoked' if token.revoked_at else '有效 good':16}  {token.label}".rstrip())
    return DONE


def revoke_token(arguments: argparse.Namespace) -> int:
    from hub.receiver.desk import wall_ms

    with _opened(arguments) as store:
        if not store.revoke_token(cast("str", arguments.token), wall_ms()):
            raise Fault(REFUSED, f"没有令牌 {arguments.token}。", f"There is no good token {arguments.token}.")
    return DONE


def back_up(arguments: argparse.Namespace) -> int:
    from hub.receiver.backup import CannotCopy
    from hub.receiver.backup import back_up as copy

    try:
        made = copy(_settings(arguments), cast("Path", arguments.folder))
    except CannotCopy as error:
        raise Fault(REFUSED, str(error), "") from error
    print(f"{made.entries} 条记录 entries, {made.files} 个文件 files: {arguments.folder}")
    return DONE


def restore(arguments: argparse.Namespace) -> int:
    from hub.receiver.backup import CannotCopy
    from hub.receiver.backup import restore as put_back

    try:
        made = put_back(_settings(arguments), cast("Path", arguments.folder), force=bool(arguments.force_over))
    except CannotCopy as error:
        raise Fault(REFUSED, str(error), "") from error
    print(f"{made.entries} 条记录 entries, {made.files} 个文件 files")
    print("各大厅下次连线时会补齐之后的记录，并从头核对收件箱。")
    print("At its next contact each hall sends what came since and goes back in its inbox to where this one ends.")
    return DONE


def _settings(arguments: argparse.Namespace) -> ReceiverSettings:
    from hub.receiver.settings import load

    told = {name: getattr(arguments, name, None) for name in ("url", "listen", "files", "city_listen")}
    return load(cast("Path | None", getattr(arguments, "config", None)), **told)


class _opened:  # noqa: N801 (used like a function)
    """The store of the settings; what cannot be opened is told as a fault."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._url = _settings(arguments).url

    def __enter__(self) -> Store:
        from hub.receiver.open import open_store
        from hub.receiver.store import Unavailable

        try:
            self._store = open_store(self._url)
        except Unavailable as error:
            raise _unavailable(error) from error
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


async def _explained(serving: object) -> None:
    from collections.abc import Awaitable

    from hub.receiver.store import Unavailable
    from hub.sync.identity import BadKey

    try:
        await cast("Awaitable[None]", serving)
    except Unavailable as error:
        raise _unavailable(error) from error
    except BadKey as error:
        raise Fault(DENIED, str(error), "") from error


def _unavailable(error: Exception) -> Fault:
    return Fault(BUSY, f"数据库连不上（{error}）。", "The database cannot be reached.")


def _tell(settings: ReceiverSettings, urls: list[str]) -> None:
    from hub.receiver.signed import signatures

    print(f"大厅 Halls   {urls[0]}/sync/v1")
    print(f"网页 Page    {urls[-1]}/")
    print(f"存储 Store   {_shown(settings.url)}")
    signed = signatures(settings)
    if signed is not None:
        print(f"公钥 Key      {signed.public}  （各大厅须信任 every hall has to trust it）")
    else:
        print("试用方式：不校验签名，只在本机。 Trial: signatures are not verified, on this machine alone.")
    print("按 Ctrl-C 停止 Press Ctrl-C to stop", flush=True)
    notify("READY=1", f"STATUS={urls[0]}")


def _shown(url: str) -> str:
    """Without a password."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return url if not parts.password else url.replace(f":{parts.password}@", ":…@", 1)
