"""From a day's events to its report: a fold that never refuses and needs nothing but the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from hub.domain.hall.plan import DayPlan
from hub.domain.queue import events as e
from hub.domain.queue.state import ABANDONED, CLOSED, EXPIRED, FINISHED, OPEN, PAUSED, VOID
from hub.views.report.deeds import Deeds
from hub.views.report.stretches import Place
from hub.views.report.visits import Service, Visit

_MADE = (e.TicketIssued, e.HandTicketEntered)


@dataclass(slots=True)
class Work:
    """What was done at a window or by a clerk; ``scores``: how many of each."""

    calls: int = 0
    finished: int = 0
    legs: int = 0
    missed: int = 0
    scores: Counter[int] = field(default_factory=Counter[int])


@dataclass(slots=True)
class DayFold:
    """A business day as far as its events were fed, in stream order. ``version`` counts them.

    ``names``: of categories (zh, en), those of earlier plans too. ``floors``: of every window planned that day.
    """

    plan: DayPlan | None = None
    opened_at: int = 0
    closed_at: int | None = None
    latest_at: int = 0
    version: int = 0
    unread: int = 0
    visits: dict[str, Visit] = field(default_factory=dict[str, Visit])
    places: defaultdict[str, Place] = field(default_factory=lambda: defaultdict(Place))
    at_windows: defaultdict[str, Work] = field(default_factory=lambda: defaultdict(Work))
    by_clerks: defaultdict[str, Work] = field(default_factory=lambda: defaultdict(Work))
    reasons: Counter[str] = field(default_factory=Counter[str])
    scores: Counter[int] = field(default_factory=Counter[int])
    names: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    floors: dict[str, int] = field(default_factory=dict[str, int])
    deeds: Deeds = field(default_factory=Deeds)

    def feed(self, event: object) -> None:
        """The stream's next event; one that no figure needs only counts."""
        if self._is_of_an_unread_number(event):
            self.skip()
            return
        self.version += 1
        match event:
            case e.TicketIssued():
                self._issue(event)
            case e.HandTicketEntered():
                self._enter(event)
            case e.TicketCalled():
                self._call(event)
            case e.ServiceStarted():
                visit, place = self.visits[event.ticket], self.places[event.window]
                visit.started_at = place.started_at = event.at
                visit.stood_at.add(event.window)
            case e.ServiceFinished():
                self._count(event.clerk).finished += 1
                self.at_windows[event.window].finished += 1
                self.visits[event.ticket].serve(event.window, event.at)
                self._end(event.ticket, FINISHED, event.at)
            case e.LegFinished():
                self._finish_leg(event)
            case e.TicketMissed():
                self._count(self.places[event.window].clerk).missed += 1
                self.at_windows[event.window].missed += 1
                self.visits[event.ticket].missed += 1
                self._leave(event.ticket, event.at)
            case e.TicketReinstated():
                self.visits[event.ticket].reinstated += 1
            case e.TicketTransferred():
                self._transfer(event)
            case e.TicketParked():
                self.visits[event.ticket].parked += 1
                self._leave(event.ticket, event.at)
            case e.TicketAbandoned():
                self._end(event.ticket, ABANDONED, event.at)
            case e.TicketVoided():
                self._end(event.ticket, VOID, event.at)
            case e.TicketExpired():
                self._end(event.ticket, EXPIRED, event.at)
            case e.VisitRated():
                self.scores[event.score] += 1
                self.at_windows[event.window].scores[event.score] += 1
                self._count(event.clerk).scores[event.score] += 1
            case e.WindowOpened():
                self._turn(event.window, OPEN, "", event.at)
            case e.WindowPaused():
                self._turn(event.window, PAUSED, event.why, event.at)
            case e.WindowClosed():
                self._turn(event.window, CLOSED, event.why, event.at)
            case e.ClerkSignedIn() | e.ClerkSignedOut():
                self._seat(event)
            case e.DayOpened() | e.PlanAdopted():
                self._adopt(event)
            case e.DayClosed():
                self.closed_at = event.at
            case _:
                pass
        # a hand ticket tells of earlier, a late rating of a day that is over
        if self.closed_at is None:
            self.latest_at = max(self.latest_at, getattr(event, "at", 0))

    def skip(self) -> None:
        """The stream's next entry cannot be read."""
        self.version += 1
        self.unread += 1

    def _is_of_an_unread_number(self, event: object) -> bool:
        ticket = getattr(event, "ticket", None)
        return ticket is not None and ticket not in self.visits and not isinstance(event, _MADE)

    def as_of(self, now: int) -> int:
        """The moment that everything which still goes on is counted to."""
        return self.closed_at if self.closed_at is not None else max(now, self.latest_at)

    def _adopt(self, event: e.DayOpened | e.PlanAdopted) -> None:
        self.plan = event.plan
        if isinstance(event, e.DayOpened):
            self.opened_at = event.at
        self.names |= {queue.letter: (queue.zh, queue.en) for queue in event.plan.queues}
        self.floors |= {window.number: window.floor for window in event.plan.windows}

    def _issue(self, event: e.TicketIssued) -> None:
        self.visits[event.ticket] = Visit(
            number=event.number,
            category=event.category,
            joined_at=event.at,
            priority=event.priority is not None,
            appointment=event.slot is not None,
            late=event.late,
            several=len({event.category, *event.also}) > 1,
            present=event.category,
        )

    def _enter(self, event: e.HandTicketEntered) -> None:
        visit = self.visits[event.ticket] = Visit(
            number=event.number,
            category=event.category,
            joined_at=event.taken_at,
            hand=True,
            priority=event.priority is not None,
            present=event.category,
        )
        if event.window is None or event.called_at is None or event.finished_at is None:
            return
        visit.first_called_at = event.called_at
        visit.services.append(Service(event.category, event.called_at, None, event.finished_at))
        visit.stood_at.add(event.window)
        visit.end = FINISHED
        self.at_windows[event.window].finished += 1
        self._count(event.clerk).finished += 1

    def _call(self, event: e.TicketCalled) -> None:
        self.visits[event.ticket].call(event.window, event.at)
        self.places[event.window].call(event.ticket, event.at)
        self.at_windows[event.window].calls += 1
        self._count(event.clerk).calls += 1

    def _finish_leg(self, event: e.LegFinished) -> None:
        visit = self.visits[event.ticket]
        visit.serve(event.window, event.at)
        visit.present, visit.left_at = event.category, event.at
        self._leave(event.ticket, event.at)
        self.at_windows[event.window].legs += 1
        self._count(event.clerk).legs += 1

    def _transfer(self, event: e.TicketTransferred) -> None:
        visit = self.visits[event.ticket]
        visit.transfers += 1
        visit.wrong_number = visit.wrong_number or event.wrong
        visit.present = event.category
        visit.stood_at.add(event.window)
        self.reasons[event.why] += 1
        self._leave(event.ticket, event.at)

    def _end(self, ticket: str, end: str, at: int) -> None:
        self.visits[ticket].end = end
        self._leave(ticket, at)

    def _leave(self, ticket: str, at: int) -> None:
        """The number is at no window any more."""
        visit = self.visits[ticket]
        if visit.window is not None:
            self.places[visit.window].leave(at)
            visit.window = None

    def _turn(self, window: str, state: str, why: str, at: int) -> None:
        place = self.places[window]
        place.turn(state, why, at)
        self.deeds.turned(place.clerk, window, state, why, at)

    def _seat(self, event: e.ClerkSignedIn | e.ClerkSignedOut) -> None:
        place = self.places[event.window]
        there = None if place.ticket is None else self.visits[place.ticket].number
        if isinstance(event, e.ClerkSignedIn):
            place.seat(event.clerk, event.at)
            self.deeds.signed_in(event.clerk, event.window, there or "", event.at)
        else:
            place.seat(None, event.at)
            self.deeds.signed_out(event.clerk, event.window, event.at)

    def _count(self, clerk: str | None) -> Work:
        """The clerk's counts; of nobody's work they are thrown away."""
        return Work() if clerk is None else self.by_clerks[clerk]
