"""The demo's attendants, through the API of a running hall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from hub.demo.agenda import Stepped
from hub.demo.api_client import ApiClient
from hub.demo.attendants import ROUND_MS, Attendants
from hub.demo.equipment import Equipment
from hub.demo.hall_day import HallDay
from hub.demo.visits import visits_of
from hub.domain.queue import commands as c
from hub.domain.queue.state import Ticket
from tests.demo.test_visits import PHONE, PLAN
from tests.web.running import Hall, running_hall

ROUNDS = 6


class Floor:
    """A hall where somebody without a phone is called at window 101."""

    def __init__(self, hall: Hall, tablet: ApiClient) -> None:
        self.hall = hall
        self.day = HallDay(Stepped(hall.clock), tablet, cast("Equipment", None), PLAN, 3)
        self.attendants = Attendants(self.day, tablet)

    async def do(self, command: c.QueueCommand) -> None:
        outcome = await self.hall.hub.submit(command, actor="test")
        assert outcome.ok, outcome.reply

    async def called(self, recalls: int, phone: str | None = None) -> Ticket:
        hub, today = self.hall.hub, self.hall.hub.today
        ticket = hub.ticket_id()
        number = None if phone is None else hub.phone(phone)
        await self.do(c.TakeTicket(today, hub.now(), ticket, "A", phone=number))
        await self.do(c.CallNext(today, hub.now(), "101"))
        for _ in range(recalls):
            await self.do(c.RecallTicket(today, hub.now(), "101"))
        return hub.day().tickets[ticket]

    async def walk(self) -> None:
        """Some rounds pass."""
        self.attendants.expect()

        async def enough() -> None:
            self.day.agenda.stop()

        self.day.agenda.at(self.day.now() + ROUNDS * ROUND_MS, enough)
        await self.day.agenda.run()
        assert self.day.agenda.failures == 0


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with running_hall(tmp_path) as hall:
        tablet = ApiClient(hall.url, hall.tokens["attendant"])
        yield Floor(hall, tablet)
        await tablet.close()


async def test_who_is_recalled_enough_is_looked_for_and_then_found_or_confirmed_absent(floor: Floor) -> None:
    ticket = await floor.called(3)
    await floor.walk()
    assert floor.attendants.looked >= 1
    found = ticket.number in floor.day.returned
    assert found == (ticket.looked_at is None)
    assert found == (floor.attendants.brought > 0)


@pytest.mark.parametrize(("recalls", "phone"), [(2, None), (3, "13800138000")])
async def test_nobody_is_looked_for_too_early_or_who_has_a_phone(floor: Floor, recalls: int, phone: str | None) -> None:
    ticket = await floor.called(recalls, phone)
    await floor.walk()
    assert (floor.attendants.looked, ticket.looked_at) == (0, None)


async def test_a_hall_without_that_rule_sends_nobody_on_rounds(floor: Floor) -> None:
    policy = replace(PLAN.policy, missed=replace(PLAN.policy.missed, look_without_phone=False))
    floor.day.plan = replace(PLAN, policy=policy)
    await floor.called(3)
    await floor.walk()
    assert floor.attendants.looked == 0


async def test_elderly_people_without_a_phone_get_their_number_from_an_attendant(floor: Floor) -> None:
    visits = [visit for visit in visits_of(PLAN, PHONE, 1, 400) if visit.errand.slot is None]
    helped = [visit for visit in visits if floor.attendants.helps(visit)]
    assert helped
    assert all(visit.phone is None and visit.priority is not None for visit in helped)
    reply = await floor.attendants.issue(helped[0])
    again = await floor.attendants.issue(helped[0])
    ticket = floor.hall.hub.day().tickets[reply.ticket]
    assert (again.number, ticket.priority, ticket.has_phone) == (reply.number, helped[0].priority, False)
    assert ticket.note


async def test_who_has_an_appointment_checks_in_with_an_attendant(floor: Floor) -> None:
    booked = next(visit for visit in visits_of(PLAN, PHONE, 1, 400) if visit.errand.slot is not None)
    hub = floor.hall.hub
    visit = replace(booked, errand=replace(booked.errand, slot=hub.now() + 60_000))
    assert floor.attendants.helps(visit)
    reply = await floor.attendants.issue(visit)
    assert hub.day().tickets[reply.ticket].slot == hub.now() + 60_000


async def test_a_missed_number_is_reinstated(floor: Floor) -> None:
    ticket = await floor.called(0, "13800138000")
    hub = floor.hall.hub
    await floor.do(c.MissTicket(hub.today, hub.now(), "101"))
    await floor.attendants.reinstate(ticket.number)
    assert ticket.state == "waiting"
