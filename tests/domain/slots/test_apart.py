"""The hub and an online hall that sells on its own, hears of the hub late and is heard late, in any order of acts.

The online hall sells what it believes to be its own, also while the line is cut. Whatever it sold that way must be
taken by the hub when it is heard, no slot may ever be promised to more people than it holds, and whoever was promised a
place gets one ticket, also when nobody heard of the sale.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.domain.personal import Personal
from hub.domain.queue.replies import TicketReply
from hub.domain.refusals import SENTENCES, Refused
from hub.domain.slots import commands as c
from hub.domain.slots import events as e
from hub.domain.slots.evolve import evolve
from hub.domain.slots.state import BOOKED, CHECKED_IN, FREE, NO_SHOW, SOLD, SlotDay
from hub.domain.slots.upkeep import leases_wanted, no_shows, renewals
from tests.domain.queue.plans import DATE, HOUR, MINUTE, OPENS
from tests.domain.slots.desk import TODAYS, TOMORROW, TOMORROWS, Desk

DAYS = st.sampled_from([DATE, TOMORROW])
SLOTS = st.sampled_from(["s1", "s2"])
PICKED = st.integers(0, 40)
PLANS = {(DATE, each.id): each for each in TODAYS.slots} | {(TOMORROW, each.id): each for each in TOMORROWS.slots}


@dataclass
class OnlineHall:
    """What it believes: ``free`` units, ``sold`` ones and the lease of each, by (day, code). ``heard``: of the log."""

    heard: int = 0
    days: dict[str, SlotDay] = field(default_factory=lambda: {DATE: SlotDay(), TOMORROW: SlotDay()})
    free: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    sold: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    returned: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    outbox: list[c.SlotsCommand] = field(default_factory=list[c.SlotsCommand])


class Apart(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.online = OnlineHall()
        self.tickets = 0
        self.people = 0
        self.sales: Counter[tuple[str, str]] = Counter()
        self.leased: set[tuple[str, str]] = set()
        self.delivered: list[c.SlotsCommand] = []
        self.refused: set[str] = set()

    @initialize(heard=st.booleans(), minutes=st.integers(0, 80))
    def the_day_begins(self, heard: bool, minutes: int) -> None:
        for day in (DATE, TOMORROW):
            self.leases_are_kept(day)
            self.somebody_books_in_the_hall(day, "s1")
        if heard:
            self.it_hears_of_the_hub(len(self.desk.events))
            for which in range(3):
                self.it_sells(which)
        self.time_passes(minutes)

    # -- the hub --------------------------------------------------------------------------------------------------

    def ask(self, command: c.SlotsCommand) -> object:
        """The reply, or None when it is refused, for a reason that people can read."""
        try:
            return self.desk.run(command)
        except Refused as refused:
            self.refused.add(refused.code)
            return None

    @rule(day=DAYS)
    def leases_are_kept(self, day: str) -> None:
        for each in leases_wanted(self.desk.days[day], self.desk.at):
            codes = tuple(self.desk.code() for _ in range(each.units))
            self.ask(c.LeaseUnits(day, self.desk.at, each.lease, each.slot, codes, each.expires))
        for _, command in renewals(self.desk.days[day], day, self.desk.at):
            self.ask(command)

    @rule(day=DAYS, slot=SLOTS)
    def somebody_books_in_the_hall(self, day: str, slot: str) -> None:
        self.people += 1
        phone = Personal(f"{self.people:032x}", "1")
        self.ask(c.BookSlot(day, self.desk.at, slot, self.desk.code(), "A", "counter", phone=phone))

    @rule(day=DAYS, which=PICKED)
    def somebody_cancels_in_the_hall(self, day: str, which: int) -> None:
        if code := self._some(day, which):
            self.ask(c.CancelBooking(day, self.desk.at, code, self.desk.code()))

    @rule(day=DAYS, which=PICKED, to_day=DAYS, to=SLOTS)
    def somebody_moves_in_the_hall(self, day: str, which: int, to_day: str, to: str) -> None:
        if code := self._some(day, which):
            self.ask(c.MoveBooking(day, self.desk.at, code, to_day, to, self.desk.code()))

    @rule(which=PICKED, times=st.integers(1, 2))
    def somebody_checks_in(self, which: int, times: int) -> None:
        known = [*self.desk.today.bookings, *(code for day, code in self.online.sold if day == DATE)]
        if not known:
            return
        numbers: set[str] = set()
        for _ in range(times):
            self.tickets += 1
            code, ticket = known[which % len(known)], f"{self.tickets:032x}"
            answer = self.ask(c.CheckIn(DATE, self.desk.at, code, ticket, category="A"))
            if isinstance(answer, TicketReply):
                numbers.add(answer.number)
        assert len(numbers) <= 1

    @rule(minutes=st.sampled_from([1, 10, 30]))
    def time_passes(self, minutes: int) -> None:
        self.desk.at = min(self.desk.at + minutes * MINUTE, OPENS + 4 * HOUR)

    @rule(day=DAYS)
    def the_clock_looks(self, day: str) -> None:
        for _, command in no_shows(self.desk.days[day], day, self.desk.at):
            self.ask(command)
        assert no_shows(self.desk.days[day], day, self.desk.at) == []

    def _some(self, day: str, which: int) -> str:
        known = list(self.desk.days[day].bookings)
        return known[which % len(known)] if known else ""

    # -- the online hall ------------------------------------------------------------------------------------------

    @rule(count=st.integers(1, 6))
    def it_hears_of_the_hub(self, count: int) -> None:
        online = self.online
        for stream, event in self.desk.events[online.heard : online.heard + count]:
            if not stream.startswith("slots/"):
                continue
            day = stream.removeprefix("slots/")
            evolve(online.days[day], event)  # type: ignore[arg-type]
            match event:
                case e.SlotsLeased():
                    online.free.update(((day, code), event.lease) for code in event.codes)
                case e.BookingCancelled() | e.BookingMovedAway():
                    lease = online.sold.pop((day, event.code), None)
                    if event.fresh is not None and lease is not None and (day, lease) not in online.returned:
                        online.free[day, event.fresh] = lease
                case e.BookingCheckedIn() if event.unseen:
                    lease = online.free.pop((day, event.code), None)
                    if lease is not None:
                        online.sold[day, event.code] = lease
                case _:
                    pass
        online.heard = min(online.heard + count, len(self.desk.events))

    @rule(which=PICKED)
    def it_sells(self, which: int) -> None:
        online = self.online
        units = [
            (day, code)
            for (day, code), lease in online.free.items()
            if online.days[day].leases[lease].expires > self.desk.at
        ]
        if not units:
            return
        day, code = units[which % len(units)]
        lease = online.sold[day, code] = online.free.pop((day, code))
        self.people += 1
        phone = Personal(f"{self.people:032x}", "1")
        online.outbox.append(c.SellUnit(day, 0, lease, code, "A", self.desk.at, phone=phone))

    @rule(which=PICKED)
    def it_cancels(self, which: int) -> None:
        if self.online.sold:
            day, code = list(self.online.sold)[which % len(self.online.sold)]
            self.online.outbox.append(c.CancelBooking(day, 0, code, self.desk.code(), asked_at=self.desk.at))

    @rule(which=PICKED, to=PICKED)
    def it_moves_a_buyer(self, which: int, to: int) -> None:
        online = self.online
        if not online.sold or not online.free:
            return
        day, code = list(online.sold)[which % len(online.sold)]
        to_day, unit = list(online.free)[to % len(online.free)]
        lease = online.free[to_day, unit]
        slot = online.days[to_day].leases[lease].slot
        if (day, online.sold[day, code].partition(".")[0]) == (to_day, slot):
            return
        online.sold[to_day, unit] = online.free.pop((to_day, unit))
        online.outbox.append(c.MoveBooking(day, 0, code, to_day, slot, self.desk.code(), unit, self.desk.at))

    @rule(which=PICKED)
    def it_returns_a_lease(self, which: int) -> None:
        online = self.online
        leases = sorted({(day, lease) for (day, _), lease in online.free.items()})
        if not leases:
            return
        day, lease = leases[which % len(leases)]
        codes = tuple(code for (on, code), of in online.free.items() if (on, of) == (day, lease))
        for code in codes:
            del online.free[day, code]
        online.returned.add((day, lease))
        online.outbox.append(c.ReturnLease(day, 0, lease, codes))

    @rule(count=st.integers(1, 4), again=st.booleans())
    def the_hub_hears_of_it(self, count: int, again: bool) -> None:
        """In order; ``again``: the first one comes once more, as it does when its answer is lost."""
        for _ in range(min(count, len(self.online.outbox))):
            asked = self.online.outbox.pop(0)
            command = _dated(asked, self.desk.at)
            answer = self.ask(command)
            if isinstance(command, c.SellUnit):
                assert answer is not None, "what was sold in the dark is always taken"
                self.sales[command.day, command.code] += 1
            if isinstance(command, c.MoveBooking) and answer is None and command.unit is not None:
                self._given_up(command)
            self.delivered.append(command)
        if again and self.delivered:
            before = [(slot.leased, slot.booked) for day in self.desk.days.values() for slot in day.slots.values()]
            repeated = self.delivered[-1]
            if not isinstance(repeated, c.MoveBooking):
                self.ask(repeated)
            after = [(slot.leased, slot.booked) for day in self.desk.days.values() for slot in day.slots.values()]
            assert after == before

    def _given_up(self, command: c.MoveBooking) -> None:
        """A refused move: the unit that it was to take is the online hall's to sell again, unless its buyer came."""
        assert command.unit is not None
        place = (command.to_day, command.unit)
        lease = self.online.sold.pop(place, None)
        unit = self.desk.days[command.to_day].units[command.unit]
        if lease is not None and unit.state == FREE and (command.to_day, lease) not in self.online.returned:
            self.online.free[place] = lease

    # -- what holds -----------------------------------------------------------------------------------------------

    @invariant()
    def no_slot_holds_more_than_it_has(self) -> None:
        for name, day in self.desk.days.items():
            for id, slot in day.slots.items():
                plan = PLANS[name, id]
                assert slot.leased + slot.booked + plan.walk_in <= plan.capacity
                assert slot.leased <= plan.online
                assert min(slot.leased, slot.booked, slot.left) >= 0

    @invariant()
    def counts_are_those_of_the_places(self) -> None:
        for day in self.desk.days.values():
            for id, slot in day.slots.items():
                units = [unit for unit in day.units.values() if day.leases[unit.lease].slot == id]
                assert slot.leased == sum(unit.state in (FREE, SOLD) for unit in units)
                here = [each for each in day.bookings.values() if each.slot == id and each.lease is None]
                assert slot.booked == sum(each.state in (BOOKED, CHECKED_IN, NO_SHOW) for each in here)

    @invariant()
    def no_more_people_were_promised_a_place_than_there_are(self) -> None:
        """Whatever the hub knows of it: those it booked, and those the online hall sold to."""
        promised: Counter[tuple[str, str]] = Counter()
        codes: set[tuple[str, str]] = set()
        for name, day in self.desk.days.items():
            for each in day.bookings.values():
                if each.state in (BOOKED, CHECKED_IN, NO_SHOW):
                    promised[name, each.slot] += 1
                    codes.add((name, each.code))
        for (name, code), lease in self.online.sold.items():
            unit = self.desk.days[name].units[code]
            if (name, code) not in codes and unit.state == FREE:
                promised[name, self.desk.days[name].leases[lease].slot] += 1
        for place, count in promised.items():
            assert count <= PLANS[place].capacity - PLANS[place].walk_in

    @invariant()
    def every_refusal_can_be_read(self) -> None:
        assert self.refused <= set(SENTENCES)

    @invariant()
    def a_unit_is_sold_once(self) -> None:
        assert all(count == 1 for count in self.sales.values())

    @invariant()
    def a_booking_has_one_ticket_and_a_ticket_one_booking(self) -> None:
        came = {each.ticket: each for each in self.desk.today.bookings.values() if each.state == CHECKED_IN}
        assert set(came) == set(self.desk.queue.tickets)
        assert len(came) == sum(each.state == CHECKED_IN for each in self.desk.today.bookings.values())
        assert all(self.desk.queue.tickets[id].slot is not None for id in came if id is not None)

    @invariant()
    def days_are_what_their_events_make(self) -> None:
        for name, day in self.desk.days.items():
            again = SlotDay()
            for stream, event in self.desk.events:
                if stream == f"slots/{name}":
                    evolve(again, event)  # type: ignore[arg-type]
            assert again == day


def _dated(command: c.SlotsCommand, at: int) -> c.SlotsCommand:
    return replace(command, at=at)


TestApart = Apart.TestCase
TestApart.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


@pytest.mark.soak
class TestApartForLong(Apart.TestCase):
    settings = settings(max_examples=3000, stateful_step_count=80, deadline=None)
