"""The demo's day seen from online: its citizens, who takes up in the hall what they ask, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.compose import Running
from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient
from hub.demo.casework.staff import Staff
from hub.demo.online.citizens import Citizens
from hub.demo.online.desk import OnlineDesk
from hub.demo.online.errands import Wishes, wishes_of
from hub.demo.online.online_hall import OnlineHall
from hub.demo.online.told import OnlineReport, told
from hub.domain.hall.plan import DayPlan

ONE_IN = 40
"""For so many visitors of the hall one applies online, and one asks."""
MOST = 24


class OnlineDay:
    """``api``: the supervisor's at the hub."""

    def __init__(
        self,
        online: OnlineHall,
        hall: Running,
        agenda: Agenda,
        staff: Staff,
        api: ApiClient,
        plan: DayPlan,
        *,
        seed: int,
        visits: int,
    ) -> None:
        self._online = online
        self._hall = hall
        self._api = api
        self._plan = plan
        many = min(max(visits // ONE_IN, 3), MOST)
        items: Sequence[str] = [item.code for item in hall.hub.profile().items]
        wishes = Wishes()
        if plan.opens is not None and plan.closes is not None:
            wishes = wishes_of(plan.date, seed, plan.opens, plan.closes, items, many, many)
        self._citizens = Citizens(online, agenda, wishes)
        self._desk = OnlineDesk(agenda, staff, api, wishes)

    @property
    def under_way(self) -> bool:
        """Whether the hall's people are not done with what came from online."""
        return self._desk.under_way

    def expect(self) -> None:
        assert self._plan.closes is not None
        self._citizens.expect()
        self._desk.expect(self._plan.closes)

    async def report(self, say: Callable[[str], None]) -> OnlineReport:
        """Once the line is quiet; with the line cut, of what is known."""
        hub = self._hall.hub
        await self._online.tick()
        comparison = None
        if await self._online.quiet(hub.head()) or not self._online.proxy.is_cut:
            comparison = await self._online.compare(self._hall.settings.log.url, hub.paths.keys)
        else:
            say("      · 线路仍是断的 the line is still cut")
        troubles = [*self._citizens.troubles, *self._desk.troubles]
        return await told(self._online, self._citizens, self._api, hub.head(), comparison, troubles)
