"""Days of any acts for the reports' tests, as events and as a log."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hub.domain.hall.plan import DayPlan
from hub.domain.queue import commands as c
from hub.domain.queue.decide import decide
from hub.domain.queue.events import QueueEvent
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import CALLED, FINISHED, MISSED, QueueDay
from hub.domain.refusals import Refused
from hub.log.codec import Codec
from hub.log.entry import Batch, Draft
from hub.log.port import Log
from tests.domain.queue.hall import PHONE
from tests.domain.queue.plans import MINUTE, small_plan

WINDOWS = ("101", "102", "103", "201", "202")
CLERKS = ("李", "王", "zhao", "=qian")
WHYS = ("取错号", "取错号", "材料不齐", "+later", "")
SCORES = (5, 5, 4, 3, 2, 1)


class Acts:
    """A hall in which anybody does anything; what is refused did not happen. ``at`` is the clock, in ms."""

    def __init__(self, seed: int, plan: DayPlan | None = None) -> None:
        self.chance = random.Random(seed)
        self.plan = plan or small_plan()
        self.day = QueueDay()
        self.at = self.plan.opens or self.plan.ends - 20 * 60 * MINUTE
        self.events: list[QueueEvent] = []
        self.do(c.OpenDay, plan=self.plan)

    def do(self, command: type, **fields: Any) -> bool:
        try:
            decided = decide(self.day, command(day=self.plan.date, at=self.at, **fields))
        except Refused:
            return False
        for event in decided.events:
            evolve(self.day, event)
        self.events.extend(decided.events)
        return True

    def any_acts(self, count: int) -> None:
        for _ in range(count):
            self.chance.choice(self._acts())()
            self.at += self.chance.randint(0, 3 * MINUTE)

    def close(self) -> None:
        self.do(c.CloseDay, why="闭厅")

    def late_acts(self, count: int) -> None:
        """Ratings and hand tickets of a day that is over."""
        for _ in range(count):
            self.at += self.chance.randint(0, MINUTE)
            self.chance.choice((self._rate, self._hand))()

    def _acts(self) -> Sequence[Callable[[], object]]:
        return (
            *(self._take,) * 5,
            *(self._call,) * 5,
            *(self._finish,) * 5,
            lambda: self.do(c.StartService, window=self._window()),
            lambda: self.do(c.StartService, window=self._window()),
            lambda: self.do(c.ParkTicket, window=self._window(), why="复印"),
            self._miss,
            self._transfer,
            self._transfer,
            self._miss,
            self._reinstate,
            self._reinstate,
            self._rate,
            self._rate,
            self._hand,
            lambda: self.do(c.CallTicket, window=self._window(), ticket=self._ticket()),
            lambda: self.do(c.AbandonTicket, ticket=self._ticket()),
            lambda: self.do(c.VoidTicket, ticket=self._ticket(), why="错"),
            lambda: self.do(c.OpenWindow, window=self._window()),
            lambda: self.do(c.PauseWindow, window=self._window(), why=self.chance.choice(("午餐", "换班", "=1+1"))),
            lambda: self.do(c.CloseWindow, window=self._window()),
            self._sign_in,
            self._sign_in,
            lambda: self.do(c.SignOutClerk, window=self._window(), clerk=self._clerk()),
            lambda: self.do(c.ReskillWindow, window=self._window(), categories=("E", "A")),
            self._republish,
        )

    def _window(self) -> str:
        return self.chance.choice(WINDOWS)

    def _clerk(self) -> str:
        return self.chance.choice(CLERKS)

    def _ticket(self) -> str:
        return self.chance.choice(list(self.day.tickets) or ["Z999"])

    def _take(self) -> None:
        chance = self.chance
        self.do(
            c.TakeTicket,
            ticket=f"{len(self.events):032x}",
            category=chance.choice("AABEP"),
            floor=chance.randint(1, 2),
            priority=chance.choice((None, None, "elderly")),
            phone=chance.choice((None, PHONE)),
            also=tuple(chance.sample("ABE", chance.choice((0, 0, 1, 2)))),
            slot=chance.choice((None, None, None, self.at)),
        )

    def _call(self) -> None:
        window = self._window()
        self.do(c.CallNext, window=window)
        self.at += self.chance.randint(0, MINUTE)
        if self.chance.random() < 0.7:
            self.do(c.StartService, window=window)

    def _finish(self) -> None:
        if self.chance.random() < 0.8:
            self.at += self.chance.randint(0, 8 * MINUTE)
        done = None if self.chance.random() < 0.6 else (self.chance.choice("ABE"),)
        self.do(c.FinishService, window=self._window(), done=done)

    def _miss(self) -> None:
        called = [ticket.window for ticket in self.day.tickets.values() if ticket.state == CALLED]
        window = self.chance.choice(called or [self._window()])
        for _ in range(3):
            self.do(c.RecallTicket, window=window)
        self.do(c.MissTicket, window=window)

    def _transfer(self) -> None:
        to = self.chance.choice((*WINDOWS, "A", "B", "E"))
        busy = [window.number for window in self.day.windows.values() if window.active is not None]
        window = self.chance.choice(busy or [self._window()])
        self.do(c.TransferTicket, window=window, to=to, why=self.chance.choice(WHYS))

    def _reinstate(self) -> None:
        missed = [ticket.id for ticket in self.day.tickets.values() if ticket.state == MISSED]
        self.do(c.ReinstateTicket, ticket=self.chance.choice(missed or [self._ticket()]))

    def _rate(self) -> None:
        finished = [ticket.id for ticket in self.day.tickets.values() if ticket.state == FINISHED]
        self.do(c.RateVisit, ticket=self.chance.choice(finished or [self._ticket()]), score=self.chance.choice(SCORES))

    def _sign_in(self) -> None:
        self.do(c.SignInClerk, window=self._window(), clerk=self._clerk(), move=self.chance.random() < 0.5)

    def _hand(self) -> None:
        taken = self.at - self.chance.randint(20, 90) * MINUTE
        served = self.chance.random() < 0.7
        self.do(
            c.EnterHandTicket,
            ticket=f"{len(self.events) + 7_000_000:032x}",
            number=f"XA{self.chance.randint(0, 999):03d}",
            category=self.chance.choice("ABE"),
            taken_at=taken,
            window=self._window() if served else None,
            clerk=self.chance.choice((*CLERKS, None)) if served else None,
            called_at=taken + 7 * MINUTE if served else None,
            finished_at=taken + 19 * MINUTE if served else None,
        )

    def _republish(self) -> None:
        if self.chance.random() < 0.2:
            shorter = tuple(window for window in self.plan.windows if window.number != "103")
            windows = self.chance.choice((self.plan.windows, shorter))
            self.do(c.AdoptPlan, plan=replace(self.plan, windows=windows, profile=self.plan.profile + 1))


def any_day(seed: int, acts: int = 250, *, plan: DayPlan | None = None, late: int = 12) -> Acts:
    """A whole day, closed, with what came after."""
    day = Acts(seed, plan)
    day.any_acts(acts)
    day.close()
    day.late_acts(late)
    return day


def write(log: Log, codec: Codec, day: str, events: Sequence[object], *, after: int = 0) -> None:
    """Append events to the day's stream whose last version is ``after``."""
    drafts: list[Draft] = []
    for version, event in enumerate(events, start=after + 1):
        codec.keys.ensure(codec.subjects(event))
        wire, data = codec.encode(event, f"queue/{day}")
        at = getattr(event, "at", 0)
        drafts.append(Draft(f"queue/{day}", version, wire, at, "test", b"c" * 16, data))
    log.append(Batch(drafts, [], [], 0))
