"""The attendants: on their rounds they look for people who were called and did not come, bring those they find, issue
numbers for elderly people without a phone, and reinstate for who has none.

They see what their tablet's API tells them and act through it, under a token of their own role.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial

import msgspec

from devices.wire.vocabulary import TicketReply
from hub.demo.api_client import ApiClient, ApiRefused, ApiUnreachable
from hub.demo.hall_day import HallDay
from hub.demo.visits import MINUTE, Visit

log = logging.getLogger(__name__)

ROUND_MS = MINUTE
"""From one look at the tablet to the next."""
FOUND = 0.4
"""Share of those without a phone who had only not heard their call."""
HELPED = 0.7
"""Share of the elderly without a phone who ask an attendant for a number."""
ESCORTED = 0.3
SEATS = ("前排", "中排", "后排", "服务台旁")
_WALK_S = (20, 90)


class _Active(msgspec.Struct):
    ticket: str
    number: str
    state: str
    recalls: int


class _Window(msgspec.Struct):
    window: str
    active: _Active | None


class _Ticket(msgspec.Struct):
    has_phone: bool
    state: str


class Attendants:
    """``tablet``: an API client with an attendant's token. ``looked`` counts looks, ``brought`` those found."""

    def __init__(self, day: HallDay, tablet: ApiClient) -> None:
        self._day = day
        self._tablet = tablet
        self._seen: set[str] = set()
        self.looked = 0
        self.brought = 0

    def expect(self) -> None:
        """Rounds until the day ends, when some must be looked for at all."""
        if self._day.plan.policy.missed.look_without_phone:
            self._day.agenda.at(self._day.now() + ROUND_MS, self._round)

    def helps(self, visit: Visit) -> bool:
        """Whether this visitor asks an attendant for a number; who has an appointment checks in with one."""
        if visit.errand.slot is not None:
            return True
        elderly = visit.priority is not None and visit.phone is None
        return elderly and self._day.draw("helped", visit.index).random() < HELPED

    async def issue(self, visit: Visit) -> TicketReply:
        """Raises ``ApiRefused`` or ``ApiUnreachable``."""
        draw = self._day.draw("attended", visit.index)
        body: dict[str, object] = {
            "category": visit.category,
            "floor": visit.floor,
            "priority": visit.priority,
            "items": visit.errand.items,
        }
        if visit.phone is not None:
            body["phone"] = visit.phone
        if visit.errand.slot is not None:
            body["slot"] = datetime.fromtimestamp(visit.errand.slot / 1000, UTC).isoformat()
        else:
            body["escort"] = draw.random() < ESCORTED
            body["note"] = draw.choice(SEATS)
        key = f"demo-{self._day.plan.date}-{self._day.seed}-{visit.index}"
        return await self._tablet.post("/api/v1/tickets", body, TicketReply, key=key)

    async def reinstate(self, number: str) -> None:
        """补号. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        key = f"demo-{self._day.plan.date}-back-{number}-{self._day.now()}"
        await self._tablet.post(f"/api/v1/tickets/{number}/reinstate", {}, TicketReply, key=key)

    async def _round(self) -> None:
        day = self._day
        day.agenda.at(day.now() + ROUND_MS, self._round)
        needed = day.plan.policy.missed.recalls_without_phone
        try:
            windows = await self._tablet.get("/api/v1/windows", list[_Window])
            for window in windows:
                active = window.active
                if active is None or active.state != "called" or active.recalls < needed or active.ticket in self._seen:
                    continue
                self._seen.add(active.ticket)
                ticket = await self._tablet.get(f"/api/v1/tickets/{active.ticket}", _Ticket)
                if not ticket.has_phone:
                    walk = int(day.draw("look", active.number).uniform(*_WALK_S) * 1000)
                    day.agenda.at(day.now() + walk, partial(self._look, active.ticket, active.number))
        except (ApiRefused, ApiUnreachable) as error:
            log.info("an attendant's round: %s", error)

    async def _look(self, ticket: str, number: str) -> None:
        day = self._day
        self.looked += 1
        self._seen.discard(ticket)  # called once more, they are looked for once more
        if number in day.returned or day.draw("found", number).random() < FOUND:
            self.brought += 1
            day.returned.add(number)
            return
        try:
            await self._tablet.post(f"/api/v1/tickets/{ticket}/absent", {}, dict, key=f"demo-look-{ticket}-{day.now()}")
        except (ApiRefused, ApiUnreachable) as error:
            log.info("the look for %s: %s", number, error)
