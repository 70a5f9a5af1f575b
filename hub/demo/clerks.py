"""The clerks: they sign in, call, serve, send on, wait for copies, go to lunch in turns and close up.

They press their call button, and use the HTTP API for what a button cannot do or while it is unplugged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from devices.kinds.call_button import Key
from devices.wire.session import Refused, Unanswered
from devices.wire.vocabulary import NumberReply
from hub.demo.agenda import Act
from hub.demo.api_client import ApiRefused, ApiUnreachable
from hub.demo.casework.work import CaseWork
from hub.demo.hall_day import HallDay
from hub.demo.public import Public
from hub.demo.visits import MINUTE, Visit

log = logging.getLogger(__name__)

STAFFED = 0.62
"""Share of the windows of each home category that have a clerk on a usual day, at least one of each."""
USUAL_DAY = 1200
"""Up to so many visits a usual day's clerks are enough; on a fuller one more windows are staffed, up to all."""
LUNCH_MS = 35 * MINUTE
LUNCH_TURNS = 3
STAY_MS = 30 * MINUTE
"""How long a free clerk stays after closing, for those who still come back."""
LOOK_UP_MS = 10 * MINUTE
"""A free clerk presses once in this time even when nobody is known to wait."""
_SECOND = 1000
_AGAIN_MS = 30 * _SECOND


@dataclass(frozen=True, slots=True)
class Shift:
    """``lunch`` None: eats elsewhere or not. Times in ms."""

    window: str
    opens: int
    lunch: int | None


def shifts_of(day: HallDay) -> tuple[Shift, ...]:
    """Who sits where today."""
    opens, closes = day.plan.opens, day.plan.closes
    assert opens is not None
    assert closes is not None
    homes: dict[str, list[str]] = {}
    for window in day.plan.windows:
        homes.setdefault(f"{window.home}/{window.floor}", []).append(window.number)
    found: list[Shift] = []
    for home, numbers in homes.items():
        share = min(1.0, STAFFED * max(1.0, len(day.visits) / USUAL_DAY))
        staffed = day.draw("staffed", home).sample(numbers, max(1, round(len(numbers) * share)))
        for turn, number in enumerate(sorted(staffed)):
            late = day.draw("opens", number).uniform(-4, 6)
            lunch = None
            if closes - opens >= 300 * MINUTE and len(staffed) > 1:
                lunch = opens + 150 * MINUTE + turn % LUNCH_TURNS * LUNCH_MS
            found.append(Shift(number, opens + int(late * MINUTE), lunch))
    return tuple(found)


class Clerks:
    """``states`` tells a window's present state (open, paused, closed), for a day that began in an earlier process.

    ``cases``: what is done about the cases of those who are served.
    """

    def __init__(
        self, day: HallDay, public: Public, states: Callable[[str], str], cases: CaseWork | None = None
    ) -> None:
        self._day = day
        self._public = public
        self._states = states
        self._cases = cases
        self._hungry: set[str] = set()
        self._expecting: dict[str, int] = {}
        self.working: set[str] = set()
        self._recalls = day.plan.policy.missed.recalls_without_phone

    def expect(self) -> None:
        """Everybody comes at the planned time."""
        day = self._day
        for shift in shifts_of(day):
            self.working.add(shift.window)
            day.agenda.at(max(shift.opens, day.now()), partial(self._open, shift.window))
            if shift.lunch is not None and shift.lunch > day.now():
                day.agenda.at(shift.lunch, partial(self._get_hungry, shift.window))

    def wake(self, category: str, floor: int) -> None:
        """Somebody waits: the first free clerk who may serve them looks up."""
        window = self._day.idle_window_for(category, floor)
        if window is not None:
            self._day.idle.discard(window)
            self._later(window, 5 * _SECOND, partial(self._call, window))

    def expect_copy(self, window: str, number: str, after: int) -> None:
        """The holder of a parked number is back ``after`` ms from now."""
        self._expecting[window] = self._expecting.get(window, 0) + 1
        self._day.agenda.at(self._day.now() + after, partial(self._copy_there, window, number))

    # -- the window -----------------------------------------------------------------------------------------------

    async def _open(self, window: str) -> None:
        state = self._states(window)
        clerk = f"clerk-{window}"
        try:
            await self._act(window, "sign-in", {"clerk": clerk})
            if state == "paused":
                await self._act(window, "open")
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._open, window))
            return
        await self._call(window)  # which opens a closed window
        self._day.agenda.at(self._day.now() + LOOK_UP_MS, partial(self._look_up, window))

    async def _get_hungry(self, window: str) -> None:
        self._hungry.add(window)
        if window in self._day.idle:
            self._day.idle.discard(window)
            await self._call(window)

    async def _lunch(self, window: str) -> None:
        self._hungry.discard(window)
        try:
            await self._act(window, "pause", {"why": "午间轮休"})
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._call, window))
            return
        self._later(window, LUNCH_MS, partial(self._resume, window))

    async def _resume(self, window: str) -> None:
        try:
            await self._act(window, "open")
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._resume, window))
            return
        await self._call(window)

    async def _look_up(self, window: str) -> None:
        if window not in self.working:
            return
        self._day.agenda.at(self._day.now() + LOOK_UP_MS, partial(self._look_up, window))
        if window in self._day.idle:
            self._day.idle.discard(window)
            await self._call(window)

    async def _close(self, window: str) -> None:
        try:
            await self._act(window, "close", {"why": "下班"})
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._call, window))
            return
        self.working.discard(window)

    # -- one visit ------------------------------------------------------------------------------------------------

    async def _call(self, window: str) -> None:
        if window in self._hungry:
            await self._lunch(window)
            return
        day = self._day
        back = day.ready_again.get(window)
        try:
            if back:
                number: str | None = back.pop(0)
                await self._act(window, "call", {"ticket": number})
            else:
                number = await self._press(window, "call-next")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._call, window))
            return
        if number is not None:
            await self._called(window, number)
        elif day.now() >= (day.plan.closes or 0) + STAY_MS and not self._expecting.get(window):
            await self._close(window)
        else:
            day.idle.add(window)

    async def _called(self, window: str, number: str) -> None:
        day = self._day
        visit = day.holder(number)
        if not visit.shows_up and number not in day.returned:
            recalls = 1 if visit.phone is not None else max(self._recalls, 1)
            self._later(window, 60 * _SECOND, partial(self._recall, window, number, recalls))
            return
        walk = int(day.draw("walk", number).uniform(10, 45) * _SECOND)
        self._later(window, walk, partial(self._start, window, number))

    async def _recall(self, window: str, number: str, left: int) -> None:
        day = self._day
        try:
            if left > 0:
                await self._press(window, "recall")
                self._later(window, 40 * _SECOND, partial(self._recall, window, number, left - 1))
                return
            await self._press(window, "miss")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            if getattr(error, "code", "") == "look-first":
                self._later(window, _AGAIN_MS, partial(self._after_a_look, window, number))
                return
            if getattr(error, "code", "") == "service-started":
                day.returned.add(number)
            self._trouble(window, error, partial(self._call, window))
            return
        back_after = day.holder(number).back_after
        if back_after is not None:
            day.agenda.at(day.now() + back_after, partial(self._public.come_back, number))
        self._later(window, 5 * _SECOND, partial(self._call, window))

    async def _after_a_look(self, window: str, number: str) -> None:
        """The holder has no phone: an attendant brings them, or does not find them; until then the clerk waits."""
        if number in self._day.returned:
            await self._start(window, number)
        else:
            await self._recall(window, number, 0)

    async def _start(self, window: str, number: str) -> None:
        day = self._day
        visit = day.holder(number)
        try:
            await self._press(window, "start")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._call, window))
            return
        if visit.meant is not None and number not in day.moved:
            self._later(window, 100 * _SECOND, partial(self._send_on, window, number, visit.meant, visit.floor))
        elif visit.copy_after is not None and number not in day.returned:
            self._later(window, 4 * MINUTE, partial(self._park, window, number, visit.copy_after))
        else:
            if self._cases is not None:
                self._cases.serve(visit, window, number)
            self._later(window, visit.held, partial(self._finish, window, visit))

    async def _send_on(self, window: str, number: str, meant: str, floor: int) -> None:
        try:
            await self._press(window, "transfer", to=meant, why="取错号")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            self._day.moved.add(number)
            self._trouble(window, error, partial(self._call, window))
            return
        self._day.moved.add(number)
        self.wake(meant, floor)
        self._later(window, 10 * _SECOND, partial(self._call, window))

    async def _park(self, window: str, number: str, copy_after: int) -> None:
        try:
            await self._press(window, "park")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._call, window))
            return
        self.expect_copy(window, number, copy_after)
        self._later(window, 10 * _SECOND, partial(self._call, window))

    async def _copy_there(self, window: str, number: str) -> None:
        day = self._day
        day.returned.add(number)
        self._expecting[window] -= 1
        day.ready_again.setdefault(window, []).append(number)
        if window in day.idle:
            day.idle.discard(window)
            await self._call(window)

    async def _finish(self, window: str, visit: Visit) -> None:
        try:
            await self._press(window, "finish")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            self._trouble(window, error, partial(self._call, window))
            return
        for letter in visit.errand.also:
            self.wake(letter, visit.floor)  # the visit goes on there, when this window could not do that as well
        self._later(window, 15 * _SECOND, partial(self._call, window))

    # -- hands ----------------------------------------------------------------------------------------------------

    async def _press(self, window: str, key: Key, to: str | None = None, why: str | None = None) -> str | None:
        button = self._day.equipment.button(window)
        if button is not None:
            return (await button.press(key, to, why)).number
        body: dict[str, object] = {name: value for name, value in (("to", to), ("why", why)) if value is not None}
        return await self._act(window, key, body)

    async def _act(self, window: str, act: str, body: dict[str, object] | None = None) -> str | None:
        return (await self._day.api.post(f"/api/v1/windows/{window}/{act}", body or {}, NumberReply)).number

    def _later(self, window: str, ms: int, act: Act) -> None:
        del window
        self._day.agenda.at(self._day.now() + ms, act)

    def _trouble(self, window: str, error: Exception, again: Act) -> None:
        """Not carried out: the clerk looks again in a while; a repeated call-next answers with the active ticket."""
        self._day.troubles += 1
        log.info("window %s: %s", window, error)
        self._day.agenda.at(self._day.now() + _AGAIN_MS, again)
