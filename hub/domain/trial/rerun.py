"""A script played under a plan, through the queue's own ``decide`` and ``evolve``: the rules are those of the hall.

What plays is a clock that jumps from one act to the next. A window that is open, free and not alone calls next after
the time it took in the record; a called visitor stays as long as in the record, and what happened there happens again,
call for call: the second call of a visitor ends as their second one did. Whoever is called more often than in the
record is served, for as long as recorded, else for the category's mean.

Where a plan forbids or changes what happened, the nearest that it allows happens: a transfer that is refused goes on at
its window; a visitor who may not be reinstated is lost; one whose class the plan lacks is ordinary; one whose category
it lacks does not come (``left_out``); one missed by the plan's clock while still walking is reinstated on arrival. A
window does all it may do of a visit, for the recorded time of those parts. A named call of somebody who waited was a
person's decision and is not repeated. The plan's hours and capacity do not apply: everybody comes who came.

Equal moments follow in a fixed order, so a rerun gives the same events, state and outcomes on every run.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hub.domain.hall.plan import DayPlan
from hub.domain.queue import commands as c
from hub.domain.queue import events as e
from hub.domain.queue.decide import decide
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import CLOSED as _CLOSED
from hub.domain.queue.state import ENDED, MISSED, OPEN, PARKED, WAITING, QueueDay, Ticket, Window
from hub.domain.refusals import Refused
from hub.domain.trial.arriving import asks
from hub.domain.trial.breaks import Breaks
from hub.domain.trial.lengths import parts_here, service_ms
from hub.domain.trial.outcomes import first_rules, outcomes_of
from hub.domain.trial.script import GONE as TURN_GONE
from hub.domain.trial.script import MISSED as TURN_MISSED
from hub.domain.trial.script import PARKED as TURN_PARKED
from hub.domain.trial.script import SERVED as TURN_SERVED
from hub.domain.trial.script import Act, Outcome, Script, Turn, Visitor

MINUTE = 60_000
_ARRIVALS, _RETURNS, _LEAVING, _ACTS, _ENDS, _CALLS = range(6)
_TELL_EVERY = 256
_WHY = "trial"

Tell = Callable[[float], None]
"""Is told the share of the day that is done, 0 to 1, from the thread that reruns."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """``events`` of the whole day, the ``day`` they fold to, and each ticket's outcome by id.

    ``left_out``: ticket ids of those who could not come under this plan, with the code of the refusal.
    """

    plan: DayPlan
    day: QueueDay
    events: tuple[e.QueueEvent, ...]
    outcomes: Mapping[str, Outcome]
    left_out: Mapping[str, str]


def rerun(script: Script, plan: DayPlan | None = None, tell: Tell | None = None) -> Rerun:
    """The script under ``plan`` for the whole day, or (None) as the hall's own plans followed each other."""
    return _Player(script, plan, tell).play()


class _Player:
    def __init__(self, script: Script, plan: DayPlan | None, tell: Tell | None) -> None:
        self._script = script
        self._own = plan is None
        self._plan = _roomy(script.plan if plan is None else plan, script)
        self._tell = tell
        self._day = QueueDay()
        self._now = script.begins
        self._events: list[e.QueueEvent] = []
        self._heap: list[tuple[int, int, int, Callable[[], None]]] = []
        self._pushed = 0
        self._visitors = {visitor.ticket: visitor for visitor in script.visitors}
        self._turns: dict[str, int] = {}
        self._arrived: set[str] = set()
        self._pending: dict[str, int] = {}
        self._calls: dict[str, int] = {}
        self._named: dict[str, list[str]] = {}
        self._deferred: dict[str, list[Act]] = {}
        self._staying: set[str] = set()
        self._breaks = Breaks()
        self._after_release: list[str] = []
        self._left_out: dict[str, str] = {}
        self._overtaken: set[tuple[str, int]] = set()
        self._closings = {act.window: n for n, act in enumerate(script.acts) if isinstance(act, c.CloseWindow)}

    def play(self) -> Rerun:
        script = self._script
        self._do(c.OpenDay(self._plan.date, script.begins, self._plan))
        for n, act in enumerate(script.acts):
            if not isinstance(act, c.AdoptPlan) or self._own:
                self._at(act.at, _ACTS, lambda n=n, act=act: self._act(act, n))
        for visitor in script.visitors:
            self._at(visitor.at, _ARRIVALS, lambda visitor=visitor: self._arrive(visitor))
        steps = 0
        # a day that is not over is rerun as far as it went: what comes later nobody knows
        while self._heap and (script.over or self._heap[0][0] <= script.ends):
            self._now, _, _, step = heapq.heappop(self._heap)
            step()
            steps += 1
            if self._tell is not None and steps % _TELL_EVERY == 0:
                span = max(1, script.ends - script.begins)
                self._tell(min(1.0, (self._now - script.begins) / span))
        ends = max(script.ends, self._now)
        self._now = ends
        if script.over:
            self._do(c.CloseDay(self._plan.date, ends, _WHY))
        events = tuple(self._events)
        outcomes = outcomes_of(self._day, first_rules(events), ends)
        return Rerun(self._plan, self._day, events, outcomes, self._left_out)

    def _at(self, at: int, kind: int, step: Callable[[], None]) -> int:
        self._pushed += 1
        heapq.heappush(self._heap, (max(at, self._now), kind, self._pushed, step))
        return self._pushed

    def _do(self, command: c.QueueCommand) -> tuple[e.QueueEvent, ...]:
        """Raises ``Refused``; windows are told of those who join their lines."""
        events = decide(self._day, command).events
        for event in events:
            evolve(self._day, event)
            self._events.append(event)
        for event in events:
            match event:
                case (
                    e.TicketIssued()
                    | e.HandTicketEntered()
                    | e.TicketReinstated()
                    | e.TicketTransferred()
                    | e.LegFinished()
                    | e.TicketReturned()
                ):
                    for number in self._day.servers.get(event.line, ()):
                        self._look(number)
                case _:
                    pass
        return events

    # Visitors.

    def _arrive(self, visitor: Visitor) -> None:
        try:
            self._do(asks(visitor, self._day, self._now))
        except Refused as refused:
            if refused.code == "too-early-to-check-in" and visitor.slot is not None:
                early = self._plan_now().policy.appointment.early_minutes * MINUTE
                self._at(visitor.slot - early, _ARRIVALS, lambda: self._arrive(visitor))
            elif refused.code == "hall-frozen":
                self._after_release.append(visitor.ticket)
            else:
                self._left_out[visitor.ticket] = refused.code
            return
        self._arrived.add(visitor.ticket)
        if visitor.leaves is not None:
            self._at(visitor.leaves, _LEAVING, lambda: self._give_up(visitor.ticket))

    def _give_up(self, ticket: str) -> None:
        if self._day.tickets[ticket].state in (WAITING, MISSED, PARKED):
            self._do(c.AbandonTicket(self._plan.date, self._now, ticket, _WHY))

    def _return(self, ticket: str, number: str, *, by_name: bool) -> None:
        known = self._day.tickets[ticket]
        if known.state in ENDED:
            return
        if by_name:
            self._name(known, number)
            return
        try:
            self._do(c.ReinstateTicket(self._plan.date, self._now, ticket))
        except Refused as refused:
            if refused.code == "hall-frozen":
                self._after_release.append(ticket)

    def _name(self, ticket: Ticket, number: str) -> None:
        """Have a window that is open call the ticket by name; the one it was at, else one of its line."""
        day = self._day
        for each in (number, *day.servers.get(ticket.line, ())):
            window = day.windows.get(each)
            if window is not None and window.state == OPEN and not window.leaving:
                self._named.setdefault(each, []).append(ticket.id)
                self._look(each)
                return

    # Windows.

    def _look(self, number: str) -> None:
        """Let the window call after its usual time, if it is free and somebody waits for it."""
        window = self._day.windows.get(number)
        if window is None or window.state != OPEN or window.active is not None or self._day.frozen is not None:
            return
        if not self._waits_for(window):
            if number in self._staying:
                self._staying.discard(number)
                self._do(c.CloseWindow(self._plan.date, self._now, number, _WHY, anyway=True))
            return
        if number not in self._pending:
            gaps = self._script.gaps.get(number, ())
            gap = gaps[self._calls.get(number, 0) % len(gaps)] if gaps else self._script.gap
            token = self._pushed + 1
            self._pending[number] = token
            self._at(self._now + gap, _CALLS, lambda: self._call(number, token))

    def _waits_for(self, window: Window) -> bool:
        lines = self._day.lines
        return bool(self._named.get(window.number)) or any(lines[line].occupied for line in window.lines)

    def _call(self, number: str, token: int) -> None:
        if self._pending.get(number) != token:
            return
        del self._pending[number]
        window = self._day.windows.get(number)
        if window is None or window.state != OPEN or window.active is not None or self._day.frozen is not None:
            return
        named = self._named.get(number)
        command: c.QueueCommand = c.CallNext(self._plan.date, self._now, number)
        while named:
            ticket = named.pop(0)
            if self._day.tickets[ticket].state in (WAITING, MISSED, PARKED):
                command = c.CallTicket(self._plan.date, self._now, number, ticket)
                break
        for event in self._do(command):
            if isinstance(event, e.TicketCalled):
                self._calls[number] = self._calls.get(number, 0) + 1
                self._with(event.ticket, number)
                return
        self._look(number)

    def _with(self, ticket: str, number: str) -> None:
        """What happens at the window from now on, as far as the record tells."""
        visitor, known = self._visitors[ticket], self._day.tickets[ticket]
        index = self._turns.get(ticket, 0)
        turn = visitor.turns[index] if index < len(visitor.turns) else None
        self._turns[ticket] = index + 1
        clock = self._plan_now().policy.missed.after_minutes if known.has_phone else None
        limit = None if clock is None else clock * MINUTE
        if turn is not None and turn.end == TURN_MISSED:
            held = turn.held if limit is None else min(turn.held, limit)
            away = None if turn.away is None else turn.away + turn.held - held
            self._at(self._now + held, _ENDS, lambda: self._miss(ticket, number, away, by_name=turn.by_name))
            return
        if turn is not None and limit is not None and turn.walk > limit and (ticket, index) not in self._overtaken:
            # The plan's clock is faster than this visitor; when they come, the turn is still theirs.
            self._overtaken.add((ticket, index))
            self._turns[ticket] = index
            late = turn.walk - limit
            self._at(self._now + limit, _ENDS, lambda: self._miss(ticket, number, late, by_name=False))
            return
        if turn is None or turn.end == TURN_SERVED:
            held = service_ms(self._script, visitor, parts_here(self._day, known, number))
        else:
            held = turn.held
        self._at(self._now + held, _ENDS, lambda: self._end(ticket, number, turn))

    def _miss(self, ticket: str, number: str, away: int | None, *, by_name: bool) -> None:
        day, now, known = self._plan.date, self._now, self._day.tickets[ticket]
        if self._day.windows[number].active != ticket:
            return
        if not known.has_phone:
            rules = self._plan_now().policy.missed
            for _ in range(rules.recalls_without_phone - known.recalls):
                self._do(c.RecallTicket(day, now, number))
            if rules.look_without_phone:
                self._do(c.ConfirmAbsence(day, now, ticket))
        self._do(c.MissTicket(day, now, number))
        if away is not None:
            self._at(now + away, _RETURNS, lambda: self._return(ticket, number, by_name=by_name))
        self._free(number)

    def _end(self, ticket: str, number: str, turn: Turn | None) -> None:
        day, now = self._plan.date, self._now
        if self._day.windows[number].active != ticket:
            return
        if turn is None or turn.end == TURN_SERVED:
            self._do(c.FinishService(day, now, number))
        elif turn.end == TURN_PARKED:
            self._do(c.ParkTicket(day, now, number, _WHY))
            if turn.away is not None:
                self._at(now + turn.away, _RETURNS, lambda: self._return(ticket, number, by_name=True))
        elif turn.end == TURN_GONE:
            self._do(c.VoidTicket(day, now, ticket, _WHY))
        elif not self._transfer(number, turn):
            self._with(ticket, number)
            return
        self._free(number)

    def _transfer(self, number: str, turn: Turn) -> bool:
        """False when it cannot be: the visit goes on where it is."""
        target = self._day.windows.get(turn.to)
        to = turn.to
        if target is not None and (target.leaving or target.state == _CLOSED):
            active = self._day.windows[number].active
            to = "" if active is None else self._day.tickets[active].category
        try:
            self._do(c.TransferTicket(self._plan.date, self._now, number, to, _WHY, wrong=turn.wrong))
        except Refused:
            return False
        return True

    def _free(self, number: str) -> None:
        """The window has nobody any more: what waited for that happens, then it calls on."""
        for act in self._deferred.pop(number, ()):
            self._try(act, number)
        self._look(number)

    # What clerks and supervisors do.

    def _act(self, act: Act, index: int) -> None:
        if isinstance(act, c.OpenWindow):
            if act.window not in self._day.windows:
                self._breaks.forget(act.window)
            elif (later := self._breaks.later(act.window, act.at, self._now)) is not None:
                self._at(later, _ACTS, lambda: self._act(act, index))
                return
            # What was put off until the window is free is overtaken by this.
            self._deferred.pop(act.window, None)
            self._staying.discard(act.window)
        elif isinstance(act, c.PauseWindow):
            window = self._day.windows.get(act.window)
            if window is not None and window.active is not None:
                self._breaks.put_off(act.window, act.at)
                self._deferred.setdefault(act.window, []).append(act)
                return
        elif isinstance(act, c.CloseWindow) and self._stays(act, index):
            self._staying.add(act.window)
            self._look(act.window)
            return
        self._try(act, None)
        match act:
            case c.ReleaseHall():
                waiting, self._after_release = self._after_release, []
                for ticket in waiting:
                    if ticket in self._arrived:
                        self._return(ticket, "", by_name=False)
                    else:
                        self._arrive(self._visitors[ticket])
                self._look_everywhere()
            case c.SignInClerk() | c.SignOutClerk() | c.ReskillWindow() | c.AdoptPlan() | c.OpenWindow():
                self._look_everywhere()
            case _:
                pass

    def _stays(self, act: c.CloseWindow, index: int) -> bool:
        """Whether the window works on: it is its last closing, it left nobody waiting in the record, here it would."""
        window = self._day.windows.get(act.window)
        return (
            act.window in self._script.lasting
            and self._closings[act.window] == index
            and window is not None
            and window.state == OPEN
            and (window.active is not None or self._waits_for(window))
        )

    def _try(self, act: Act, freed: str | None) -> None:
        """Do it; put it off until a window is free; leave it when the plan lacks what it names."""
        number = getattr(act, "window", None)
        if isinstance(number, str) and number not in self._day.windows:
            return
        if isinstance(act, c.ReskillWindow):
            known = tuple(letter for letter in act.categories if letter in self._day.queues)
            if act.categories and not known:
                return
            act = replace(act, categories=known)
        elif isinstance(act, c.AdoptPlan):
            act = replace(act, plan=_roomy(act.plan, self._script))
        if isinstance(act, c.PauseWindow):
            self._pending.pop(act.window, None)
            if self._day.windows[act.window].state == OPEN:
                self._breaks.begin(act.window, act.at, self._now)
        try:
            self._do(replace(act, at=self._now))
        except Refused as refused:
            if refused.code in ("window-busy", "clerk-busy-elsewhere"):
                busy = str(refused.facts["window"])
                if busy != freed:
                    self._deferred.setdefault(busy, []).append(act)

    def _look_everywhere(self) -> None:
        for number in tuple(self._day.windows):
            self._look(number)

    def _plan_now(self) -> DayPlan:
        return self._day.plan or self._plan


def _roomy(plan: DayPlan, script: Script) -> DayPlan:
    """The plan that takes everybody who came: hours that hold them all, no capacity, no roster."""
    came = [visitor.at for visitor in script.visitors]
    begins = plan.issuing_from if plan.issuing_from is None else min([plan.issuing_from, *came])
    closes = plan.closes if plan.closes is None else max([plan.closes, *(at + 1 for at in came)])
    return replace(plan, working=True, issuing_from=begins, closes=closes, capacity="ignore", rosters=())
