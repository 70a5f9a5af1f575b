"""The days before the one that is shown: a few people file what takes days, and the clock goes on from act to act.

The hub does what it does when days pass: it rolls them over, and deems accepted what nobody looked at in time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from devices.wire.vocabulary import NumberReply, TicketReply
from hub.core.clock import FastClock, ManualClock
from hub.demo.agenda import Stepped
from hub.demo.api_client import ApiClient, ApiRefused, ApiUnreachable
from hub.demo.casework.days import Days
from hub.demo.casework.stories import STORIES
from hub.demo.casework.story import ONLINE, Story
from hub.demo.casework.work import CaseWork
from hub.demo.left_off import BEFORE_OPENING_MS
from hub.demo.options import DemoFailed
from hub.demo.visits import MINUTE
from hub.domain.hall.profile import HallProfile, categories_of

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 15.0
_LOOK_SECONDS = 0.05


class _Day(msgspec.Struct):
    date: str


class _Seen(msgspec.Struct):
    state: str


class DaysBefore:
    """``api``: the supervisor's. ``run`` leaves the clock five minutes before the shown day opens.

    ``say`` hears of each case that was received.
    """

    def __init__(
        self,
        work: CaseWork,
        clock: ManualClock | FastClock,
        days: Days,
        api: ApiClient,
        profile: HallProfile,
        say: Callable[[str], None],
    ) -> None:
        self._say = say
        self._work = work
        self._days = days
        self._api = api
        self._profile = profile
        self._agenda = Stepped(clock, arrive=self._arrived)

    async def run(self) -> None:
        agenda, work = self._agenda, self._work
        work.agenda = agenda
        work.resume()
        for story in STORIES:
            if story.before and story.kind not in work.ledger.cases:
                due = self._days.from_shown(-story.before).opens + story.at * MINUTE
                agenda.at(max(due, agenda.now()), partial(self._come, story))
        agenda.at(self._days.from_shown(0).opens - BEFORE_OPENING_MS, self._end)
        await agenda.run()
        await self._deemed()

    async def _end(self) -> None:
        self._agenda.stop()

    async def _come(self, story: Story) -> None:
        if story.via == ONLINE:
            await self._open(story, None, None)
            return
        floor = next(each.floors[0] for each in self._profile.categories if each.letter == story.category)
        window = window_for(self._profile, story.category, floor)
        body = {"category": story.category, "floor": floor, "items": [story.item]}
        try:
            await self._api.post("/api/v1/tickets", body, TicketReply, key=f"demo-before-{story.kind}")
            await self._act(window, "sign-in", {"clerk": f"clerk-{window}"})
            called = (await self._act(window, "call-next", {})).number
            await self._act(window, "start", {})
        except (ApiRefused, ApiUnreachable) as error:
            log.warning("nobody could come for %s: %s", story.kind, error)
            return
        self._agenda.at(self._agenda.now() + 2 * MINUTE, partial(self._open, story, window, called))
        self._agenda.at(self._agenda.now() + 15 * MINUTE, partial(self._leave, window))

    async def _open(self, story: Story, window: str | None, ticket: str | None) -> None:
        await self._work.open(story, window, ticket)
        date = self._days.after(self._agenda.now(), 0).date
        self._say(f"  {date} 收件 received {self._work.ledger.cases[story.kind].number} {story.zh} {story.en}")

    async def _leave(self, window: str) -> None:
        try:
            await self._act(window, "finish", {})
            await self._act(window, "close", {"why": "演示"})
        except (ApiRefused, ApiUnreachable) as error:
            log.warning("window %s: %s", window, error)

    async def _act(self, window: str, act: str, body: dict[str, object]) -> NumberReply:
        return await self._api.post(f"/api/v1/windows/{window}/{act}", body, NumberReply)

    async def _arrived(self) -> None:
        """Until the hub has opened the day that the clock shows now."""
        expected = self._days.after(self._agenda.now() + BEFORE_OPENING_MS, 0).date

        async def opened() -> bool:
            return (await self._api.get("/api/v1/day", _Day)).date == expected

        if not await _comes_to(opened):
            raise DemoFailed(f"{expected} 没有开始。The hub did not open {expected}.")

    async def _deemed(self) -> None:
        """Until the clock of cases has looked at what nobody did."""
        for story in STORIES:
            known = self._work.ledger.cases.get(story.kind)
            if story.via != ONLINE or known is None or known.trouble:
                continue
            case = known.case

            async def deemed(case: str = case) -> bool:
                return (await self._api.get(f"/api/v1/cases/{case}", _Seen)).state != "received"

            if not await _comes_to(deemed):
                known.trouble = "时钟没有视为受理 the clock did not deem it accepted"


async def _comes_to(holds: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it comes to hold in time; the hub announces neither to an API client."""
    for _ in range(int(_PATIENCE_SECONDS / _LOOK_SECONDS)):
        if await holds():
            return True
        await asyncio.sleep(_LOOK_SECONDS)
    return False


def window_for(profile: HallProfile, category: str, floor: int) -> str:
    """A window of that floor that serves the category, of its home windows where it has any."""
    able = [each for each in profile.windows if each.floor == floor and category in categories_of(profile, each)]
    return next((each.number for each in able if each.home == category), able[0].number)
