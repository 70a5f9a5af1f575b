"""Devices and web callers that go on through every death of the hub, and remember what they were promised."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from devices.wire.commands import Outcome, done
from devices.wire.link import BrokerUrl, aiomqtt_connector
from devices.wire.messages import Command, Description
from devices.wire.outbox import Outbox
from devices.wire.session import Backoff, DeviceSession, Refused, Unanswered
from devices.wire.topics import Address
from devices.wire.vocabulary import ButtonPressed, NumberReply, PrintTicket, TicketReply, TicketRequested
from hub.web.access.store import AccessStore

from .processes import HALL
from .waiting import until

LETTERS = "ABCD"
KIOSKS = ("kiosk-1", "kiosk-2")
PRINTERS = ("printer-1", "printer-2")
WINDOWS = ("101", "102")


class Fleet:
    """Two kiosks with a printer each, two windows' buttons, one web caller. ``busy`` cleared: nobody asks anything new.

    ``tickets``: actor → ticket id → number, of every answer that reached the asker.
    """

    def __init__(self, folder: Path, port: int, web: int, token: str, chance: random.Random) -> None:
        self._chance = chance
        self._web = f"http://127.0.0.1:{web}"
        self._token = token
        self.busy = asyncio.Event()
        self.busy.set()
        self.idle: set[str] = set()
        self.tickets: dict[str, dict[str, str]] = {}
        self.calls: dict[str, set[str]] = {}
        self.printed: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.unanswered = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.replayed = 0
        connect = aiomqtt_connector(BrokerUrl("127.0.0.1", port))
        self.sessions: dict[str, DeviceSession] = {}
        buttons = tuple(f"button-{window}" for window in WINDOWS)
        for kind, name in [
            *(("kiosk", each) for each in KIOSKS),
            *(("ticket_printer", each) for each in PRINTERS),
            *(("call_button", each) for each in buttons),
        ]:
            self.sessions[name] = DeviceSession(
                Address(HALL, kind, name),
                connect,
                description=Description("test", "1"),
                outbox=Outbox(folder / f"{name}.outbox"),
                backoff=Backoff(0.01, 0.1),
            )
        for name in PRINTERS:
            self.sessions[name].on_command("print-ticket", PrintTicket, self._print)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Fleet]:
        work = [session.run() for session in self.sessions.values()]
        work += [self._people(name) for name in KIOSKS]
        work += [self._clerk(window) for window in WINDOWS]
        work.append(self._web_caller())
        tasks = self._tasks = [asyncio.create_task(each) for each in work]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            for session in self.sessions.values():
                session.close()
        for each in ended:
            if isinstance(each, Exception):
                raise each

    async def rest(self) -> None:
        """Until everybody has had an answer and no event waits. Raises what somebody found wrong."""
        self.busy.clear()
        await until(self._at_rest, 60)

    def _at_rest(self) -> bool:
        for task in self._tasks:
            if task.done():
                task.result()
        waiting = any(each.unacknowledged for each in self.sessions.values())
        return self.idle == {*KIOSKS, *WINDOWS, "web"} and not waiting

    async def _pause(self, who: str) -> None:
        if not self.busy.is_set():
            self.idle.add(who)
            await self.busy.wait()
            self.idle.discard(who)
        await asyncio.sleep(self._chance.uniform(0, 0.004))

    async def _ask(self, name: str, type_: str, data: object, reply: type) -> object | None:
        try:
            return await self.sessions[name].ask(type_, data, reply, timeout=30)
        except Refused as refused:
            self.refused[refused.code] += 1
        except Unanswered:
            self.unanswered += 1
        return None

    async def _people(self, kiosk: str) -> None:
        mine = self.tickets.setdefault(f"kiosk/{kiosk}", {})
        for number in itertools.count():
            await self._pause(kiosk)
            phone = f"138{self._chance.randrange(10**8):08d}" if number % 2 else None
            asked = TicketRequested(category=self._chance.choice(LETTERS), phone=phone)
            told = await self._ask(kiosk, "ticket-requested", asked, TicketReply)
            if isinstance(told, TicketReply):
                assert told.ticket not in mine, "two asks got one ticket"
                mine[told.ticket] = told.number

    async def _clerk(self, window: str) -> None:
        button = f"button-{window}"
        while True:
            await self._pause(window)
            told = await self._ask(button, "call-next", ButtonPressed(window=window), NumberReply)
            if isinstance(told, NumberReply) and told.number is not None:
                self.calls.setdefault(told.number, set()).add(window)
                await self._ask(button, "finish", ButtonPressed(window=window), NumberReply)

    async def _print(self, command: Command, order: PrintTicket) -> Outcome:
        self.printed[command.id] += 1
        return done(number=order.number)

    async def _web_caller(self) -> None:
        mine = self.tickets.setdefault("web", {})
        headers = {"Authorization": f"Bearer {self._token}"}
        last: tuple[str, str, str] | None = None
        async with httpx.AsyncClient(base_url=self._web, headers=headers, timeout=5, trust_env=False) as client:
            for number in itertools.count():
                await self._pause("web")
                key, category = f"key-{self._chance.randrange(10**6)}-{number}", self._chance.choice(LETTERS)
                told = await self._until_answered(client, key, category)
                assert told["ticket"] not in mine, "two keys got one ticket"
                mine[told["ticket"]] = told["number"]
                if last is not None and number % 5 == 0:
                    again = await self._until_answered(client, last[0], last[1])
                    assert again["ticket"] == last[2]
                    self.replayed += 1
                last = (key, category, told["ticket"])

    async def _until_answered(self, client: httpx.AsyncClient, key: str, category: str) -> dict[str, str]:
        while True:
            try:
                answer = await client.post(
                    "/api/v1/tickets", json={"category": category}, headers={"Idempotency-Key": key}
                )
            except httpx.HTTPError:
                await asyncio.sleep(0.02)  # the hub is away; nothing announces that it is back
                continue
            assert answer.status_code == 201, answer.text
            found: dict[str, str] = answer.json()
            return found


def token_for(log: Path) -> str:
    """A bearer token of a hub that was never started."""
    access = AccessStore(log.with_name(f"{log.stem}.access.db"))
    try:
        return access.create_token("administrator", "test")
    finally:
        access.close()
