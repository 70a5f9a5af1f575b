"""What happened in a day's queue: the entries of stream ``queue/<business day>``. Times: ms since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.plan import DayPlan
from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class DayOpened:
    plan: DayPlan
    at: int


@dataclass(frozen=True, slots=True)
class PlanAdopted:
    plan: DayPlan
    at: int


@dataclass(frozen=True, slots=True)
class DayClosed:
    """``expired`` tickets (日终清号) follow as events of their own before this one."""

    at: int
    why: str


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """``line``: the letter and floor that orders it (``"A/1"``); ``ahead`` and ``wait``: what the visitor was told.

    ``wait`` is (p50, p90) in minutes, None when no window is open for it. ``also``: further categories of the visit.
    ``lane``: its class in the line (None: its priority), ``since``: since when it counts as waiting (None: ``at``);
    for an appointment at ``slot`` both are decided at check-in. ``late``: its holder was told that today may not
    suffice.
    """

    ticket: str
    number: str
    category: str
    line: str
    at: int
    priority: str | None
    phone: Personal | None
    items: tuple[str, ...]
    kiosk: str | None
    printer: str | None
    ahead: int
    wait: tuple[int, int] | None
    also: tuple[str, ...] = ()
    lane: str | None = None
    since: int | None = None
    slot: int | None = None
    booking: str | None = None
    escort: bool = False
    note: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class HandTicketEntered:
    """A hand ticket: it waits in ``line`` since ``taken_at``, or was served at ``window`` as its times say."""

    ticket: str
    number: str
    category: str
    line: str
    priority: str | None
    taken_at: int
    at: int
    window: str | None
    clerk: str | None
    called_at: int | None
    finished_at: int | None


@dataclass(frozen=True, slots=True)
class TicketFlagged:
    ticket: str
    escort: bool
    note: str
    at: int


@dataclass(frozen=True, slots=True)
class AbsenceConfirmed:
    ticket: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketPrinted:
    ticket: str
    copy: int
    at: int


@dataclass(frozen=True, slots=True)
class PrintFailed:
    """Nothing came out."""

    ticket: str
    copy: int
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class PrintUnknown:
    """Nobody can say whether paper came out; only staff decide a reprint."""

    ticket: str
    copy: int
    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReprintOrdered:
    ticket: str
    copy: int
    printer: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """``rule``: why this one, one of ``hub.domain.queue.order.RULES``; empty in old logs."""

    ticket: str
    window: str
    clerk: str | None
    at: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class TicketRecalled:
    ticket: str
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    ticket: str
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class ServiceFinished:
    ticket: str
    window: str
    clerk: str | None
    at: int


@dataclass(frozen=True, slots=True)
class LegFinished:
    """The window did ``done``; the visit goes on in ``line``, for ``category`` first, with its number and its place."""

    ticket: str
    window: str
    clerk: str | None
    done: tuple[str, ...]
    line: str
    category: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketMissed:
    ticket: str
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketReinstated:
    """Back in ``line`` at order key ``key``, without queueing again.

    With a ``printer``, ``copy`` of the ticket is printed there.
    """

    ticket: str
    line: str
    key: tuple[int, int, int]
    at: int
    kiosk: str | None
    printer: str | None
    ahead: int
    wait: tuple[int, int] | None
    copy: int = 0


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """To ``line``: a category's (``"A/1"``) or one window's (``"@112"``); the ticket keeps its place in time.

    ``wrong``: the number had been taken for the wrong category (取错号).
    """

    ticket: str
    window: str
    line: str
    category: str
    why: str
    at: int
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class TicketReturned:
    """The window it waited for closed: back to its category's line."""

    ticket: str
    line: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketParked:
    ticket: str
    window: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketAbandoned:
    ticket: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketVoided:
    ticket: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class TicketExpired:
    """日终清号."""

    ticket: str
    at: int


@dataclass(frozen=True, slots=True)
class WindowOpened:
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class WindowPaused:
    window: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class WindowClosed:
    window: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class WindowReskilled:
    """潮汐窗口, until a moment or the end of the day."""

    window: str
    categories: tuple[str, ...]
    until: int | None
    at: int


@dataclass(frozen=True, slots=True)
class SkillsRestored:
    window: str
    at: int


@dataclass(frozen=True, slots=True)
class HallFrozen:
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class HallReleased:
    at: int


@dataclass(frozen=True, slots=True)
class ClerkSignedIn:
    window: str
    clerk: str
    at: int


@dataclass(frozen=True, slots=True)
class ClerkSignedOut:
    window: str
    clerk: str
    at: int


@dataclass(frozen=True, slots=True)
class VisitRated:
    ticket: str
    window: str
    clerk: str | None
    score: int
    at: int


QueueEvent = (
    DayOpened
    | PlanAdopted
    | DayClosed
    | TicketIssued
    | HandTicketEntered
    | TicketFlagged
    | AbsenceConfirmed
    | TicketPrinted
    | PrintFailed
    | PrintUnknown
    | ReprintOrdered
    | TicketCalled
    | TicketRecalled
    | ServiceStarted
    | ServiceFinished
    | LegFinished
    | TicketMissed
    | TicketReinstated
    | TicketTransferred
    | TicketReturned
    | TicketParked
    | TicketAbandoned
    | TicketVoided
    | TicketExpired
    | WindowOpened
    | WindowPaused
    | WindowClosed
    | WindowReskilled
    | SkillsRestored
    | HallFrozen
    | HallReleased
    | ClerkSignedIn
    | ClerkSignedOut
    | VisitRated
)
