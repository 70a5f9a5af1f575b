"""A hall with its web floor on a real socket: hub on a log in memory, a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.domain.hall.profile import Device, HallProfile
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.log.subjects import Subjects
from hub.web.access.passwords import hash_password
from hub.web.access.roles import Role
from hub.web.access.store import AccessStore
from hub.web.app import build_app, close_app
from hub.web.live import Live
from hub.web.server import Listen, WebServer
from hub.web.site import DevicePresence, WebOptions

MONDAY_AT_TEN = int(datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)
PASSWORD = "correct-horse-battery"
HASHED = hash_password(PASSWORD)
KIOSK, PRINTER = "k1", "p1"


@dataclass
class Hall:
    """What a test holds of a running hall."""

    hub: Hub
    access: AccessStore
    live: Live
    clock: ManualClock
    server: WebServer
    app: FastAPI
    room: Callable[[int | None], None]
    tokens: dict[Role, str] = field(default_factory=dict[Role, str])

    @property
    def url(self) -> str:
        return self.server.url

    def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client with a bearer token, or a browser's without."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=5, trust_env=False)

    def staff(self, role: Role = "administrator") -> httpx.AsyncClient:
        return self.client(self.tokens[role])

    @asynccontextmanager
    async def signed_in(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser signed in to one of the accounts ``clerk``, ``attendant``, ``reviewer``, ``supervisor``, ``administrator``."""
        async with self.client(Origin=self.url) as browser:
            answer = await browser.post("/api/v1/session", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
            yield browser


def profile_with_kiosk() -> HallProfile:
    """The default profile with kiosk ``k1`` on floor 2 and its printer ``p1``, whatever else it registers."""
    profile = default_profile()
    own = (Device(KIOSK, "kiosk", floor=2), Device(PRINTER, "ticket_printer", kiosk=KIOSK))
    others = tuple(device for device in profile.devices if device.id not in (KIOSK, PRINTER))
    return replace(profile, devices=(*others, *own))


@asynccontextmanager
async def running_hall(
    folder: Path,
    *,
    options: WebOptions | None = None,
    listen: Listen | None = None,
    presence: Sequence[DevicePresence] = (),
    heartbeat: float = 4.0,
) -> AsyncIterator[Hall]:
    clock = ManualClock(MONDAY_AT_TEN)
    log = MemoryLog()
    keys = Keys(None)
    hub = Hub(log, hub_codec(keys), Subjects(bytes(32)), clock, StatePaths.of(folder / "hall.db"), always=True)
    await hub.start(profile_with_kiosk())
    access = AccessStore(folder / "hall.access.db")
    live = Live(hub.boot, "assets-1", heartbeat=heartbeat)
    hub.listen(live.on_committed)
    app = build_app(
        hub, access, live, options or WebOptions("http://hall.test", secure=False), devices=lambda: presence
    )
    server = WebServer(app, live, listen or Listen("127.0.0.1", 0))
    await server.start()
    hall = Hall(hub, access, live, clock, server, app, lambda room: setattr(log, "room", room))
    access.create_account("reviewer", "reviewer", HASHED, must_change=False, department="D101")
    roles: tuple[Role, ...] = ("clerk", "attendant", "supervisor", "administrator")
    for role in roles:
        access.create_account(role, role, HASHED, must_change=False)
        hall.tokens[role] = access.create_token(role, "test")
    try:
        yield hall
    finally:
        await server.stop()
        await close_app(app)
        access.close()
        keys.close()
        await asyncio.sleep(0)
