"""From a day's events to its script. The events go through the day's own ``evolve``, so both read them alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from statistics import median_low

from hub.domain.hall.plan import DayPlan
from hub.domain.queue import commands as c
from hub.domain.queue import events as e
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import ACTIVE, OPEN, WAITING, QueueDay, Ticket
from hub.domain.trial.outcomes import outcomes_of
from hub.domain.trial.script import GONE, MISSED, PARKED, SERVED, TRANSFERRED, Act, Script, Turn, Visitor

_MINUTE = 60_000


class NoDay(Exception):
    """The events do not begin with an opened day."""


def script_of(events: Iterable[e.QueueEvent]) -> Script:
    """The script of a day's stream, from its first event on. Raises ``NoDay`` when there is none that was opened."""
    recorder = _Recorder()
    for event in events:
        recorder.take(event)
    return recorder.script()


@dataclass(slots=True)
class _Visit:
    """A visitor so far. ``left_window_at``: when they were missed or parked and are away since."""

    visitor: Visitor
    turns: list[Turn] = field(default_factory=list[Turn])
    called_at: int = 0
    started_at: int | None = None
    left_window_at: int | None = None


class _Recorder:
    def __init__(self) -> None:
        self._day = QueueDay()
        self._plan: DayPlan | None = None
        self._name = ""
        self._begins = self._last = 0
        self._ends: int | None = None
        self._visits: dict[str, _Visit] = {}
        self._acts: list[Act] = []
        self._rules: dict[str, str] = {}
        self._pausing: dict[str, c.PauseWindow] = {}
        self._ready: dict[str, int] = {}
        self._gaps: dict[str, list[int]] = {}
        self._lasting: set[str] = set()
        self._cleared: tuple[int, set[str]] = (0, set())

    def take(self, event: e.QueueEvent) -> None:
        if self._plan is None:
            if not isinstance(event, e.DayOpened):
                raise NoDay
            self._plan, self._name, self._begins = event.plan, event.plan.date, event.at
        self._last = max(self._last, event.at)
        self._before(event)
        evolve(self._day, event)
        self._after(event)

    def script(self) -> Script:
        """The script of everything taken."""
        if self._plan is None:
            raise NoDay
        ends = self._last if self._ends is None else self._ends
        gaps = {number: tuple(found) for number, found in self._gaps.items()}
        every = [gap for found in gaps.values() for gap in found]
        return Script(
            plan=self._plan,
            begins=self._begins,
            ends=ends,
            visitors=tuple(replace(visit.visitor, turns=tuple(visit.turns)) for visit in self._visits.values()),
            acts=tuple(self._acts),
            gaps=gaps,
            gap=median_low(every) if every else 0,
            means=_means(self._plan, self._visits.values()),
            lasting=frozenset(self._lasting),
            over=self._ends is not None,
            outcomes={
                ticket: outcome
                for ticket, outcome in outcomes_of(self._day, self._rules, ends).items()
                if ticket in self._visits
            },
        )

    # What an event tells of the people, before the day has changed.
    def _before(self, event: e.QueueEvent) -> None:
        match event:
            case e.TicketIssued():
                self._visits[event.ticket] = _Visit(self._came(event))
            case e.HandTicketEntered():
                if event.finished_at is None:
                    self._visits[event.ticket] = _Visit(_by_hand(event))
            case e.TicketCalled():
                self._called(event)
            case e.ServiceStarted():
                if (visit := self._visits.get(event.ticket)) is not None:
                    visit.started_at = event.at
            case e.ServiceFinished():
                self._turn(event.ticket, SERVED, event.at, done=self._day.tickets[event.ticket].todo)
            case e.LegFinished():
                self._turn(event.ticket, SERVED, event.at, done=event.done)
            case e.TicketMissed():
                self._turn(event.ticket, MISSED, event.at)
            case e.TicketParked():
                self._turn(event.ticket, PARKED, event.at)
            case e.TicketTransferred():
                to = event.line[1:] if event.line.startswith("@") else event.category
                self._turn(event.ticket, TRANSFERRED, event.at, to=to, wrong=event.wrong)
            case e.TicketReinstated():
                self._back(event.ticket, event.at, by_name=False)
            case e.TicketAbandoned() | e.TicketVoided() | e.TicketExpired():
                self._left(self._day.tickets[event.ticket], event)
            case e.WindowClosed():
                self._closed(event)
            case _:
                self._act(event)

    def _came(self, event: e.TicketIssued) -> Visitor:
        # The number's letter is the category asked for; the event's is the one its line begins with.
        letters = (event.category, *event.also)
        asked = event.number[0] if event.number[0] in letters else event.category
        return Visitor(
            ticket=event.ticket,
            at=event.at,
            category=asked,
            floor=_floor(event.line),
            also=tuple(letter for letter in letters if letter != asked),
            priority=event.priority,
            phone=event.phone is not None,
            slot=event.slot,
            number=event.number,
        )

    def _called(self, event: e.TicketCalled) -> None:
        self._rules.setdefault(event.ticket, event.rule)
        if (visit := self._visits.get(event.ticket)) is None:
            return
        self._back(event.ticket, event.at, by_name=True)
        visit.called_at, visit.started_at = event.at, None

    def _back(self, ticket: str, at: int, *, by_name: bool) -> None:
        visit = self._visits.get(ticket)
        if visit is None or visit.left_window_at is None:
            return
        last = visit.turns[-1]
        visit.turns[-1] = replace(last, away=at - visit.left_window_at, by_name=by_name)
        visit.left_window_at = None

    def _turn(
        self, ticket: str, end: str, at: int, *, done: tuple[str, ...] = (), to: str = "", wrong: bool = False
    ) -> None:
        visit = self._visits.get(ticket)
        if visit is None:
            return
        held = max(0, at - visit.called_at)
        # A finish that was pressed alone makes both events of one moment.
        walked = visit.started_at is not None and visit.started_at < at
        walk = max(0, (visit.started_at or 0) - visit.called_at) if walked else 0
        visit.turns.append(Turn(end, held, walk, done=done, to=to, wrong=wrong))
        visit.left_window_at = at if end in (MISSED, PARKED) else None

    def _left(self, ticket: Ticket, event: e.TicketAbandoned | e.TicketVoided | e.TicketExpired) -> None:
        visit = self._visits.get(ticket.id)
        if ticket.state in ACTIVE:
            self._turn(ticket.id, GONE, event.at)
        elif ticket.state == WAITING:
            if isinstance(event, e.TicketExpired):
                at, lines = self._cleared
                self._cleared = (event.at, {ticket.line} | (lines if at == event.at else set()))
            elif visit is not None:
                visit.visitor = replace(visit.visitor, leaves=event.at)

    def _closed(self, event: e.WindowClosed) -> None:
        window, day, at = self._day.windows[event.window], self._name, event.at
        self._pausing.pop(event.window, None)
        last = self._acts[-1] if self._acts else None
        if isinstance(last, c.SignOutClerk) and (last.window, last.at) == (event.window, at):
            self._acts.pop()  # closing signs out by itself
        self._acts.append(c.CloseWindow(day, at, event.window, event.why, anyway=True))
        cleared_at, cleared = self._cleared
        left_waiting = any(self._day.lines[line].occupied for line in window.lines)
        left_waiting = left_waiting or (cleared_at == at and not cleared.isdisjoint(window.lines))
        closes = None if self._plan is None else self._plan.closes
        if closes is not None and at >= closes and not left_waiting:
            self._lasting.add(event.window)
        else:
            self._lasting.discard(event.window)

    def _act(self, event: e.QueueEvent) -> None:
        day, at = self._name, event.at
        match event:
            case e.WindowOpened():
                if self._pausing.pop(event.window, None) is None:
                    self._acts.append(c.OpenWindow(day, at, event.window))
            case e.WindowPaused():
                pause = c.PauseWindow(day, at, event.window, event.why, anyway=True)
                if self._day.windows[event.window].active is None:
                    self._acts.append(pause)
                else:
                    self._pausing[event.window] = pause
            case e.ClerkSignedIn():
                self._acts.append(c.SignInClerk(day, at, event.window, event.clerk, move=True))
            case e.ClerkSignedOut():
                self._acts.append(c.SignOutClerk(day, at, event.window, event.clerk))
            case e.WindowReskilled():
                self._acts.append(c.ReskillWindow(day, at, event.window, event.categories, event.until))
            case e.SkillsRestored():
                self._acts.append(c.ReskillWindow(day, at, event.window))
            case e.HallFrozen():
                self._acts.append(c.FreezeHall(day, at, event.why))
            case e.HallReleased():
                self._acts.append(c.ReleaseHall(day, at))
            case e.PlanAdopted():
                self._acts.append(c.AdoptPlan(day, at, event.plan))
            case e.DayClosed():
                self._ends = at
            case _:
                pass

    # How long windows took to call: since when each is free while somebody waits for it.
    def _after(self, event: e.QueueEvent) -> None:
        at = event.at
        match event:
            case e.TicketIssued() | e.HandTicketEntered() | e.TicketReinstated() | e.TicketReturned():
                self._joined(event.line, at)
            case e.TicketTransferred() | e.LegFinished():
                self._joined(event.line, at)
                self._look(event.window, at)
            case e.TicketCalled():
                ready = self._ready.pop(event.window, None)
                if ready is not None:
                    self._gaps.setdefault(event.window, []).append(max(0, at - ready))
                self._gone_from(self._day.tickets[event.ticket].line)
            case e.TicketAbandoned() | e.TicketVoided() | e.TicketExpired():
                ticket = self._day.tickets[event.ticket]
                self._gone_from(ticket.line)
                if ticket.window is not None:
                    self._look(ticket.window, at)
            case e.ServiceFinished() | e.TicketMissed() | e.TicketParked() | e.WindowOpened():
                self._look(event.window, at)
            case e.WindowPaused() | e.WindowClosed():
                self._ready.pop(event.window, None)
            case e.ClerkSignedIn() | e.ClerkSignedOut() | e.WindowReskilled() | e.SkillsRestored():
                self._look(event.window, at)
            case e.HallFrozen():
                self._ready.clear()
            case e.HallReleased():
                for number in self._day.windows:
                    self._look(number, at)
            case _:
                pass

    def _joined(self, line: str, at: int) -> None:
        windows = self._day.windows
        for number in self._day.servers.get(line, ()):
            window = windows[number]
            if window.active is None and window.state == OPEN and number not in self._ready:
                self._ready[number] = at

    def _gone_from(self, line: str) -> None:
        if line in self._day.lines and self._day.lines[line].occupied:
            return
        for number in self._day.servers.get(line, ()):
            if number in self._ready and not self._waits_for(number):
                del self._ready[number]

    def _look(self, number: str, at: int) -> None:
        window = self._day.windows.get(number)
        if window is not None and window.active is None and number in self._pausing:
            # The break begins when the ticket that was there is done.
            self._acts.append(replace(self._pausing.pop(number), at=at))
        if window is None or window.active is not None or window.state != OPEN or not self._waits_for(number):
            self._ready.pop(number, None)
        else:
            self._ready.setdefault(number, at)

    def _waits_for(self, number: str) -> bool:
        lines = self._day.lines
        return any(lines[line].occupied for line in self._day.windows[number].lines)


def _by_hand(event: e.HandTicketEntered) -> Visitor:
    return Visitor(
        ticket=event.ticket,
        at=event.at,
        category=event.category,
        floor=_floor(event.line),
        priority=event.priority,
        number=event.number,
        taken_at=event.taken_at,
    )


def _floor(line: str) -> int:
    return int(line.rpartition("/")[2])


def _means(plan: DayPlan, visits: Iterable[_Visit]) -> dict[str, int]:
    """Of the services of one category each; the plan's minutes where there was none."""
    held: dict[str, list[int]] = {}
    for visit in visits:
        for turn in visit.turns:
            if turn.end == SERVED and len(turn.done) == 1:
                held.setdefault(turn.done[0], []).append(turn.held)
    planned = {queue.letter: int(queue.minutes * _MINUTE) for queue in plan.queues}
    return planned | {letter: sum(found) // len(found) for letter, found in held.items()}
