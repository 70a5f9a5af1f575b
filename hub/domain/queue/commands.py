"""What may be asked of a business day's queue. Times are milliseconds since 1970 in UTC; ids are made by the hub."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.plan import DayPlan
from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class OpenDay:
    """Begin the business day under a plan; a day that is open already is left as it is."""

    day: str
    at: int
    plan: DayPlan


@dataclass(frozen=True, slots=True)
class AdoptPlan:
    """A profile published with effect from now: windows that vanish close, tickets keep their lines."""

    day: str
    at: int
    plan: DayPlan


@dataclass(frozen=True, slots=True)
class CloseDay:
    """The supervisor's closing of the hall, or the rollover: what still waits expires."""

    day: str
    at: int
    why: str


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """``floor``: of the asking kiosk, decides the line of categories that several floors serve (P, Q).

    ``also``: further categories of the visit's items. ``slot``: an appointment that checks in (ms), under ``booking``.
    ``escort`` and ``note`` (a seat, say) as in ``FlagTicket``.
    """

    day: str
    at: int
    ticket: str
    category: str
    floor: int = 1
    priority: str | None = None
    phone: Personal | None = None
    items: tuple[str, ...] = ()
    kiosk: str | None = None
    printer: str | None = None
    also: tuple[str, ...] = ()
    slot: int | None = None
    booking: str | None = None
    escort: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class EnterHandTicket:
    """A pre-printed hand ticket of a time when the hub was dead, entered afterwards with its times (ms).

    ``called_at``, ``finished_at`` and ``window`` all: it was served; none of them: it waits, since ``taken_at``.
    """

    day: str
    at: int
    ticket: str
    number: str
    category: str
    taken_at: int
    floor: int = 1
    priority: str | None = None
    window: str | None = None
    clerk: str | None = None
    called_at: int | None = None
    finished_at: int | None = None


@dataclass(frozen=True, slots=True)
class FlagTicket:
    """``escort``: somebody walks this visitor to the window; ``note``: where they sit, for the attendant and the clerk.

    None leaves either as it is.
    """

    day: str
    at: int
    ticket: str
    escort: bool | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmAbsence:
    """An attendant looked for the holder of a called ticket and did not find them."""

    day: str
    at: int
    ticket: str


@dataclass(frozen=True, slots=True)
class ReinstateTicket:
    """补号. ``number`` or ticket id in ``ticket``; ``kiosk`` and ``printer`` as in ``TakeTicket``."""

    day: str
    at: int
    ticket: str
    kiosk: str | None = None
    printer: str | None = None


@dataclass(frozen=True, slots=True)
class AbandonTicket:
    """The visitor gives the number up."""

    day: str
    at: int
    ticket: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class VoidTicket:
    """A ticket issued in error."""

    day: str
    at: int
    ticket: str
    why: str


@dataclass(frozen=True, slots=True)
class RecordPrint:
    """What the printer reported: ``state`` is printed, failed or unknown; ``copy`` 0 is the first print."""

    day: str
    at: int
    ticket: str
    copy: int
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReprintTicket:
    """补打, decided by staff: the same number, marked as a copy."""

    day: str
    at: int
    ticket: str
    printer: str


@dataclass(frozen=True, slots=True)
class CallNext:
    """``seen`` (here and below): the window's version the person looked at; None: not checked."""

    day: str
    at: int
    window: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class CallTicket:
    """Call one named ticket that waits, is parked or was missed, at a free window."""

    day: str
    at: int
    window: str
    ticket: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class RecallTicket:
    day: str
    at: int
    window: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class StartService:
    day: str
    at: int
    window: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class FinishService:
    """号票办结. A called ticket whose start was never pressed is started and finished.

    ``done``: the categories of the visit that were done here; None: all that the window may serve. With more left, the
    ticket waits for its next window.
    """

    day: str
    at: int
    window: str
    seen: int | None = None
    done: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MissTicket:
    """``by_clock``: the hub's own, for the ticket ``ticket`` that was called there."""

    day: str
    at: int
    window: str
    seen: int | None = None
    by_clock: bool = False
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class ParkTicket:
    day: str
    at: int
    window: str
    why: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class TransferTicket:
    """``to``: a window number or a category letter. ``wrong``: the number was taken for the wrong category (取错号)."""

    day: str
    at: int
    window: str
    to: str
    why: str
    seen: int | None = None
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """Open a closed window or resume a paused one."""

    day: str
    at: int
    window: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PauseWindow:
    """Nobody is called here until it is opened again; the ticket being served stays.

    A paused window takes another reason. ``anyway``: a supervisor's word against the roster (also when closing).
    """

    day: str
    at: int
    window: str
    why: str = ""
    seen: int | None = None
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class CloseWindow:
    """Refused while a ticket is active. Tickets that wait for this very window go back to their category."""

    day: str
    at: int
    window: str
    why: str = ""
    seen: int | None = None
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class ReskillWindow:
    """潮汐窗口: the window serves ``categories`` instead of its planned ones, until a moment (ms) or the day's end.

    No ``categories``: back to the plan.
    """

    day: str
    at: int
    window: str
    categories: tuple[str, ...] = ()
    until: int | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class RestoreSkills:
    """The hour of a re-skilled window is over; another hour that began meanwhile stays."""

    day: str
    at: int
    window: str
    until: int


@dataclass(frozen=True, slots=True)
class SignInClerk:
    """顶岗: the ticket at the window stays. ``move``: signed out elsewhere first, where no ticket is left alone."""

    day: str
    at: int
    window: str
    clerk: str
    move: bool = False


@dataclass(frozen=True, slots=True)
class SignOutClerk:
    day: str
    at: int
    window: str
    clerk: str


@dataclass(frozen=True, slots=True)
class FreezeHall:
    """For a drill or an alarm: nobody is called and no number is given until the release; services may end."""

    day: str
    at: int
    why: str


@dataclass(frozen=True, slots=True)
class ReleaseHall:
    day: str
    at: int


@dataclass(frozen=True, slots=True)
class RateVisit:
    """``score`` 1 to 5, 5 = 非常满意; once per visit, only after it was finished."""

    day: str
    at: int
    ticket: str
    score: int


QueueCommand = (
    OpenDay
    | AdoptPlan
    | CloseDay
    | TakeTicket
    | EnterHandTicket
    | FlagTicket
    | ConfirmAbsence
    | ReinstateTicket
    | AbandonTicket
    | VoidTicket
    | RecordPrint
    | ReprintTicket
    | CallNext
    | CallTicket
    | RecallTicket
    | StartService
    | FinishService
    | MissTicket
    | ParkTicket
    | TransferTicket
    | OpenWindow
    | PauseWindow
    | CloseWindow
    | ReskillWindow
    | RestoreSkills
    | SignInClerk
    | SignOutClerk
    | FreezeHall
    | ReleaseHall
    | RateVisit
)
