"""Buyers of appointments: they buy leased places of the online hall, a few move or give theirs up, and most come.

They know what the city's interface tells; in the hall they have nothing but their code.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec

from hub.demo.agenda import Act, Agenda
from hub.demo.api_client import ApiRefused, ApiUnreachable
from hub.demo.online.bookings import Booking, Bookings, Place
from hub.demo.online.buyers import CANCELS, MOVES, STAYS_AWAY, Buyer
from hub.demo.online.errands import id_of
from hub.demo.online.post import Post
from hub.demo.public import Public
from hub.demo.visits import MINUTE
from hub.domain.hall.plan import DayPlan

log = logging.getLogger(__name__)

AGAIN_MS = 10 * MINUTE
"""How long who found nothing for sale waits before looking again."""
NEXT = 4
"""Of so many slots, the next that have a free place, one is chosen."""
_TRIES = 8
_GONE = ("sold", "lease-expired")
"""Somebody else was quicker, or the clock was: another place will do."""
_LEAVES_MS = 3 * MINUTE
"""Nobody comes later than so long before closing."""


class _Free(msgspec.Struct):
    unit: str
    slot: str
    lease: str


class _Shop(msgspec.Struct):
    units: list[_Free]
    next: str = ""


class Appointments:
    """``came``: numbers of bookings that checked in before this process began, by code."""

    def __init__(
        self,
        post: Post,
        public: Public,
        agenda: Agenda,
        plan: DayPlan,
        buyers: Sequence[Buyer],
        bookings: Bookings,
        came: Mapping[str, str],
    ) -> None:
        self._post = post
        self._public = public
        self._agenda = agenda
        self._plan = plan
        self.buyers = buyers
        self.bookings = bookings
        for each in bookings.by.values():
            each.number = came.get(each.code, each.number)

    def expect(self) -> None:
        """Everybody of the day; who would have bought already buys now."""
        for buyer in self.buyers:
            known = self.bookings.by.get(buyer.id)
            act = partial(self._buy, buyer, 0) if known is None else partial(self._ask, buyer, known, again=True)
            self._agenda.at(max(buyer.at, self._agenda.now()), act)

    async def free(self) -> list[Place] | None:
        """The day's places that are for sale now; None while the hall is not known."""
        found: list[Place] = []
        after = ""
        while True:
            page = await self._post.see(f"/slots?day={self._plan.date}&after={after}", _Shop)
            if page is None:
                return None
            found += (Place(each.unit, each.lease, each.slot, self._starts(each.slot)) for each in page.units)
            after = page.next
            if not after:
                return found

    async def _buy(self, buyer: Buyer, tries: int) -> None:
        place = await self._chosen(buyer, "")
        if place is None:
            if tries < _TRIES:
                self._later(AGAIN_MS, partial(self._buy, buyer, tries + 1))
            return
        known = self.bookings.by.get(buyer.id)
        booking = Booking(place, 0 if known is None else known.tries + 1)
        self.bookings.by[buyer.id] = booking
        self.bookings.keep()
        await self._ask(buyer, booking)

    async def _ask(self, buyer: Buyer, booking: Booking, *, again: bool = False) -> None:
        """``again``: after a restart, when a change may have been asked for already."""
        place = booking.place
        letter = buyer.visit.category
        body = {"day": self._plan.date, "lease": place.lease, "code": place.unit, "category": letter}
        body |= {"name": buyer.name, "phone": buyer.phone}
        if not await self._said(_id(buyer, "sold", booking.tries), "unit-sold", body, place.unit):
            if booking.tries < _TRIES:
                self._later(MINUTE, partial(self._buy, buyer, 0))
            return
        booking.sold = True
        self.bookings.keep()
        if buyer.ends in (MOVES, CANCELS):
            change = self._move if buyer.ends == MOVES else self._cancel
            self._later(0 if again else buyer.changes_after, partial(change, buyer, booking))
        elif buyer.ends != STAYS_AWAY:
            self._come(buyer, booking)

    async def _move(self, buyer: Buyer, booking: Booking) -> None:
        booking.moved = booking.moved or await self._chosen(buyer, booking.place.slot)
        to = booking.moved
        if to is not None and not booking.number:
            self.bookings.keep()
            day = self._plan.date
            body = {"day": day, "code": booking.place.unit, "to_day": day, "to_slot": to.slot, "unit": to.unit}
            booking.left = await self._said(_id(buyer, "moved", booking.moves), "booking-moved", body, to.unit)
            if not booking.left and booking.moves < _TRIES:
                booking.moved, booking.moves = None, booking.moves + 1
                self._later(MINUTE, partial(self._move, buyer, booking))
                return
            self.bookings.keep()
        self._come(buyer, booking)

    async def _cancel(self, buyer: Buyer, booking: Booking) -> None:
        body = {"day": self._plan.date, "code": booking.place.unit, "why": "有事来不了"}
        booking.cancelled = await self._said(_id(buyer, "cancelled", 0), "booking-cancelled", body)
        self.bookings.keep()

    def _come(self, buyer: Buyer, booking: Booking) -> None:
        assert self._plan.closes is not None
        if booking.number:
            return
        due = min(booking.starts - buyer.early, self._plan.closes - _LEAVES_MS)
        self._agenda.at(
            max(due, self._agenda.now()),
            partial(self._public.check_in, buyer.visit, booking.code, partial(self._came, booking)),
        )

    def _came(self, booking: Booking, number: str) -> None:
        booking.number = number
        self.bookings.keep()

    async def _chosen(self, buyer: Buyer, but: str) -> Place | None:
        """One of the next slots of the buyer's group, beside ``but``; who of the day asks first chooses first."""
        places = [each for each in await self.free() or () if each.slot.rpartition("-")[0] == buyer.group]
        slots = sorted({each.starts: each.slot for each in places if each.slot != but}.items())[:NEXT]
        if not slots:
            return None
        slot = slots[int(buyer.id[:8], 16) % len(slots)][1]
        return next(each for each in places if each.slot == slot)

    async def _said(self, id: str, type: str, body: Mapping[str, object], unit: str = "") -> bool:
        try:
            await self._post.say(id, type, body, unit)
        except (ApiRefused, ApiUnreachable) as error:
            if isinstance(error, ApiRefused) and error.code in _GONE:
                return False
            self._post.troubles.append(f"{type}: {error}")
            log.warning("the online hall did not take %s: %s", type, error)
            return False
        return True

    def _starts(self, slot: str) -> int:
        """The id of a slot ends with its local time."""
        time = slot.rpartition("-")[2]
        moment = datetime.fromisoformat(f"{self._plan.date}T{time[:2]}:{time[2:]}")
        return int(moment.replace(tzinfo=ZoneInfo(self._plan.timezone)).timestamp() * 1000)

    def _later(self, wait: int, act: Act) -> None:
        self._agenda.at(self._agenda.now() + wait, act)


def _id(buyer: Buyer, what: str, tries: int) -> str:
    return id_of(f"{buyer.id}:{what}:{tries}")
