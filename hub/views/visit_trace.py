"""The trace of one visit and its rectification: who did what, when and where, from the log alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.queue import events as q
from hub.domain.ratings import events as r
from hub.domain.ratings import steps
from hub.views.ratings import OUTCOMES, SCORES
from hub.views.words import Words, of


@dataclass(frozen=True, slots=True)
class TraceStep:
    """``at`` in ms since 1970 UTC; ``who``: an account, a kiosk, a device or ``hub``; ``note``: the words written."""

    at: int
    what: Words
    who: str
    window: str | None = None
    clerk: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class VisitTrace:
    """``served_minutes``: whole minutes at windows, all legs together, each from its start (else its call) to its end;
    None when there were none. ``number`` is empty when the ticket was not seen."""

    ticket: str
    number: str
    steps: tuple[TraceStep, ...]
    served_minutes: int | None


def visit_trace(ticket: str, entries: Iterable[tuple[str, object]]) -> VisitTrace:
    """From (actor, event) pairs in their order; events of other tickets and areas are passed over."""
    found: list[TraceStep] = []
    served, number = _Served(), ""
    for actor, event in entries:
        if getattr(event, "ticket", None) != ticket:
            continue
        if isinstance(event, q.TicketIssued | q.HandTicketEntered):
            number = event.number
        served.follow(event)
        step = _visit_step(who(actor), event) or _rectification_step(who(actor), event)
        if step is not None:
            found.append(step)
    return VisitTrace(ticket, number, tuple(found), served.minutes)


@dataclass(slots=True)
class _Served:
    """Time at windows; a visitor who was only called has none until the visit or its leg is finished there."""

    called: int | None = None
    started: int | None = None
    ms: int | None = None

    @property
    def minutes(self) -> int | None:
        return None if self.ms is None else self.ms // 60_000

    def follow(self, event: object) -> None:
        match event:
            case q.TicketCalled():
                self.called, self.started = event.at, None
            case q.ServiceStarted():
                self.started = event.at
            case q.ServiceFinished() | q.LegFinished():
                self._ended(self.called if self.started is None else self.started, event.at)
            case q.TicketParked() | q.TicketTransferred():
                self._ended(self.started, event.at)
            case q.HandTicketEntered(called_at=int() as called, finished_at=int() as finished):
                self._ended(called, finished)
            case _:
                pass

    def _ended(self, begun: int | None, at: int) -> None:
        if begun is not None:
            self.ms = (self.ms or 0) + max(0, at - begun)
        self.called = self.started = None


def who(actor: str) -> str:
    """An actor of the log as people read it: an account by its name."""
    return actor.removeprefix("account/")


def _visit_step(by: str, event: object) -> TraceStep | None:
    match event:
        case q.TicketIssued():
            return TraceStep(event.at, Words(f"取号 {event.number}", "number taken"), by)
        case q.HandTicketEntered():
            return TraceStep(event.at, Words(f"补录手工号 {event.number}", "hand ticket entered"), by, event.window)
        case q.TicketCalled():
            return TraceStep(event.at, Words("叫号", "called"), by, event.window, event.clerk)
        case q.TicketRecalled():
            return TraceStep(event.at, Words("重呼", "called again"), by, event.window)
        case q.ServiceStarted():
            return TraceStep(event.at, Words("开始办理", "service started"), by, event.window)
        case q.ServiceFinished():
            return TraceStep(event.at, Words("办结", "service finished"), by, event.window, event.clerk)
        case q.LegFinished():
            said = Words("本窗办结，还有下一窗", "finished here, goes on at another window")
            return TraceStep(event.at, said, by, event.window, event.clerk)
        case q.TicketMissed():
            return TraceStep(event.at, Words("过号", "missed"), by, event.window)
        case q.TicketReinstated():
            return TraceStep(event.at, Words("补号", "reinstated"), by)
        case q.TicketTransferred():
            return TraceStep(event.at, Words("转窗", "transferred"), by, event.window, note=event.why)
        case q.TicketParked():
            return TraceStep(event.at, Words("挂起", "parked"), by, event.window, note=event.why)
        case q.VisitRated():
            score = SCORES[event.score]
            said = Words(f"评价：{score.zh}", f"rated: {score.en}")
            return TraceStep(event.at, said, by, event.window, event.clerk)
        case _:
            return None


def _rectification_step(by: str, event: object) -> TraceStep | None:
    match event:
        case r.RectificationOpened():
            note = _due(event.due, event.calendar, event.provisional)
            return TraceStep(event.at, _act(steps.OPEN), by, note=note)
        case r.DueRecounted():
            note = _due(event.due, event.calendar, event.provisional)
            return TraceStep(event.at, Words("期限重算", "due date counted again"), by, note=note)
        case r.RatingVerified():
            return TraceStep(event.at, _act(steps.FOUND if event.founded else steps.NOT_FOUND), by, note=event.finding)
        case r.FixRecorded():
            return TraceStep(event.at, _act(steps.FIX), by, note=event.what)
        case r.ExplanationRecorded():
            return TraceStep(event.at, _act(steps.EXPLAIN), by, note=event.why)
        case r.RatingVoided():
            return TraceStep(event.at, _act(steps.VOID), by, note=event.why)
        case r.CitizenCalledBack():
            return TraceStep(event.at, _act(steps.called_back(event.reached, event.satisfied, 2)), by, note=event.said)
        case r.RectificationClosed():
            outcome = of(OUTCOMES, event.outcome)
            return TraceStep(event.at, _act(steps.CLOSE), by, note=f"{outcome.zh} {outcome.en}")
        case _:
            return None


def _due(due: str, calendar: int, provisional: bool) -> str:
    held = "，暂定 provisional" if provisional else ""
    return f"期限 due {due}（日历第 {calendar} 版 calendar version{held}）"


def _act(name: str) -> Words:
    named = steps.ACTS[name]
    return Words(named.zh, named.en)
