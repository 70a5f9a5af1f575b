"""One simulated day on a running hub: people, clerks and mishaps, until the hall is closed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from devices.wire.link import BrokerUrl
from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient, ApiRefused
from hub.demo.attendants import Attendants
from hub.demo.casework.stories import STORIES
from hub.demo.casework.visitors import with_stories
from hub.demo.casework.work import CaseWork
from hub.demo.clerks import Clerks
from hub.demo.equipment import Equipment
from hub.demo.hall_day import HallDay
from hub.demo.mishaps import Mishaps
from hub.demo.online.online_day import OnlineDay
from hub.demo.public import Public
from hub.demo.visits import MINUTE, that_fit, visits_of
from hub.domain.queue.state import ENDED, FAILED, FINISHED, MISSED, PARKED, SERVING, QueueDay
from hub.web.access.roles import Role
from hub.web.access.store import AccessStore

if TYPE_CHECKING:
    from hub.compose import Running

TOLD_MS = 15 * MINUTE
LATEST_MS = 120 * MINUTE
"""How long after closing the supervisor waits for the last visitors."""
_LOOK_MS = 2 * MINUTE
_LABEL = "demo {role}"
_SETTLE_SECONDS = 1.5
_SETTLE_STEP = 0.002


@contextlib.asynccontextmanager
async def people_of(hall: Running, equipment: Equipment) -> AsyncGenerator[ApiClient]:
    """Devices plugged in and the supervisor's API client signed in; both leave before the hub does."""
    for _ in range(400):
        if hall.edge.ready:
            break
        await asyncio.sleep(0.025)
    mqtt = hall.settings.mqtt
    await equipment.start(BrokerUrl(mqtt.host, hall.mqtt_port, mqtt.username, mqtt.password, mqtt.tls))
    async with signed_in(hall, "supervisor") as api:
        try:
            yield api
        finally:
            await equipment.stop()


@contextlib.asynccontextmanager
async def signed_in(hall: Running, role: Role) -> AsyncGenerator[ApiClient]:
    """An API client with a token of its own, revoked afterwards."""
    token = await asyncio.to_thread(_fresh_token, hall.access, role)
    api = ApiClient(hall.web_url, token, hall.settings.web.certificate)
    try:
        yield api
    finally:
        await api.close()
        await asyncio.to_thread(_revoke, hall.access, role)


class Simulation:
    """``say`` hears a line now and then. ``online``: what the day has beside it, set before ``run``.

    After ``run`` the hall is closed, or ``stop`` was asked for.
    """

    def __init__(
        self,
        hall: Running,
        equipment: Equipment,
        api: ApiClient,
        tablet: ApiClient,
        agenda: Agenda,
        *,
        seed: int,
        visits: int,
        say: Callable[[str], None],
        cases: CaseWork | None = None,
    ) -> None:
        self._hall = hall
        self._say = say
        queue = hall.hub.day()
        plan = queue.plan
        assert plan is not None
        profile = hall.hub.profile()
        items: dict[str, tuple[str, ...]] = {}
        for item in profile.items:
            items[item.category] = (*items.get(item.category, ()), item.code)
        drawn = that_fit(visits_of(plan, profile.hall.phone, seed, visits, items), plan)
        if cases is not None:
            cases.agenda = agenda
            drawn, cases.opens, cases.collects = with_stories(drawn, plan, STORIES)
        self._cases = cases
        self.online: OnlineDay | None = None
        self.day = HallDay(agenda, api, equipment, plan, seed, drawn)
        self.attendants = Attendants(self.day, tablet)
        self.public = Public(self.day, self.attendants, self._wake, self._issued_in)
        self.clerks = Clerks(self.day, self.public, lambda window: self._queue.windows[window].state, cases)
        self.mishaps = Mishaps(self.day, self._unprinted)
        equipment.asked = self.public.asked
        self._remember(queue)

    async def run(self) -> None:
        """Until the day is closed."""
        day = self.day
        self.clerks.expect()
        self.public.expect()
        self.attendants.expect()
        self.mishaps.expect()
        if self._cases is not None:
            self._cases.resume()
        if self.online is not None:
            self.online.expect()
        closes = day.plan.closes
        assert closes is not None
        day.agenda.at(day.now() + TOLD_MS - day.now() % TOLD_MS, self._tell)
        day.agenda.at(max(closes, day.now()), self._close)
        if self._queue.closed:
            return
        await day.agenda.run()

    @property
    def _queue(self) -> QueueDay:
        return self._hall.hub.day_named(self.day.plan.date)

    def _unprinted(self, printer: str) -> list[str]:
        tickets = self._queue.tickets.values()
        wanted = [ticket for ticket in tickets if ticket.printer == printer and ticket.print_state == FAILED]
        return [ticket.number for ticket in wanted if ticket.state not in ENDED]

    def _issued_in(self, letter: str) -> int:
        """Without appointments."""
        tickets, booked = self._queue.tickets, self.checked_in().values()
        return self._queue.issued.get(letter, 0) - sum(tickets[each].number[0] == letter for each in booked)

    def checked_in(self) -> dict[str, str]:
        """Tickets of appointments, by code."""
        bookings = self._hall.hub.appointments.day(self.day.plan.date).bookings
        return {each.code: each.ticket for each in bookings.values() if each.ticket in self._queue.tickets}

    def _wake(self, category: str, floor: int) -> None:
        self.clerks.wake(category, floor)

    def _remember(self, queue: QueueDay) -> None:
        """After a restart everybody knows again what they did: tickets and visits of a category, in their order."""
        visits = {(visit.category, visit.turn): visit for visit in self.day.visits}
        turns: dict[str, int] = {}
        booked = set(self.checked_in().values())
        for ticket in queue.tickets.values():
            letter, visit = ticket.number[0], None
            if ticket.id not in booked:
                turn = turns[letter] = turns.get(letter, -1) + 1
                visit = visits.get((letter, turn))
            self.public.remember(ticket.number, ticket.id, visit, booked=ticket.id in booked)
            if ticket.transfers:
                self.day.moved.add(ticket.number)
            if ticket.reinstated or ticket.state in (SERVING, FINISHED):
                self.day.returned.add(ticket.number)
            if ticket.state == PARKED and ticket.window is not None:
                self.clerks.expect_copy(ticket.window, ticket.number, 5 * MINUTE)
            if ticket.state == MISSED and visit is not None and visit.back_after is not None:
                self.day.agenda.at(self.day.now() + MINUTE, partial(self.public.come_back, ticket.number))

    async def _tell(self) -> None:
        day, queue = self.day, self._queue
        self._say(progress(queue, day.now(), self._hall.hub.profile().hall.timezone))
        for line in self.mishaps.told:
            self._say(f"      · {line}")
        self.mishaps.told.clear()
        day.agenda.at(day.now() + TOLD_MS, self._tell)

    async def _close(self) -> None:
        """The supervisor closes the hall once the last clerk has left and the reviewers are done."""
        day = self.day
        closes = day.plan.closes
        assert closes is not None
        under_way = any(each is not None and each.under_way for each in (self._cases, self.online))
        if (self.clerks.working or under_way) and day.now() < closes + LATEST_MS:
            day.agenda.at(day.now() + _LOOK_MS, self._close)
            return
        with contextlib.suppress(ApiRefused):
            await day.api.post("/api/v1/day/close", {"why": "下班清场"}, dict, key=f"demo-close-{day.plan.date}")
        day.agenda.stop()


def progress(queue: QueueDay, now: int, timezone: str) -> str:
    """One line of how the day stands."""
    clock = datetime.fromtimestamp(now / 1000, ZoneInfo(timezone)).strftime("%H:%M")
    waiting = sum(len(line) for line in queue.lines.values())
    served = sum(ticket.state == FINISHED for ticket in queue.tickets.values())
    missed = sum(ticket.state == MISSED for ticket in queue.tickets.values())
    opened = sum(window.state == "open" for window in queue.windows.values())
    return (
        f"{clock} 取号 issued {len(queue.tickets):4d} · 等候 waiting {waiting:3d} · 办结 served {served:4d}"
        f" · 过号 missed {missed:2d} · 窗口 windows {opened:2d}"
    )


def settler(hall: Running) -> Callable[[], Awaitable[None]]:
    """Waits until devices have done what they were told; an order that nobody takes is waited for once only."""
    given_up = 0

    async def settle() -> None:
        nonlocal given_up
        given_up = min(given_up, hall.edge.orders.waiting)
        for _ in range(int(_SETTLE_SECONDS / _SETTLE_STEP)):
            if hall.edge.orders.waiting <= given_up:
                return
            await asyncio.sleep(_SETTLE_STEP)
        given_up = hall.edge.orders.waiting

    return settle


def _fresh_token(access: AccessStore, role: Role) -> str:
    _revoke(access, role)
    return access.create_token(role, _LABEL.format(role=role))


def _revoke(access: AccessStore, role: Role) -> None:
    for token in access.tokens():
        if token.label == _LABEL.format(role=role) and token.revoked_at is None:
            access.revoke_token(token.id)
