"""A filled hall with its pages on a real socket: 58 windows at ten in the morning of a working Monday.

``python -m tests.browser.hall [PORT]`` serves it until interrupted, to look at the pages by hand.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.core.submission import Command
from hub.domain.queue import commands as c
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.log.subjects import Subjects
from hub.web import assets, pages
from hub.web.access.store import AccessStore
from hub.web.app import build_app, close_app
from hub.web.live import Live
from hub.web.server import Listen, WebServer
from hub.web.site import DevicePresence, WebOptions
from tests.web.running import HASHED, MONDAY_AT_TEN

MINUTE = 60_000
PAPER = Path(__file__).with_name("paper.png")


@dataclass
class Demo:
    hub: Hub
    clock: ManualClock
    access: AccessStore
    live: Live = field(init=False)
    app: FastAPI = field(init=False)
    server: WebServer = field(init=False)

    @property
    def url(self) -> str:
        return self.server.url

    async def do(self, command: Command) -> None:
        outcome = await self.hub.submit(command, actor="test")
        assert outcome.ok, outcome.reply

    async def free_window(self, floor: int) -> str:
        """An open window there with nobody at it; a visit is finished when there is none. A second passes."""
        self.clock.advance(1000)
        day = self.hub.day()
        here = [window for window in day.windows.values() if window.floor == floor and window.state == "open"]
        free = [window for window in here if window.active is None]
        if free:
            return free[0].number
        await self.do(c.FinishService(self.hub.today, self.hub.now(), here[0].number))
        return here[0].number

    async def take(self, category: str, **more: object) -> str:
        ticket = self.hub.ticket_id()
        await self.do(c.TakeTicket(self.hub.today, self.hub.now(), ticket, category, **more))  # type: ignore[arg-type]
        return ticket


async def fill(demo: Demo, *, visits: int = 260) -> None:
    """An hour of a busy morning, the same every time."""
    hub, chance = demo.hub, random.Random(7)
    today = hub.today
    demo.clock.step(-60 * MINUTE)
    hub.clock.confirm()
    windows = list(hub.day().windows)
    for number in windows:
        if number not in ("103", "205", "206", "312"):
            await demo.do(c.OpenWindow(today, hub.now(), number))
            await demo.do(c.SignInClerk(today, hub.now(), number, f"clerk-{number}"))
    letters = "AAABBBCCDDEEEEFFFGGHHIJKLLMMMNNOOPQ"
    for _ in range(visits):
        demo.clock.advance(60 * MINUTE // visits)
        priority = "elderly" if chance.random() < 0.12 else None
        phone = hub.phone("13800001111") if chance.random() < 0.6 else None
        await demo.take(chance.choice(letters), floor=chance.choice((1, 1, 2, 3)), priority=priority, phone=phone)
        for number in chance.sample(windows, 5):
            await _move(demo, number, chance)
    for number in chance.sample(windows, 2):
        window = hub.day().windows[number]
        if window.state == "open" and window.active is None:
            await demo.do(c.PauseWindow(today, hub.now(), number, "换班"))


async def rush(demo: Demo) -> None:
    """Fifty more minutes in which twice as many come as the hall can do, and clerks go to lunch all the same."""
    hub, chance = demo.hub, random.Random(11)
    letters = "AAABBBCCDDEEEEFFFGGHHIJKLLMMMNNOOPPQ"
    windows = list(hub.day().windows)
    for number in chance.sample(windows, 10):
        if hub.day().windows[number].state == "open":
            why = chance.choice(("午餐", "午餐", "会议", "设备故障"))
            await demo.do(c.PauseWindow(hub.today, hub.now(), number, why, anyway=True))
    for _ in range(600):
        demo.clock.advance(50 * MINUTE // 600)
        priority = "elderly" if chance.random() < 0.12 else None
        await demo.take(chance.choice(letters), floor=chance.choice((1, 2, 3)), priority=priority)
        for number in chance.sample(windows, 2):
            await _move(demo, number, chance)


async def _move(demo: Demo, number: str, chance: random.Random) -> None:
    hub, today = demo.hub, demo.hub.today
    window = hub.day().windows[number]
    if window.state != "open":
        return
    if window.active is None:
        await demo.do(c.CallNext(today, hub.now(), number))
        return
    ticket = hub.day().tickets[window.active]
    if ticket.state == "called":
        luck = chance.random()
        if luck < 0.06 and ticket.has_phone:
            await demo.do(c.MissTicket(today, hub.now(), number))
        else:
            await demo.do(c.StartService(today, hub.now(), number))
    elif chance.random() < 0.2:
        if chance.random() < 0.1:
            await demo.do(c.ParkTicket(today, hub.now(), number, "复印材料"))
        else:
            await demo.do(c.FinishService(today, hub.now(), number))


def presences(demo_hub: Hub) -> list[DevicePresence]:
    """Every registered device online, but for three that somebody should look at."""
    now = demo_hub.now()
    trouble = {"printer-2": "paper-low", "printer-5": "paper-out"}
    lost = {"board-floor-2"}
    return [
        DevicePresence(
            device.id, device.kind, "lost" if device.id in lost else "online", now - 25 * MINUTE, trouble.get(device.id)
        )
        for device in demo_hub.profile().devices
    ]


async def open_pages(demo: Demo, port: int) -> None:
    """The web floor on a port, as a started process would open it."""
    files = assets.load()
    live = Live(demo.hub.boot, files.version)
    hub = demo.hub
    app = build_app(
        hub, demo.access, live, WebOptions("http://hall.test", secure=False), devices=lambda: presences(hub)
    )
    pages.register(app, files, papers=lambda device: [PAPER.read_bytes()] if device == "printer-1" else None)
    hub.listen(live.on_committed)
    demo.live, demo.app = live, app
    demo.server = WebServer(app, live, Listen("127.0.0.1", port))
    await demo.server.start()


async def close_pages(demo: Demo) -> int:
    """Stop the web floor; the port it had."""
    port = demo.server.port
    await demo.server.stop()
    await close_app(demo.app)
    return port


@asynccontextmanager
async def demo_hall(folder: Path, *, port: int = 0, filled: bool = True) -> AsyncIterator[Demo]:
    clock = ManualClock(MONDAY_AT_TEN)
    keys = Keys(None)
    hub = Hub(MemoryLog(), hub_codec(keys), Subjects(bytes(32)), clock, StatePaths.of(folder / "hall.db"))
    await hub.start(default_profile())
    access = AccessStore(folder / "hall.access.db")
    for name in ("clerk", "attendant", "supervisor", "administrator"):
        access.create_account(name, name, HASHED, must_change=False)
    demo = Demo(hub, clock, access)
    if filled:
        await fill(demo)
    await open_pages(demo, port)
    try:
        yield demo
    finally:
        await close_pages(demo)
        access.close()
        keys.close()


async def serve(port: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with demo_hall(Path(folder), port=port) as demo:
            print(demo.url, flush=True)
            while True:
                await asyncio.sleep(1)
                demo.clock.advance(1000)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
