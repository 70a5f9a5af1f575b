"""Appointments as the hub's edges ask for them: codes, the commands about a booking, and a guard against guessing.

A code is chosen here, never in a rule. The personal values of a booking stand in the log, sealed; whoever writes them
into another entry reads them back here.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from hub.domain.slots.commands import BookSlot, CancelBooking, CheckIn, MoveBooking
from hub.domain.slots.state import BOOKED, CHECKED_IN, Booking, SlotDay

if TYPE_CHECKING:
    from hub.core.hub import Hub

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I, O, 0 and 1, which people mix up."""
CODE_LENGTH = 8
WRONG_CODES = 5
WRONG_MINUTES = 10


def booking_code() -> str:
    """One of 32^8, unlike any other that is likely to be about."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def typed(text: str) -> str:
    """A code as people type it: in either case, in groups."""
    return "".join(text.split()).replace("-", "").upper()[:16]


class CodeTries:
    """Wrong codes of each kiosk: after ``WRONG_CODES`` within ``WRONG_MINUTES`` nothing is looked at for a while."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._wrong: dict[str, list[float]] = {}

    def check(self, place: str) -> None:
        """Raises ``Refused("too-many-codes")``."""
        after = self._seconds() - WRONG_MINUTES * 60
        recent = [at for at in self._wrong.get(place, ()) if at > after]
        if len(recent) >= WRONG_CODES:
            raise Refused("too-many-codes", minutes=int((recent[0] - after) // 60) + 1)

    def wrong(self, place: str) -> None:
        """One more of them."""
        kept = self._wrong.pop(place, [])[1 - WRONG_CODES :]
        self._wrong[place] = [*kept, self._seconds()]
        while len(self._wrong) > 1000:
            del self._wrong[next(iter(self._wrong))]


@dataclass(frozen=True, slots=True)
class Holder:
    """The personal values of one booking; None what it has not, and the value None for who was forgotten."""

    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


class Appointments:
    """``tries``: of the kiosks. All calls come from the event loop's thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.tries = CodeTries()

    def day(self, name: str) -> SlotDay:
        """That day's appointments, read-only."""
        return cast(SlotDay, self._hub.writer.state("slots/" + name))

    def days(self) -> tuple[str, ...]:
        """The business days that can be booked, worked or not, today first."""
        today = date.fromisoformat(self._hub.today)
        ahead = self._hub.profile().appointments.days_ahead
        return tuple((today + timedelta(days=n)).isoformat() for n in range(ahead + 1))

    def known_day(self, name: str) -> str:
        """The day, when it is one of ``days`` or was one lately. Raises ``Refused("unknown-slot")``."""
        if name not in self.days() and "slots/" + name not in self._hub.log.streams("slots/" + name[:10]):
            raise Refused("unknown-slot", slot=name[:10])
        return name

    def holder(self, day: str, code: str) -> Holder:
        """Who booked, in clear, as the log holds it."""
        booking = self.day(day).bookings.get(code)
        if booking is None or not booking.told_in:
            return Holder()
        entry = next(iter(self._hub.log.read_stream("slots/" + day, booking.told_in - 1)), None)
        if entry is None:
            return Holder()
        event = self._hub.codec.decode(entry)
        clear = self._hub.codec.unseal(entry)

        def value(field: str) -> Personal | None:
            held = cast("Personal | None", getattr(event, field))
            return None if held is None else Personal(held.subject, clear.get(field))

        return Holder(value("name"), value("phone"), value("identity"))

    def elsewhere(self, code: str, subject: str | None) -> str | None:
        """Another day on which that code, or that person's booking, is to come; or was yesterday."""
        today = self._hub.today
        before = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
        for name in (*self.days()[1:], before):
            day = self.day(name)
            if code and day.knows(code):
                return name
            if not code and any(self._standing(each, subject) for each in day.bookings.values()):
                return name
        return None

    def found(self, *, code: str = "", subject: str | None = None) -> Iterator[tuple[str, Booking]]:
        """The bookings of a code or a person, of today and later."""
        for name in self.days():
            for each in self.day(name).bookings.values():
                if (code and each.code == code) or (subject is not None and subject in (each.phone, each.identity)):
                    yield name, each

    def check_in(
        self,
        code: str,
        *,
        subject: str | None = None,
        category: str | None = None,
        floor: int = 1,
        priority: str | None = None,
        kiosk: str | None = None,
        printer: str | None = None,
        guarded: str | None = None,
    ) -> CheckIn:
        """``guarded``: where wrong codes are counted. Raises ``Refused("too-many-codes")`` there."""
        hub, code = self._hub, typed(code)
        if guarded is not None:
            self.tries.check(guarded)
        today = self.day(hub.today)
        here = today.knows(code) if code else any(self._standing(each, subject) for each in today.bookings.values())
        elsewhere = None if here else self.elsewhere(code, subject)
        if guarded is not None and not here and elsewhere is None:
            self.tries.wrong(guarded)
        held = self.holder(hub.today, code) if code in today.bookings else Holder()
        if not code and here:
            mine = next(each for each in today.bookings.values() if self._standing(each, subject))
            held = self.holder(hub.today, mine.code)
        phone = held.phone if held.phone is not None and held.phone.value is not None else None
        return CheckIn(
            day=hub.today,
            at=hub.now(),
            code=code,
            ticket=hub.ticket_id(),
            subject=subject,
            category=category,
            elsewhere=elsewhere,
            floor=floor,
            priority=priority,
            phone=phone,
            kiosk=kiosk,
            printer=printer,
        )

    def book(
        self,
        day: str,
        slot: str,
        category: str,
        channel: str,
        *,
        also: tuple[str, ...] = (),
        items: tuple[str, ...] = (),
        who: Holder | None = None,
    ) -> BookSlot:
        """Raises ``Refused("unknown-slot")`` for a day that cannot be booked."""
        if day not in self.days():
            raise Refused("unknown-slot", slot=day[:10])
        hub, who = self._hub, who or Holder()
        return BookSlot(
            day=day,
            at=hub.now(),
            slot=slot,
            code=booking_code(),
            category=category,
            channel=channel,
            also=also,
            items=items,
            name=who.name,
            phone=who.phone,
            identity=who.identity,
        )

    def move(
        self, day: str, code: str, to_day: str, to_slot: str, *, unit: str | None = None, asked_at: int | None = None
    ) -> MoveBooking:
        """``unit`` and ``asked_at``: from the online hall, see ``MoveBooking``; its own unit may be of any day.

        Raises ``Refused("unknown-slot")`` for a day that cannot be booked.
        """
        if unit is None and to_day not in self.days():
            raise Refused("unknown-slot", slot=to_day[:10])
        hub, code = self._hub, typed(code)
        held = self.holder(self.known_day(day), code)
        return MoveBooking(
            day=day,
            at=hub.now(),
            code=code,
            to_day=to_day,
            to_slot=to_slot,
            fresh=booking_code(),
            unit=unit,
            asked_at=asked_at,
            name=held.name,
            phone=held.phone,
            identity=held.identity,
        )

    def cancel(self, day: str, code: str, why: str, *, asked_at: int | None = None) -> CancelBooking:
        """Raises ``Refused("unknown-slot")`` for a day without appointments."""
        return CancelBooking(self.known_day(day), self._hub.now(), typed(code), booking_code(), why, asked_at)

    @staticmethod
    def _standing(each: Booking, subject: str | None) -> bool:
        return subject is not None and each.state in (BOOKED, CHECKED_IN) and subject in (each.phone, each.identity)
