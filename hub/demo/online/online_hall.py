"""The online hall beside a demo's hub: a receiver in a process of its own, keys, and a line that can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from hub.core.clock import FastClock, ManualClock
from hub.demo.api_client import ApiClient
from hub.demo.fault_proxy import FaultProxy
from hub.demo.online.asking import LINE_BYTES, Compare, Comparison, Task, Tick
from hub.demo.options import DemoFailed
from hub.settings import SyncSettings
from hub.sync.identity import Identity, load_identity, new_identity, save_identity
from hub.sync.keyring import KeyRing
from hub.sync.trust_paths import TrustPaths

FOLDER: Final = "online"
END_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1
TICK_SECONDS: Final = 2.0
SILENT_SECONDS: Final = 45.0
"""Of the machine's time; a quiet hub is heard every 25 s, however fast the demo's clock runs."""
_KEPT_ENV: Final = ("PYTHONPATH", "LANG", "PATH", "PYTHONIOENCODING")


class _AsOf(msgspec.Struct):
    position: int


class _Hall(msgspec.Struct):
    hall: str
    as_of: _AsOf


class _Halls(msgspec.Struct):
    halls: list[_Hall]


class OnlineHall:
    """``settings``: the hub's end of the line. ``url``: the receiver's page. ``proxy``: the line, to be cut.

    ``api``: the city's interface, as the programs of the online hall use it.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        clock: FastClock | ManualClock,
        url: str,
        hall: str,
        proxy: FaultProxy,
        secret: str,
    ) -> None:
        self._process = process
        self._clock = clock
        self._turn = asyncio.Lock()
        self.url = url
        self.hall = hall
        self.proxy = proxy
        self.settings = SyncSettings(url=f"http://127.0.0.1:{proxy.port}", hall=hall)
        self.api = ApiClient(url, secret)

    async def tick(self) -> None:
        """The receiver's clock shows the demo's time when this returns. Raises ``DemoFailed`` where it has ended."""
        await self._ask(tick_of(self._clock))

    async def keep_time(self) -> None:
        """Until cancelled: who only looks at its page sees the demo's time too."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.tick()

    async def quiet(self, head: int) -> bool:
        """Waits until everything up to ``head`` is received and counted in; whether it came to that in time."""
        for _ in range(int(PATIENCE_SECONDS / _LOOK_SECONDS)):
            known = (await self.api.get("/city/v1/halls", _Halls)).halls
            if any(each.hall == self.hall and each.as_of.position >= head for each in known):
                return True
            if self.proxy.is_cut:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return False

    async def compare(self, log: str, keys: Path) -> Comparison:
        """The receiver's side against the hub's own log, in the receiver's process. Raises ``DemoFailed``."""
        answer = await self._ask(Compare(self.hall, log, str(keys)))
        return msgspec.json.decode(answer, type=Comparison)

    async def _ask(self, asked: Tick | Compare) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn:
            with suppress(ConnectionError):
                self._process.stdin.write(msgspec.json.encode(asked) + b"\n")
                await self._process.stdin.drain()
            answer = await self._process.stdout.readline()
        if not answer:
            raise DemoFailed("网上大厅的进程意外结束。The process of the online hall has ended.")
        return answer


@contextlib.asynccontextmanager
async def online_hall(
    state: Path, log: Path, hall: str, clock: FastClock | ManualClock, *, cut: bool = False
) -> AsyncGenerator[OnlineHall]:
    """A receiver with its state in ``state``, for the hub whose log is ``log``.

    ``cut``: begin in the dark. Raises ``DemoFailed``.
    """
    folder = state / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ring, own = folder / "halls.json", folder / "city.signing.pem"
    exchange_keys(log, hall, ring, own)
    secret = secrets.token_urlsafe(24)
    speed = clock.speed if isinstance(clock, FastClock) else 1.0
    stale = max(10, round(SILENT_SECONDS * speed / 60))
    url, files = f"sqlite:///{(folder / 'receiver.db').absolute()}", str(folder / "files")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "hub.demo.online.city_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES,
        env={name: value for name, value in os.environ.items() if name in _KEPT_ENV},
        # Ctrl-C is for the demo, which ends it once the hub has said its last
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(
            msgspec.json.encode(
                Task(url, files, str(ring.absolute()), str(own.absolute()), secret, stale, tick_of(clock))
            )
            + b"\n"
        )
        address = (await process.stdout.readline()).decode().strip()
        if not address:
            raise DemoFailed("网上大厅没有启动。The online hall did not start.")
        parts = urlsplit(address)
        assert parts.hostname is not None
        assert parts.port is not None
        async with FaultProxy(parts.hostname, parts.port) as proxy:
            if cut:
                proxy.cut()
            made = OnlineHall(process, clock, address, hall, proxy, secret)
            keeping = asyncio.create_task(made.keep_time())
            try:
                yield made
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)
                await made.api.close()
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def exchange_keys(log: Path, hall: str, ring: Path, city: Path) -> None:
    """Each side has a signing key, the city's in ``city``, and knows the other's, the city those in ``ring``. Twice is
    once.
    """
    ours = TrustPaths.of(log)
    KeyRing(ring).add(hall, _identity(ours.signing).public, 0)
    KeyRing(ours.online).add("online", _identity(city).public, 0)


def tick_of(clock: FastClock | ManualClock) -> Tick:
    return Tick(clock.now(), clock.speed if isinstance(clock, FastClock) else 0.0)


def _identity(path: Path) -> Identity:
    with suppress(FileExistsError):
        save_identity(new_identity(), path)
    return load_identity(path)
