"""The brokers that tests run against: the embedded one, and mosquitto as in production.

Both can be guarded by the same rules (`guarded`): user `pad` with password `right`, user `hub` with `master`;
`hub` may everything, others may everything below `open/`, may write to `inbox/` and hear nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.mqtt.broker import Broker
from hub.mqtt.broker_limits import Limits

from .raw_client import close_all

USERS = {"pad": "right", "hub": "master"}
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed (apt install mosquitto)")
BOTH = ["embedded", pytest.param("mosquitto", marks=[pytest.mark.mosquitto, needs_mosquitto])]

PRODUCTION = "set_tcp_nodelay true\nmax_inflight_messages 0\nmax_queued_messages 100000\n"


def authenticate(client_id: str, username: str | None, password: bytes | None) -> bool:
    return username is not None and password is not None and USERS.get(username) == password.decode()


def allow(client_id: str, username: str | None, action: str, topic: str) -> bool:
    if username == "hub" or topic.startswith("open/"):
        return True
    # As in mosquitto's file, a filter may be wider than what its owner may hear.
    return action == "subscribe" or (action == "publish" and topic.startswith("inbox/"))


@asynccontextmanager
async def embedded(*, guarded: bool = False, limits: Limits | None = None) -> AsyncIterator[tuple[Broker, int]]:
    """The broker and its port. What reaches the loop's exception handler fails the test."""
    faults: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: faults.append(context))
    async with Broker(authenticate if guarded else None, allow if guarded else None, limits) as broker:
        try:
            yield broker, await broker.start("127.0.0.1", 0)
        finally:
            await close_all()
    assert not faults, faults
    assert not broker.counters.closed["fault"]


@asynccontextmanager
async def mosquitto(folder: Path, *, guarded: bool = False) -> AsyncIterator[int]:
    """A mosquitto process of its own, with nothing stored; its port."""
    assert MOSQUITTO
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    lines = [f"listener {port} 127.0.0.1", PRODUCTION]
    if guarded:
        (folder / "users").write_text("".join(f"{user}:{_hashed(word)}\n" for user, word in USERS.items()))
        (folder / "rules").write_text(
            "user hub\ntopic readwrite #\nuser pad\ntopic readwrite open/#\ntopic write inbox/#\n"
        )
        for name in ("users", "rules"):
            (folder / name).chmod(0o600)
        lines += ["allow_anonymous false", f"password_file {folder}/users", f"acl_file {folder}/rules"]
    else:
        lines.append("allow_anonymous true")
    if os.geteuid() == 0:
        lines.append("user root")  # else it drops its rights and cannot read the files of this test
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    process = await asyncio.create_subprocess_exec(
        MOSQUITTO, "-c", str(config), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await _accepts(port, process)
        yield port
    finally:
        await close_all()
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _accepts(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(10):
        while True:
            assert process.returncode is None, "mosquitto ended before it listened"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)  # nothing announces that another process listens
            else:
                writer.close()
                await writer.wait_closed()
                return


def _hashed(word: str) -> str:
    salt = b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", word.encode(), salt, 101)
    return f"$7$101${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


@asynccontextmanager
async def broker_of(kind: str, folder: Path, *, guarded: bool = False) -> AsyncIterator[int]:
    """One of BOTH, by name; its port."""
    if kind == "embedded":
        async with embedded(guarded=guarded) as (_, port):
            yield port
    else:
        async with mosquitto(folder, guarded=guarded) as port:
            yield port
