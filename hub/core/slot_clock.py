"""What the clock brings about in appointments: days laid out, leases made and renewed, people who did not come.

Nothing waits in memory: what is missing is read from each day as it stands, so a hub that was off catches up at its
first look. A clock that stepped asks for nothing until a person confirmed the time.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import date, timedelta

from hub.core.appointments import Appointments, booking_code
from hub.core.hub import HUB, Hub, command_id
from hub.domain.slots.commands import LeaseUnits, PlanSlots
from hub.domain.slots.plan import SlotsPlan
from hub.domain.slots.planning import slots_for
from hub.domain.slots.upkeep import leases_wanted, no_shows, renewals
from hub.log.entry import NoRoom, Outcome

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
DAYS_BACK = 1
"""Bookings of yesterday that nobody came for, when the hub was off at the time."""


class SlotClock:
    """``problem``: why it waits, or empty."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._desk: Appointments = hub.appointments
        self._planned: dict[str, tuple[object, SlotsPlan]] = {}
        self.problem = ""

    async def run(self) -> None:
        """Until cancelled. A full disk is waited out."""
        while True:
            try:
                await self.look()
                self.problem = ""
            except NoRoom:
                self.problem = "no-room"
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Ask for all that is due now. Raises ``NoRoom``."""
        hub = self._hub
        if not hub.today or hub.clock_state().frozen or hub.clock.stepped:
            return
        for name in self._desk.days():
            await self._keep(name)
        before = (date.fromisoformat(hub.today) - timedelta(days=DAYS_BACK)).isoformat()
        await self._miss(before)
        await self._miss(hub.today)
        hub.writer.let_go("slots/" + (date.fromisoformat(before) - timedelta(days=1)).isoformat())

    async def _keep(self, name: str) -> None:
        hub, day = self._hub, self._desk.day(name)
        plan = self._plan(name)
        if plan.slots or day.slots:
            if (day.planned, day.timezone, day.late_ms, day.lease_ms) != (
                plan.slots,
                plan.timezone,
                plan.late_ms,
                plan.lease_ms,
            ):
                _look(await hub.submit(PlanSlots(name, hub.now(), plan), actor=HUB))
            now = hub.now()
            asked = [
                hub.submit(
                    LeaseUnits(
                        name, now, each.lease, each.slot, tuple(booking_code() for _ in range(each.units)), each.expires
                    ),
                    actor=HUB,
                )
                for each in leases_wanted(day, now)
            ]
            asked += [hub.submit(command, actor=HUB, key=command_id(key)) for key, command in renewals(day, name, now)]
            for outcome in await asyncio.gather(*asked):
                _look(outcome)

    async def _miss(self, name: str) -> None:
        hub = self._hub
        for key, command in no_shows(self._desk.day(name), name, hub.now()):
            _look(await hub.submit(command, actor=HUB, key=command_id(key)))

    def _plan(self, name: str) -> SlotsPlan:
        """Made again only when the hall's profile or calendar is another."""
        hub = self._hub
        hall = hub.hall()
        ruling = hall.ruling(name)
        assert ruling is not None, "a hub that started has a profile"
        from_these = (hub.today, ruling.version, hall.calendar.version)
        held = self._planned.get(name)
        if held is None or held[0] != from_these:
            plan = slots_for(ruling.profile, hall.calendar, name, hub.always)
            held = self._planned[name] = (from_these, plan)
            for other in [each for each in self._planned if each < hub.today]:
                del self._planned[other]
        return held[1]


def _look(outcome: Outcome) -> None:
    if not outcome.ok:
        if b'"no-room"' in outcome.reply:
            raise NoRoom(outcome.reply.decode())
        log.error("appointments could not be kept", extra={"facts": {"outcome": outcome.reply.decode()}})
