"""The visitors: they take numbers at kiosks and over HTTP, come back with missed numbers, and rate on the pads."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from functools import partial

from devices.kinds.kiosk import Kiosk
from devices.kinds.rating_pad import NotAskedError
from devices.wire.session import Refused, Unanswered
from devices.wire.vocabulary import AskRating, TicketReply
from hub.demo.api_client import ApiRefused, ApiUnreachable
from hub.demo.attendants import Attendants
from hub.demo.hall_day import HallDay
from hub.demo.visits import MINUTE, Visit
from hub.domain.hall.profile import Device as Registered

log = logging.getLogger(__name__)

_AGAIN_MS = 3 * MINUTE
_TRIES = 5


class Public:
    """``wake`` tells that somebody waits in a category on a floor; ``issued_in`` asks how many numbers were given."""

    def __init__(
        self,
        day: HallDay,
        attendants: Attendants,
        wake: Callable[[str, int], None],
        issued_in: Callable[[str], int],
    ) -> None:
        self._day = day
        self._attendants = attendants
        self._wake = wake
        self._issued_in = issued_in
        self._heard: Counter[str] = Counter()
        self._asking: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.by_ticket: dict[str, str] = {}

    def expect(self) -> None:
        """Everybody who has no number yet comes at the planned time; who is late already comes now."""
        day = self._day
        for visit in day.visits:
            if visit.turn < self._heard[visit.category]:
                continue
            day.agenda.at(max(visit.at, day.now()), partial(self._arrive, visit))

    def remember(self, number: str, ticket: str, visit: Visit | None, *, booked: bool = False) -> None:
        """A number that was given before this process began; ``booked``: to an appointment, which is no visit's."""
        self._heard[number[0]] += not booked
        self.by_ticket[ticket] = number
        if visit is not None:
            self._day.holders[number] = visit

    # -- taking a number ------------------------------------------------------------------------------------------

    async def _arrive(self, visit: Visit, tries: int = 0) -> None:
        day, letter = self._day, visit.category
        if tries and self._issued_in(letter) > self._heard[letter] + self._asking[letter]:
            # an answer was lost, the number was not: the person finds it on the paper
            self._heard[letter] += 1
            return
        self._asking[letter] += 1
        try:
            if self._attendants.helps(visit):
                reply = await self._attendants.issue(visit)
            else:
                reply = await (self._over_http(visit) if visit.over_http else self._at_kiosk(visit))
        except (Unanswered, ApiUnreachable) as error:
            log.warning("visit %d has no answer: %s", visit.index, error)
            if tries < _TRIES:
                day.agenda.at(day.now() + _AGAIN_MS, partial(self._arrive, visit, tries + 1))
            return
        except (Refused, ApiRefused) as error:
            self.refused[error.code] += 1
            log.warning("visit %d is refused: %s", visit.index, error)
            return
        finally:
            self._asking[letter] -= 1
        self._heard[letter] += 1
        day.holders[reply.number] = visit
        self.by_ticket[reply.ticket] = reply.number
        self._wake(letter, visit.floor)

    async def _at_kiosk(self, visit: Visit) -> TicketReply:
        found = self._kiosk(visit.floor, visit.index)
        if found is None:
            return await self._over_http(visit)
        return await found[1].request_ticket(visit.category, visit.phone, visit.priority, visit.errand.items)

    async def _over_http(self, visit: Visit) -> TicketReply:
        body: dict[str, object] = {"category": visit.category, "floor": visit.floor, "items": visit.errand.items}
        if visit.phone is not None:
            body["phone"] = visit.phone
        if visit.priority is not None:
            body["priority"] = visit.priority
        key = f"demo-{self._day.plan.date}-{self._day.seed}-{visit.index}"
        return await self._day.api.post("/api/v1/tickets", body, TicketReply, key=key)

    def _kiosk(self, floor: int, turn: int) -> tuple[Registered, Kiosk] | None:
        """One of the floor's, else of the entrance; by turns."""
        kiosks = self._day.equipment.kiosks()
        near = [each for each in kiosks if each[0].floor == floor] or kiosks
        return near[turn % len(near)] if near else None

    # -- checking in ----------------------------------------------------------------------------------------------

    async def check_in(self, visit: Visit, code: str, came: Callable[[str], None], tries: int = 0) -> None:
        """签到 at a kiosk. ``came`` hears the number; a code that is refused is counted and gets none."""
        day = self._day
        found = self._kiosk(visit.floor, sum(code.encode()))
        try:
            if found is None:
                raise Unanswered("no kiosk")
            reply = await found[1].check_in(code, visit.category)
        except Unanswered as error:
            log.warning("booking %s has no answer: %s", code, error)
            if tries < _TRIES:
                day.agenda.at(day.now() + _AGAIN_MS, partial(self.check_in, visit, code, came, tries + 1))
            return
        except Refused as error:
            self.refused[error.code] += 1
            log.warning("booking %s is refused: %s", code, error)
            return
        day.holders[reply.number] = visit
        self.by_ticket[reply.ticket] = reply.number
        came(reply.number)
        self._wake(visit.category, visit.floor)

    # -- later ----------------------------------------------------------------------------------------------------

    async def come_back(self, number: str) -> None:
        """补号 at a kiosk, or by an attendant for who has no phone."""
        day = self._day
        visit = day.holder(number)
        found = self._kiosk(visit.floor, visit.index)
        day.returned.add(number)
        try:
            if found is None or visit.phone is None:
                await self._attendants.reinstate(number)
            else:
                await found[1].return_missed(number)
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            log.info("number %s does not come back: %s", number, error)
            return
        self._wake(visit.meant or visit.category if number in day.moved else visit.category, visit.floor)

    def asked(self, pad: str, question: AskRating) -> None:
        """A question stands on a pad; some answer it, after a moment."""
        day = self._day
        number = self.by_ticket.get(question.ticket)
        visit = None if number is None else day.holder(number)
        if visit is not None and visit.score is not None:
            day.agenda.at(day.now() + 8_000, partial(self._rate, pad, question.ticket, visit.score))

    async def _rate(self, pad: str, ticket: str, score: int) -> None:
        device = self._day.equipment.pad(pad)
        if device is not None:
            try:
                await device.rate(ticket, score)
            except NotAskedError:
                log.info("the question about %s is gone", ticket)
