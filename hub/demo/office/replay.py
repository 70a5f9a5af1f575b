"""An office's day, played through a running hub: a kiosk asks, call buttons call and finish, as the data says."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from devices.kinds.call_button import CallButton
from devices.wire.session import Refused, Unanswered
from devices.wire.vocabulary import NumberReply
from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient, ApiRefused, ApiUnreachable
from hub.demo.equipment import Equipment
from hub.demo.office.flow import Call
from hub.demo.office.office_profile import Place

log = logging.getLogger(__name__)

_BETWEEN_MS = 1000
_AGAIN_MS = 2000


class Replay:
    """``midnight``: the day's local midnight, ms since 1970 UTC. Only ``agenda`` knows how fast time passes.

    ``asked`` counts the arrivals that got a ticket, ``called`` the numbers called, by letter; ``wrong`` tells each
    answer that was not the one the data lets expect.
    """

    def __init__(
        self, places: Sequence[Place], midnight: int, agenda: Agenda, equipment: Equipment, api: ApiClient
    ) -> None:
        self._places = places
        self._midnight = midnight
        self._agenda = agenda
        self._equipment = equipment
        self._api = api
        self._open: dict[str, int] = {place.letter: 0 for place in places}
        self._opened: set[str] = set()
        self._busy: set[str] = set()
        self._turn: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.called: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def run(self, opens: int, closes: int, tell: Callable[[], None]) -> None:
        """From the first arrival until every number is called, the windows are closed and the day is over."""
        add = self._agenda.at
        for place in self._places:
            for n, change in enumerate(place.flow.counters):
                at = opens if n == 0 else self._midnight + change.at
                add(at, partial(self._counters, place, change.open))
            for arrival in place.flow.arrivals:
                add(self._midnight + arrival, partial(self._take, place))
            for call in place.flow.calls:
                add(self._midnight + call.at, partial(self._call, place, call))

        async def told(at: int) -> None:
            tell()
            if at + 3_600_000 < closes:
                add(at + 3_600_000, partial(told, at + 3_600_000))

        add(opens, partial(told, opens))
        add(closes + _BETWEEN_MS, self._close)
        await self._agenda.run()

    async def _take(self, place: Place) -> None:
        kiosk = self._equipment.kiosks()[0][1]
        expected = f"{place.letter}{self.asked[place.letter] + 1:03d}"
        try:
            reply = await kiosk.request_ticket(place.letter)
        except (Refused, Unanswered) as error:
            self.wrong.append(f"{expected}: {error}")
            return
        self.asked[place.letter] += 1
        if reply.number != expected:
            self.wrong.append(f"{expected}: {reply.number}")

    async def _counters(self, place: Place, wanted: int) -> None:
        """As many windows open as the data says; one with a visitor closes after them."""
        self._open[place.letter] = wanted
        for number in place.windows[:wanted]:
            if number not in self._opened:
                await self._api.post(f"/api/v1/windows/{number}/open", {}, NumberReply)
                self._opened.add(number)
        for number in place.windows[wanted:]:
            if number in self._opened and number not in self._busy:
                await self._shut(number)

    async def _call(self, place: Place, call: Call, tries: int = 3) -> None:
        """The next window by turns finishes with its visitor and calls."""
        letter = place.letter
        windows = place.windows[: max(self._open[letter], 1)]
        window = windows[self._turn[letter] % len(windows)]
        button = self._equipment.button(window)
        expected = f"{letter}{self.called[letter] + 1:03d}"
        if button is None:
            self.wrong.append(f"{expected}: 窗口 {window} 无呼叫器 no button at window {window}")
            return
        try:
            await self._finish(window, button)
            number = (await button.press("call-next")).number
            self._opened.add(window)
            if number is None and tries:  # somebody is on the way from the kiosk
                self._agenda.at(self._agenda.now() + _AGAIN_MS, partial(self._call, place, call, tries - 1))
                return
            self._turn[letter] += 1
            if number is None:
                self.wrong.append(f"{expected}: 无人等候 nobody waits")
                return
            self.called[letter] += 1
            self._busy.add(window)
            if number != expected:
                self.wrong.append(f"{expected}: {number}")
            if not call.shows_up:
                await button.press("miss")
                self._busy.discard(window)
            await self._leave(place)
        except (Refused, Unanswered) as error:
            self.wrong.append(f"{expected}: {error}")

    async def _leave(self, place: Place) -> None:
        """Counters that the data no longer has finish with their last visitor now that others go on."""
        for number in place.windows[max(self._open[place.letter], 1) :]:
            button = self._equipment.button(number)
            if number in self._opened and button is not None:
                await self._finish(number, button)
                await self._shut(number)

    async def _finish(self, window: str, button: CallButton) -> None:
        if window in self._busy:
            await button.press("finish")
            self._busy.discard(window)

    async def _shut(self, window: str) -> None:
        await self._api.post(f"/api/v1/windows/{window}/close", {}, NumberReply)
        self._opened.discard(window)

    async def _close(self) -> None:
        try:
            for window in sorted(self._opened, key=int):
                button = self._equipment.button(window)
                if button is not None:
                    await self._finish(window, button)
                await self._shut(window)
            await self._api.post("/api/v1/day/close", {"why": "koniec dnia"}, dict, key="replay-close")
        except (Refused, Unanswered, ApiRefused, ApiUnreachable) as error:
            self.wrong.append(f"closing: {error}")
        self._agenda.stop()
