"""Writers and hubs that tests of the core stand in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.core.ids import Ids
from hub.core.paths import StatePaths
from hub.core.submission import Command, Committed, StepKey, Submission
from hub.core.writer import Writer
from hub.domain.hall.calendar import CalendarYear
from hub.domain.hall.profile import HallProfile
from hub.domain.queue.commands import OpenDay, TakeTicket
from hub.domain.queue.state import QueueDay
from hub.log.entry import Outcome
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.log.port import Log
from hub.log.subjects import Subjects
from tests.domain.hall.halls import DEFAULT, ms
from tests.domain.queue.plans import DATE, OPENS, always, small_plan

QUEUE = f"queue/{DATE}"
PLAN = always(small_plan())
MONDAY_AT_TEN = ms("2026-11-23 10:00", "Asia/Shanghai")
HOUR = 3_600_000
DAY_MS = 24 * HOUR


@dataclass
class Desk:
    """A writer, its log, and what was fatal to it."""

    log: Log
    clock: ManualClock
    writer: Writer
    fatal: list[BaseException] = field(default_factory=list[BaseException])

    @classmethod
    def on(cls, log: Log | None = None, at: int = OPENS) -> Desk:
        log, clock = log or MemoryLog(), ManualClock(at)
        fatal: list[BaseException] = []
        return cls(log, clock, Writer(log, hub_codec(Keys(None)), clock, Ids(clock.now), fatal.append), fatal)

    @property
    def day(self) -> QueueDay:
        state = self.writer.state(QUEUE)
        assert isinstance(state, QueueDay)
        return state

    def ask(
        self, command: Command | None, key: int | None = None, body: bytes = b"", step: StepKey | None = None
    ) -> Awaitable[Outcome]:
        known = None if key is None else key.to_bytes(16, "big")
        return self.writer.submit(Submission(command, "test", self.clock.now(), known, body, step))

    async def open_day(self) -> None:
        assert (await self.ask(OpenDay(DATE, self.clock.now(), PLAN))).ok

    def heard(self) -> list[Committed]:
        """Fills as entries are committed."""
        heard: list[Committed] = []
        self.writer.listen(heard.extend)
        return heard


def ticket(number: int) -> str:
    return f"{number:032x}"


def take(number: int, category: str = "A", at: int = OPENS) -> TakeTicket:
    return TakeTicket(DATE, at, ticket(number), category)


def reply(outcome: Outcome) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(outcome.reply)
    return found


def code(outcome: Outcome) -> str:
    assert not outcome.ok
    return str(reply(outcome)["code"])


async def hub_on(
    log: Log,
    clock: ManualClock,
    profile: HallProfile = DEFAULT,
    calendar: tuple[CalendarYear, ...] = (),
    *,
    always: bool = False,
    keys: Keys | None = None,
    on_fatal: Callable[[BaseException], None] | None = None,
) -> Hub:
    """A hub that has started on a log, new or not."""
    paths = StatePaths.of(Path("hall.db"))
    codec = hub_codec(keys or Keys(None))
    hub = Hub(log, codec, Subjects(bytes(32)), clock, paths, always=always, on_fatal=on_fatal)
    await hub.start(profile, calendar)
    return hub


def types(log: Log, stream: str) -> Sequence[str]:
    """The types of a stream's entries."""
    return [entry.type for entry in log.read_stream(stream)]
