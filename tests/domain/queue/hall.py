"""A day driven by commands, as the writer drives it: decide, then evolve."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from hub.domain.hall.plan import DayPlan
from hub.domain.personal import Personal
from hub.domain.queue import commands as c
from hub.domain.queue.decide import decide
from hub.domain.queue.events import QueueEvent
from hub.domain.queue.evolve import evolve
from hub.domain.queue.replies import TicketReply, WindowReply
from hub.domain.queue.state import QueueDay, Ticket
from hub.domain.refusals import Refused
from tests.domain.queue.plans import DATE, MINUTE, OPENS, small_plan

PHONE = Personal("f" * 32, "13800138000")


class Hall:
    """Commands are given by class and fields; ``at`` is the hall's clock, which tests move by minutes."""

    def __init__(self, plan: DayPlan | None = None) -> None:
        self.day = QueueDay()
        self.at = OPENS
        self.events: list[QueueEvent] = []
        self.last: tuple[QueueEvent, ...] = ()
        self._ids = 0
        if plan is not None:
            self.do(c.OpenDay, plan=plan)

    def do(self, command: type, **fields: Any) -> Any:
        """The reply; ``last`` are the events of this command."""
        decided = decide(self.day, command(day=DATE, at=self.at, **fields))
        for event in decided.events:
            evolve(self.day, event)
        self.last = decided.events
        self.events.extend(decided.events)
        return decided.reply

    def refuse(self, command: type, **fields: Any) -> Refused:
        """The refusal, after looking that nothing changed."""
        before = deepcopy(self.day)
        with pytest.raises(Refused) as refusal:
            self.do(command, **fields)
        assert self.day == before
        return refusal.value

    def take(self, category: str = "A", **fields: Any) -> str:
        """The number taken."""
        return self.take_reply(category, **fields).number

    def take_reply(self, category: str = "A", **fields: Any) -> TicketReply:
        self._ids += 1
        return self.do(c.TakeTicket, ticket=f"{self._ids:032x}", category=category, **fields)

    def call(self, window: str = "101", **fields: Any) -> str | None:
        reply: WindowReply = self.do(c.CallNext, window=window, **fields)
        return reply.number

    def miss(self, window: str = "101") -> None:
        """Recalls as often as it needs, then misses the window's ticket."""
        for _ in range(3):
            self.do(c.RecallTicket, window=window)
        self.do(c.MissTicket, window=window)

    def ticket(self, number: str) -> Ticket:
        return self.day.tickets[self.day.numbers[number]]

    def line(self, name: str) -> list[str]:
        return [self.day.tickets[ticket].number for ticket in self.day.lines[name]]

    def calls(self, window: str, count: int) -> list[str | None]:
        """The next ``count`` numbers called and finished at a window."""
        numbers: list[str | None] = []
        for _ in range(count):
            numbers.append(self.call(window))
            if numbers[-1] is not None:
                self.do(c.FinishService, window=window)
        return numbers

    def wait(self, minutes: float) -> None:
        self.at += int(minutes * MINUTE)


def small_hall() -> Hall:
    return Hall(small_plan())
