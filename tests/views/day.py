"""A business day of the default hall that tests move by commands, without a hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.core.profile_file import default_profile
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.planning import plan_for
from hub.domain.personal import Personal
from hub.domain.queue import commands as c
from hub.domain.queue.commands import QueueCommand
from hub.domain.queue.decide import decide
from hub.domain.queue.events import QueueEvent
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import QueueDay, Ticket

DATE = "2026-11-23"
NINE = int(datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)
MINUTE = 60_000
PHONE = Personal("0" * 32, "13800001111")


@dataclass
class Morning:
    """``now`` in ms; ``events``: everything that happened, in order."""

    day: QueueDay = field(default_factory=QueueDay)
    now: int = NINE
    events: list[QueueEvent] = field(default_factory=list[QueueEvent])

    def __post_init__(self) -> None:
        self.profile = default_profile()
        self.do(c.OpenDay(DATE, self.now, plan_for(self.profile, 1, CalendarVersion(0, ()), DATE)))

    def do(self, command: QueueCommand) -> None:
        for event in decide(self.day, command).events:
            evolve(self.day, event)
            self.events.append(event)

    def later(self, minutes: float) -> None:
        self.now += int(minutes * MINUTE)

    def open(self, *windows: str) -> None:
        for window in windows:
            self.do(c.OpenWindow(DATE, self.now, window))

    def take(
        self,
        category: str,
        *,
        floor: int = 1,
        priority: str | None = None,
        phone: Personal | None = PHONE,
        also: tuple[str, ...] = (),
    ) -> Ticket:
        ticket = f"{len(self.day.tickets) + 1:032x}"
        self.do(c.TakeTicket(DATE, self.now, ticket, category, floor, priority, phone, also=also))
        return self.day.tickets[ticket]

    def call(self, window: str) -> None:
        self.do(c.CallNext(DATE, self.now, window))

    def start(self, window: str) -> None:
        self.do(c.StartService(DATE, self.now, window))

    def finish(self, window: str) -> None:
        self.do(c.FinishService(DATE, self.now, window))

    def miss(self, window: str) -> None:
        self.do(c.MissTicket(DATE, self.now, window))
