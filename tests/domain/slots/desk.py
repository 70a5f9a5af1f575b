"""Two days of appointments driven by commands, as the writer drives them: decide, then evolve."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from hub.domain.personal import Personal
from hub.domain.queue import commands as q
from hub.domain.queue.decide import decide as decide_queue
from hub.domain.queue.evolve import evolve as evolve_queue
from hub.domain.queue.state import QueueDay
from hub.domain.refusals import Refused
from hub.domain.slots import commands as c
from hub.domain.slots.decide import decide, streams_of
from hub.domain.slots.evolve import evolve
from hub.domain.slots.plan import SlotPlan, SlotsPlan
from hub.domain.slots.state import SlotDay
from tests.domain.queue.plans import DATE, HOUR, MINUTE, OPENS, always, small_plan

TOMORROW = "2026-01-06"
DAY = 24 * HOUR
LATE = 30 * MINUTE
PHONE = Personal("a" * 32, "13800138000")
OTHER = Personal("b" * 32, "13900139000")


def slot(id: str, starts: int, *, capacity: int = 4, walk_in: int = 1, online: int = 2, letters: str = "A") -> SlotPlan:
    ends = starts + 30 * MINUTE
    return SlotPlan(id, "g", "一层", "Floor 1", tuple(letters), starts, ends, capacity, walk_in, online, starts)


def plan(*slots: SlotPlan) -> SlotsPlan:
    return SlotsPlan("Asia/Shanghai", slots, LATE, 72 * HOUR)


TODAYS = plan(slot("s1", OPENS + HOUR), slot("s2", OPENS + 2 * HOUR, letters="AB"))
TOMORROWS = plan(slot("s1", OPENS + DAY + HOUR), slot("s2", OPENS + DAY + 2 * HOUR))


class Desk:
    """``at`` is the hall's clock; codes are counted."""

    def __init__(self) -> None:
        self.at = OPENS
        self.days = {DATE: SlotDay(), TOMORROW: SlotDay()}
        self.queue = QueueDay()
        self.events: list[tuple[str, object]] = []
        self.last: list[object] = []
        self._codes = 0
        opened = decide_queue(self.queue, q.OpenDay(DATE, self.at, always(small_plan())))
        for event in opened.events:
            evolve_queue(self.queue, event)
        self.do(c.PlanSlots, plan=TODAYS)
        self.do(c.PlanSlots, day=TOMORROW, plan=TOMORROWS)

    @property
    def today(self) -> SlotDay:
        return self.days[DATE]

    def code(self) -> str:
        self._codes += 1
        return f"C{self._codes:07d}"

    def run(self, command: c.SlotsCommand) -> Any:
        names = streams_of(command)
        states = [self.queue if name.startswith("queue/") else self.days[name[6:]] for name in names]
        decided = decide(states, command)
        for index, event in decided.events:
            if names[index].startswith("queue/"):
                evolve_queue(self.queue, event)  # type: ignore[arg-type]
            else:
                evolve(self.days[names[index][6:]], event)  # type: ignore[arg-type]
        self.last = [event for _, event in decided.events]
        self.events += [(names[index], event) for index, event in decided.events]
        return decided.reply

    def do(self, command: type, day: str = DATE, **fields: Any) -> Any:
        """The reply; ``last`` are the events of this command."""
        return self.run(command(day=day, at=self.at, **fields))

    def refuse(self, command: type, **fields: Any) -> Refused:
        """The refusal, after looking that nothing changed."""
        before = deepcopy((self.days, self.queue))
        with pytest.raises(Refused) as refusal:
            self.do(command, **fields)
        assert (self.days, self.queue) == before
        return refusal.value

    def lease(self, slot: str = "s1", units: int = 2, day: str = DATE) -> list[str]:
        """The codes of a new lease, ``<slot>.<n>``."""
        number = self.days[day].slots[slot].leases
        codes = tuple(self.code() for _ in range(units))
        self.do(c.LeaseUnits, day=day, lease=f"{slot}.{number}", slot=slot, codes=codes, expires=self.at + DAY)
        return list(self.days[day].leases[f"{slot}.{number}"].codes)

    def sell(self, code: str, day: str = DATE, **fields: Any) -> Any:
        lease = self.days[day].units[code].lease
        given = {"category": "A", "sold_at": self.at, "phone": PHONE, **fields}
        return self.do(c.SellUnit, day=day, lease=lease, code=code, **given)

    def book(self, slot: str = "s1", day: str = DATE, **fields: Any) -> str:
        given = {"category": "A", "channel": "counter", "code": self.code(), **fields}
        return self.do(c.BookSlot, day=day, slot=slot, **given).code

    def check_in(self, code: str, ticket: str = "", **fields: Any) -> Any:
        return self.do(c.CheckIn, code=code, ticket=ticket or f"t-{self.code()}", **fields)
