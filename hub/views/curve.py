"""The day's curve: arrivals, people waiting and visits served per quarter of an hour, kept as the day goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hub.domain.queue import events as e
from hub.domain.queue.state import FINISHED, QueueDay

STEP_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Curve:
    """``start``: ms of the first step; ``steps``: how many the day has; lists of one value for each step that is over.

    ``waiting``: people at the step's end who were never called. ``week_ago``: the same a week earlier, over the whole
    day, None for a step that nothing is known of; empty when that day is unknown.
    """

    start: int
    steps: int
    arrivals: tuple[int, ...]
    waiting: tuple[int, ...]
    served: tuple[int, ...]
    week_ago: tuple[int | None, ...] = ()


def beside(curve: Curve, earlier: Curve | None, later_ms: int) -> Curve:
    """``curve`` with the waiting of an ``earlier`` day that began ``later_ms`` before it, step by step."""
    if earlier is None:
        return curve
    shift = (curve.start - later_ms - earlier.start) // STEP_MS
    known = range(len(earlier.waiting))
    week_ago = tuple(earlier.waiting[step + shift] if step + shift in known else None for step in range(curve.steps))
    return replace(curve, week_ago=week_ago)


@dataclass(slots=True)
class CurveFold:
    """Counts by step since 1970; a ticket leaves the wait once, at its first call or at its end without one."""

    arrivals: dict[int, int] = field(default_factory=dict[int, int])
    departures: dict[int, int] = field(default_factory=dict[int, int])
    served: dict[int, int] = field(default_factory=dict[int, int])
    _waiting: set[str] = field(default_factory=set[str])

    def rebuild(self, day: QueueDay) -> None:
        for known in (self.arrivals, self.departures, self.served):
            known.clear()
        self._waiting.clear()
        for ticket in day.tickets.values():
            _count(self.arrivals, ticket.issued_at)
            left = ticket.first_called_at if ticket.first_called_at is not None else ticket.ended_at
            if left is None:
                self._waiting.add(ticket.id)
            else:
                _count(self.departures, left)
            if ticket.state == FINISHED and ticket.ended_at is not None:
                _count(self.served, ticket.ended_at)

    def follow(self, events: Iterable[object]) -> None:
        for event in events:
            match event:
                case e.TicketIssued():
                    _count(self.arrivals, event.at)
                    self._waiting.add(event.ticket)
                case e.TicketCalled() | e.TicketAbandoned() | e.TicketVoided() | e.TicketExpired():
                    if event.ticket in self._waiting:
                        self._waiting.remove(event.ticket)
                        _count(self.departures, event.at)
                case e.ServiceFinished():
                    _count(self.served, event.at)
                case e.HandTicketEntered():
                    _count(self.arrivals, event.taken_at)
                    if event.called_at is None or event.finished_at is None:
                        self._waiting.add(event.ticket)
                    else:
                        _count(self.departures, event.called_at)
                        _count(self.served, event.finished_at)
                case e.DayOpened():
                    self.rebuild(QueueDay())
                case _:
                    pass

    def curve(self, begins: int, ends: int, now: int) -> Curve:
        """The day from ``begins`` to ``ends``, widened to what happened outside, as far as it went by ``now``."""
        happened = [*self.arrivals, *self.departures, *self.served]
        first = min([begins // STEP_MS, *happened])
        last = max([-(-ends // STEP_MS), first + 1, *(step + 1 for step in happened)])
        steps = range(first, max(first, min(last, now // STEP_MS)))
        waiting: list[int] = []
        level = 0
        for step in steps:
            level += self.arrivals.get(step, 0) - self.departures.get(step, 0)
            waiting.append(max(0, level))
        return Curve(
            first * STEP_MS,
            last - first,
            tuple(self.arrivals.get(step, 0) for step in steps),
            tuple(waiting),
            tuple(self.served.get(step, 0) for step in steps),
        )


def _count(counts: dict[int, int], at: int) -> None:
    step = at // STEP_MS
    counts[step] = counts.get(step, 0) + 1
