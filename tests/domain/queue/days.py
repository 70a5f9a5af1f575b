"""Generated days on a small hall: people come as a script says, windows serve whoever the order gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from hub.domain.hall.plan import DayPlan
from hub.domain.queue import commands as c
from hub.domain.queue.events import TicketCalled
from hub.domain.queue.state import WAITING, QueueDay, Ticket, Window
from tests.domain.queue.hall import PHONE, Hall
from tests.domain.queue.plans import MINUTE


@dataclass(frozen=True, slots=True)
class Visitor:
    """``after``: seconds after the one before. ``slot``: minutes from coming to the appointment, None without one.

    ``absent``: not there when first called, back after ten minutes.
    """

    after: int
    category: str = "A"
    priority: str | None = None
    slot: int | None = None
    also: tuple[str, ...] = ()
    minutes: int = 5
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One call as it was decided, with everybody who waited then; ``waiting`` is by ticket id, as they stood."""

    window: Window
    called: Ticket
    rule: str
    at: int
    rivals: tuple[Ticket, ...]
    day: QueueDay


VISITORS = st.lists(
    st.builds(
        Visitor,
        after=st.integers(0, 180),
        category=st.sampled_from("ABP"),
        priority=st.sampled_from([None, None, None, "elderly", "military"]),
        slot=st.sampled_from([None, None, None, None, -8, 0, 20]),
        also=st.sampled_from([(), (), (), ("B",), ("P",)]),
        minutes=st.integers(1, 14),
        absent=st.sampled_from([False, False, False, True]),
    ),
    min_size=2,
    max_size=60,
)


@dataclass
class Served:
    """A day run to its end: whoever waits is called as long as windows are free."""

    plan: DayPlan
    windows: tuple[str, ...] = ("101", "102", "103")
    look: Callable[[Seen], None] = lambda _: None
    hall: Hall = field(init=False)
    _busy: dict[str, int] = field(default_factory=dict[str, int])
    _minutes: dict[str, Visitor] = field(default_factory=dict[str, Visitor])
    _back: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    def __post_init__(self) -> None:
        self.hall = Hall(self.plan)

    def run(self, visitors: Iterable[Visitor], limit: int = 20_000) -> Hall:
        """Everybody comes, and everybody is served; raises ``AssertionError`` when that takes over ``limit`` steps."""
        arrivals: list[tuple[int, Visitor]] = []
        at = self.hall.at
        for visitor in visitors:
            at += visitor.after * 1000
            arrivals.append((at, visitor))
        arrivals.reverse()
        for _ in range(limit):
            moments = [*self._busy.values(), *(at for at, _ in self._back), *(at for at, _ in arrivals[-1:])]
            if not moments:
                return self.hall
            self.hall.at = max(self.hall.at, min(moments))
            while arrivals and arrivals[-1][0] <= self.hall.at:
                self._come(arrivals.pop()[1])
            for due in [each for each in self._back if each[0] <= self.hall.at]:
                self._back.remove(due)
                self.hall.do(c.ReinstateTicket, ticket=due[1])
            for window, until in list(self._busy.items()):
                if until <= self.hall.at:
                    del self._busy[window]
                    self.hall.do(c.FinishService, window=window)
            self._call()
        raise AssertionError("the day does not end")

    def _come(self, visitor: Visitor) -> None:
        slot = None if visitor.slot is None else self.hall.at + visitor.slot * MINUTE
        number = self.hall.take(visitor.category, priority=visitor.priority, slot=slot, also=visitor.also, phone=PHONE)
        self._minutes[self.hall.ticket(number).id] = visitor

    def _call(self) -> None:
        for number in self.windows:
            while number not in self._busy:
                day = self.hall.day
                window = day.windows[number]
                rivals = tuple(
                    ticket for ticket in day.tickets.values() if ticket.state == WAITING and ticket.line in window.lines
                )
                keys = {ticket.id: ticket.key for ticket in rivals}
                if self.hall.call(number) is None:
                    break
                event = self.hall.last[-1]
                assert isinstance(event, TicketCalled)
                called = day.tickets[event.ticket]
                others = tuple(ticket for ticket in rivals if ticket is not called)
                assert all(ticket.key == keys[ticket.id] for ticket in others)
                self.look(Seen(window, called, event.rule, self.hall.at, others, day))
                visitor = self._minutes[called.id]
                if visitor.absent and not called.reinstated and not called.legs:
                    self.hall.do(c.MissTicket, window=number)
                    self._back.append((self.hall.at + 10 * MINUTE, called.id))
                else:
                    self._busy[number] = self.hall.at + visitor.minutes * MINUTE
