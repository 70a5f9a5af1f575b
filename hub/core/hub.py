"""The hub as its edges see it: submit commands, read today's queue and the hall, hear what was committed.

It also keeps the business day: opens it, rolls it over, adopts a profile published with effect from now, and freezes
both when the clock steps until a person confirms the time.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Sequence
from typing import cast

from hub.core.appointments import Appointments
from hub.core.clock import Clock, TrustedClock
from hub.core.ids import Ids
from hub.core.paths import StatePaths
from hub.core.submission import Command, Committed, Event, MessageKey, StepKey, Submission
from hub.core.writer import Listener, Writer
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Catalogue
from hub.domain.catalogue.listing import with_items
from hub.domain.catalogue.state import CatalogueState, CatalogueVersion
from hub.domain.clock.commands import ConfirmClock, ReportClockStep
from hub.domain.clock.decide import TOLERATED_MS
from hub.domain.clock.state import ClockState
from hub.domain.hall.calendar import CalendarYear
from hub.domain.hall.commands import NOW, PublishCalendar, PublishProfile
from hub.domain.hall.events import CalendarPublished, ProfilePublished
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import business_day, plan_for
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.state import HallState
from hub.domain.personal import Personal
from hub.domain.queue.commands import AdoptPlan, CloseDay, OpenDay
from hub.domain.queue.state import QueueDay
from hub.domain.queue.timers import due
from hub.domain.refusals import Refused
from hub.log.codec import Codec
from hub.log.entry import NoRoom, Outcome
from hub.log.port import Log
from hub.log.subjects import Subjects

log = logging.getLogger(__name__)

HUB = "hub"
KEEP_EVERY_MS = 1000
_TICKET = re.compile(r"[0-9a-f]{32}")
_PHONE_NOISE = re.compile(r"[\s()\-]")
LATE_DAYS_MS = 7 * 86_400_000
LONGEST_PHONE = 20


class Hub:
    """One hall's hub. All calls come from the event loop's thread.

    ``always``: the hall never closes (benches and trials). ``pace``: how much faster than the system clock ``clock``
    runs, so that the day is kept in time.
    """

    def __init__(
        self,
        log: Log,
        codec: Codec,
        subjects: Subjects,
        clock: Clock,
        paths: StatePaths,
        *,
        always: bool = False,
        pace: float = 1.0,
        on_fatal: Callable[[BaseException], None] | None = None,
    ) -> None:
        self.log = log
        self.paths = paths
        self.codec = codec
        self.subjects = subjects
        self.clock = TrustedClock(clock)
        self.ids = Ids(self.clock.now)
        self.boot = secrets.token_hex(8)
        self.writer = Writer(log, codec, self.clock, self.ids, on_fatal or _raise)
        self.appointments = Appointments(self)
        self.always = always
        self._keep_every = max(KEEP_EVERY_MS, int(KEEP_EVERY_MS * pace))
        self._today = ""
        self._ends = 0
        self._saw_step = False
        self._phone: tuple[int, re.Pattern[str]] | None = None
        self._listed: tuple[HallProfile, CatalogueVersion | None, HallProfile] | None = None

    # -- asking ---------------------------------------------------------------------------------------------------

    def now(self) -> int:
        """Trusted wall time, ms since 1970 UTC."""
        return self.clock.now()

    @property
    def today(self) -> str:
        """The business day, ``YYYY-MM-DD``."""
        return self._today

    def day(self) -> QueueDay:
        """Today's queue, read-only."""
        return self.day_named(self._today)

    def day_named(self, day: str) -> QueueDay:
        return cast(QueueDay, self.writer.state("queue/" + day))

    def hall(self) -> HallState:
        return cast(HallState, self.writer.state("hall"))

    def profile(self) -> HallProfile:
        """The profile in force today. Raises ``LookupError`` before the first one is published."""
        ruling = self.hall().ruling(self._today or "9999-12-31")
        if ruling is None:
            raise LookupError("no profile is published")
        return ruling.profile

    def profile_on(self, day: str | None) -> HallProfile:
        """The profile that rules a day, as published so far; today's for None and what is no date."""
        ruling = self.hall().ruling(day) if day is not None and day[:1].isdigit() else None
        return self.profile() if ruling is None else ruling.profile

    def profile_version(self) -> int:
        ruling = self.hall().ruling(self._today or "9999-12-31")
        return 0 if ruling is None else ruling.version

    def catalogue(self) -> CatalogueState:
        """Every version of the catalogue, read-only."""
        return cast(CatalogueState, self.writer.state("catalogue"))

    def catalogue_in_force(self) -> CatalogueVersion | None:
        """The version that rules today; None in a hall without a catalogue."""
        return self.catalogue().in_force(self._today or "9999-12-31")

    def listed_profile(self) -> HallProfile:
        """The profile in force with the items of the catalogue in force: what people take numbers for.

        The same object as long as neither changes. Raises ``LookupError`` as ``profile``.
        """
        profile, catalogue = self.profile(), self.catalogue_in_force()
        held = self._listed
        if held is None or held[0] is not profile or held[1] is not catalogue:
            listed = with_items(profile, None if catalogue is None else catalogue.catalogue)
            held = self._listed = (profile, catalogue, listed)
        return held[2]

    def clock_state(self) -> ClockState:
        return cast(ClockState, self.writer.state("hub"))

    def head(self) -> int:
        """Position of the last committed entry."""
        return self.writer.position

    def submit(
        self,
        command: Command | None,
        *,
        actor: str,
        key: bytes | None = None,
        fingerprint: bytes = b"",
        step: StepKey | None = None,
        message: MessageKey | None = None,
        refused: bytes | None = None,
        at: int | None = None,
    ) -> asyncio.Future[Outcome]:
        """The outcome, once committed. A repeated ``key`` (16 bytes) gets the stored one.

        ``refused``: what the edge found, JSON of code and facts; then there is no ``command``. ``at``: when it was
        asked elsewhere, in ms; never later than now.
        """
        now = self.now()
        occurred_at = now if at is None else min(max(at, 0), now)
        asked = Submission(command, actor, occurred_at, key, fingerprint, step, refused, message)
        return self.writer.submit(asked)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every committed batch before its replies leave. Returns how to stop."""
        return self.writer.listen(listener)

    def ticket_id(self) -> str:
        return self.ids.make().hex()

    def day_of(self, ticket: str) -> str:
        """The business day a ticket id was made on, for reports that come late; today for anything else."""
        if not _TICKET.fullmatch(ticket):
            return self._today
        made = int(ticket[:12], 16)
        now = self.now()
        if not now - LATE_DAYS_MS <= made <= now:
            return self._today
        if made < self._ends and self._today == business_day(self.profile(), made):
            return self._today
        return business_day(self.profile(), made)

    def phone(self, text: str) -> Personal:
        """A phone number as a personal value. Raises ``Refused`` bad-phone."""
        if len(text) > LONGEST_PHONE:
            raise Refused("bad-phone")  # before the hall's own pattern sees it, which may be slow on a long text
        number = _PHONE_NOISE.sub("", text)
        version = self.profile_version()
        if self._phone is None or self._phone[0] != version:
            self._phone = (version, re.compile(self.profile().hall.phone))
        if not number.isascii() or not self._phone[1].fullmatch(number):
            raise Refused("bad-phone")
        return Personal(self.subjects.of_phone(number), number)

    # -- the day --------------------------------------------------------------------------------------------------

    async def start(
        self,
        default: HallProfile,
        calendar: tuple[CalendarYear, ...] = (),
        catalogue: Callable[[], Catalogue | None] = lambda: None,
    ) -> None:
        """Publish the default profile, calendar and catalogue into an empty log, settle the day, keep nothing waiting.

        ``catalogue`` is asked for an empty log only, since reading one takes time.
        """
        last = self.log.read(max(self.head() - 1, 0), 1)
        if last:
            unconfirmed = self.clock_state()
            self.clock.not_before(last[-1].recorded_at, unconfirmed.by_ms if unconfirmed.frozen else 0)
            self._saw_step = unconfirmed.frozen and self.clock.stepped != 0
        if self.hall().latest is None:
            published = await self.submit(PublishProfile(default, NOW, self.now()), actor=HUB)
            if not published.ok:
                raise ValueError(published.reply.decode())
            if (first := catalogue()) is not None:
                await self._publish_first(first)
        if self.hall().calendar.version == 0 and calendar:
            await self.submit(PublishCalendar(calendar, self.now()), actor=HUB)
        self.writer.listen(self._adopt)
        await self.keep()

    async def _publish_first(self, catalogue: Catalogue) -> None:
        asked = PublishCatalogue(catalogue.items, catalogue.overlays, self.now(), source=catalogue.source)
        published = await self.submit(asked, actor=HUB)
        if not published.ok:
            raise ValueError(published.reply.decode())

    async def run(self) -> None:
        """Keep the business day until cancelled."""
        while True:
            # awake at the rollover itself, so that nobody gets a number of a day that is over
            left = self._ends - self.now()
            await self.clock.sleep(left if 0 < left < self._keep_every else self._keep_every)
            await self.keep()

    async def keep(self) -> None:
        """One look at the clock: freeze after a step, else close what is over and open what has begun."""
        now = self.now()
        stepped, frozen = self.clock.stepped, self.clock_state().frozen
        more = stepped - (self.clock_state().by_ms if frozen else 0)
        if stepped and abs(more) > TOLERATED_MS:
            log.error("clock stepped", extra={"facts": {"by_ms": more}})
            await self.submit(ReportClockStep(now, more), actor=HUB)
            self._saw_step = frozen = True
        elif frozen and not stepped and self._saw_step:
            # the wall clock agrees with the monotonic one again, in the process that saw it step: it was undone
            await self.submit(ConfirmClock(now, HUB), actor=HUB)
            self._saw_step = frozen = False
        if self._today and not frozen:
            for key, command in due(self.day(), self._today, now):
                await self.submit(command, actor=HUB, key=command_id(key))
        if self._today and (frozen or now < self._ends):
            return
        await self._settle(now, frozen)

    async def confirm_clock(self, actor: str) -> Outcome:
        """A person says that the wall clock is right; what waited goes on."""
        self.clock.confirm()
        outcome = await self.submit(ConfirmClock(self.now(), actor), actor=actor)
        await self.keep()
        return outcome

    async def _settle(self, now: int, frozen: bool) -> None:
        days = [name.removeprefix("queue/") for name in self.log.streams("queue/")]
        last = max(days, default="")
        reference = self.hall().ruling(self._today or last or "9999-12-31")
        assert reference is not None, "start() publishes the first profile"
        day = business_day(reference.profile, now)
        if last and (frozen or last > day):
            # a closed day never reopens, and a doubtful clock opens none
            day = last
        if last and last < day and not self.day_named(last).closed:
            closed = await self.submit(CloseDay(last, now, "rollover"), actor=HUB, key=command_id(f"rollover:{last}"))
            if not closed.ok:
                self._not_yet(f"the day {last} cannot be closed", closed)
                return
            log.info("day closed", extra={"facts": {"day": last}})
        plan = self._plan(day)
        if last != day:
            opened = await self.submit(OpenDay(day, now, plan), actor=HUB, key=command_id(f"open:{day}"))
            if not opened.ok:
                self._not_yet(f"the day {day} cannot be opened", opened)
                return
            log.info("day opened", extra={"facts": {"day": day}})
        self._today = day
        self._ends = plan.ends
        if last and last != day:
            self.writer.let_go("queue/" + last)
        await self._adopt_now()

    def _not_yet(self, problem: str, outcome: Outcome) -> None:
        """A running hub tries again at its next look (a full disk gets room again); one that starts cannot go on."""
        log.error(problem, extra={"facts": {"outcome": outcome.reply.decode()}})
        if not self._today:
            raise NoRoom(problem) if b'"no-room"' in outcome.reply else RuntimeError(problem)

    def _plan(self, day: str) -> DayPlan:
        hall = self.hall()
        ruling = hall.ruling(day)
        assert ruling is not None
        return plan_for(ruling.profile, ruling.version, hall.calendar, day, self.always)

    async def _adopt_now(self) -> None:
        """A profile or mode that rules today and is not what the day runs under: adopt it."""
        day = self.day()
        plan = self._plan(self._today)
        if day.plan is not None and not day.closed and day.plan != plan:
            await self.submit(AdoptPlan(self._today, self.now(), plan), actor=HUB)
            self._ends = plan.ends

    def _adopt(self, batch: Sequence[Committed]) -> None:
        if any(isinstance(each.event, ProfilePublished | CalendarPublished) for each in batch):
            task = asyncio.get_running_loop().create_task(self._adopt_now())
            self._adopting = task


def command_id(name: str) -> bytes:
    """The 16-byte id of a command that a timer or reaction makes, the same each time it is made."""
    return hashlib.blake2b(name.encode(), digest_size=16, person=b"hallhub-command").digest()


def _raise(error: BaseException) -> None:
    raise error


__all__ = ["Committed", "Event", "Hub", "command_id"]
