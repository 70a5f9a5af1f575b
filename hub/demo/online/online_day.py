"""The demo's day seen from online: its citizens, who takes up in the hall what they ask, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from hub.compose import Running
from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient
from hub.demo.casework.staff import Staff
from hub.demo.online.appointments import Appointments
from hub.demo.online.booked import Booked, booked
from hub.demo.online.bookings import Bookings
from hub.demo.online.buyers import STAYS_AWAY, buyers_of
from hub.demo.online.citizens import Citizens
from hub.demo.online.desk import OnlineDesk
from hub.demo.online.errands import Wishes, wishes_of
from hub.demo.online.online_hall import OnlineHall
from hub.demo.online.post import Post
from hub.demo.online.told import OnlineReport, told
from hub.demo.public import Public
from hub.demo.visits import MINUTE
from hub.domain.hall.plan import DayPlan
from hub.domain.slots.state import NO_SHOW
from hub.log.entry import Entry
from hub.log.open import open_reader

ONE_IN = 40
"""For so many visitors of the hall one applies online, and one asks."""
MOST = 24
BUYER_IN: Final = 20
FEWEST_BUYERS: Final = 8
MOST_BUYERS: Final = 40
"""For so many visitors of the hall one more buys an appointment; all kinds of buyers are among the fewest."""
_NOTED_SECONDS: Final = 5.0
"""The hub's clock of appointments looks every two seconds of the machine's time."""
_LOOK_SECONDS: Final = 0.2


class OnlineDay:
    """``api``: the supervisor's at the hub. ``folder`` keeps who bought what. ``came``: numbers by booking code."""

    def __init__(
        self,
        online: OnlineHall,
        hall: Running,
        agenda: Agenda,
        staff: Staff,
        api: ApiClient,
        plan: DayPlan,
        public: Public,
        folder: Path,
        came: Mapping[str, str],
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
        self._post = Post(online)
        self._citizens = Citizens(self._post, agenda, wishes)
        groups = hall.hub.profile().appointments.groups
        most = min(max(visits // BUYER_IN, FEWEST_BUYERS), MOST_BUYERS)
        buyers = buyers_of(plan, groups, seed, most) if plan.opens is not None and plan.closes is not None else ()
        kept = Bookings(folder, plan.date)
        self._appointments = Appointments(self._post, public, agenda, plan, buyers, kept, came)
        self._desk = OnlineDesk(agenda, staff, api, wishes)

    @property
    def under_way(self) -> bool:
        """Whether the hall's people are not done with what came from online."""
        return self._desk.under_way

    def expect(self) -> None:
        assert self._plan.closes is not None
        self._citizens.expect()
        self._desk.expect(self._plan.closes)
        self._appointments.expect()

    async def report(self, say: Callable[[str], None]) -> OnlineReport:
        """Once the line is quiet; with the line cut, of what is known."""
        hub = self._hall.hub
        await self._online.tick()
        heard = await self._online.quiet(hub.head()) or not self._online.proxy.is_cut
        if heard:
            await self._noted()
        comparison = None
        if heard and await self._online.quiet(hub.head()):
            comparison = await self._online.compare(self._hall.settings.log.url, hub.paths.keys)
        else:
            say("      · 线路仍是断的 the line is still cut")
        troubles = [*self._post.troubles, *self._desk.troubles]
        known = None if not self._appointments.buyers else await self._booked(compared=comparison is not None)
        said = self._post.said
        return await told(self._online, self._citizens, said, self._api, hub.head(), comparison, troubles, known)

    async def _booked(self, *, compared: bool) -> Booked:
        hub = self._hall.hub
        free = {each.unit for each in await self._appointments.free() or ()}
        entries = await asyncio.to_thread(_entries, self._hall.settings.log.url, f"slots/{self._plan.date}")
        events = [hub.codec.decode(entry) for entry in entries]
        bookings = self._appointments.bookings.by
        return booked(
            events, bookings, len(self._appointments.buyers), free, self._over_without_them(), compared=compared
        )

    def _over_without_them(self) -> set[str]:
        """The codes of those who stayed away, once nobody may check in under them."""
        late = self._hall.hub.profile().appointments.late_minutes * MINUTE
        bookings = self._appointments.bookings.by
        away = [
            bookings[each.id] for each in self._appointments.buyers if each.ends == STAYS_AWAY and each.id in bookings
        ]
        return {each.code for each in away if each.sold and each.starts + late < self._hall.hub.now()}

    async def _noted(self) -> None:
        """Waits until the hub noted who did not come."""
        for _ in range(int(_NOTED_SECONDS / _LOOK_SECONDS)):
            day = self._hall.hub.appointments.day(self._plan.date)
            known = {code for code, each in day.bookings.items() if each.state == NO_SHOW}
            if self._over_without_them() <= known:
                return
            await asyncio.sleep(_LOOK_SECONDS)


def _entries(url: str, stream: str) -> list[Entry]:
    with closing(open_reader(url)) as reader:
        return list(reader.read_stream(stream))
