"""A business day's queue in memory. Only the writer changes it, through ``evolve``; views read it between batches."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.hall.plan import DayPlan, QueuePlan
from hub.domain.queue.lines import Key, Line

WAITING, CALLED, SERVING, FINISHED = "waiting", "called", "serving", "finished"
MISSED, PARKED, ABANDONED, VOID, EXPIRED = "missed", "parked", "abandoned", "void", "expired"
OPEN, PAUSED, CLOSED = "open", "paused", "closed"
ACTIVE = (CALLED, SERVING)
ENDED = (FINISHED, ABANDONED, VOID, EXPIRED)
NO_PRINT, PENDING, PRINTED, FAILED, UNKNOWN = "none", "pending", "printed", "failed", "unknown"


@dataclass(slots=True)
class Ticket:
    """One number of the day. ``line`` is where it waits or waited last: ``"A/1"``, or ``"@112"`` for one window.

    ``key``: its place there, see ``hub.domain.queue.order``. ``window`` and ``clerk``: of the last call, until it waits
    again. ``recalls``, ``called_at`` and ``started_at``: of the last call. ``waited_ms``: all its waiting until the
    last call. ``print_state``: none, pending, printed, failed or unknown, of copy ``copies``, asked for at
    ``print_asked_at``; ``earlier_prints``: of the copies before it. ``told_ahead`` and ``told_wait``: what its holder
    was told last, ``told_wait`` as in ``TicketIssued``.
    """

    id: str
    number: str
    category: str
    line: str
    key: Key
    issued_at: int
    priority: str | None
    has_phone: bool
    items: tuple[str, ...]
    kiosk: str | None
    printer: str | None
    state: str = WAITING
    window: str | None = None
    clerk: str | None = None
    waiting_since: int = 0
    waited_ms: int = 0
    called_at: int | None = None
    first_called_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    missed_at: int | None = None
    recalls: int = 0
    reinstated: int = 0
    transfers: int = 0
    rating: int | None = None
    copies: int = 0
    print_state: str = NO_PRINT
    told_ahead: int = 0
    told_wait: tuple[int, int] | None = None
    print_asked_at: int = 0
    earlier_prints: tuple[str, ...] = ()


@dataclass(slots=True)
class Window:
    """A window of the day; ``version`` rises with every event that touches it; ``active`` is a ticket id.

    ``lines``: what it may call from; the first ``preferred`` of them (its own and its home category's) have the
    policy's home credit. ``leaving``: the plan no longer has it, it stays until its active ticket ends.
    ``since``: when an event last touched it.
    """

    number: str
    floor: int
    zone: str
    home: str
    categories: tuple[str, ...]
    lines: tuple[str, ...] = ()
    preferred: int = 0
    leaving: bool = False
    state: str = CLOSED
    why: str = ""
    clerk: str | None = None
    active: str | None = None
    last_finished: str | None = None
    version: int = 0
    since: int = 0


@dataclass(slots=True)
class Pace:
    """How long a ticket of one category holds a window today, from call to finish.

    ``prior_ms`` is the plan's estimate, ``mean_ms`` the blend of both, see ``hub.domain.queue.wait``.
    """

    prior_ms: float
    mean_ms: float
    services: int = 0
    held_ms: int = 0


@dataclass(slots=True)
class QueueDay:
    """``plan`` is None until the day was opened; ``numbers`` maps a number to its ticket id.

    Laid out from the plan (``hub.domain.queue.layout``): ``queues`` and ``floors`` by letter (``floors`` keeps letters
    that vanished today), ``credits`` in ms by priority class, ``servers`` (the windows that may call from a line) and
    ``rivals`` (the lines those windows call from, each with the letter whose pace its tickets have).
    ``clerks``: clerk to window. ``issued``: numbers given by letter. ``latest_at``: the latest time of issue.
    ``spent_version``: the highest version that a vanished window had reached.
    """

    plan: DayPlan | None = None
    closed: bool = False
    tickets: dict[str, Ticket] = field(default_factory=dict[str, Ticket])
    numbers: dict[str, str] = field(default_factory=dict[str, str])
    issued: dict[str, int] = field(default_factory=dict[str, int])
    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    windows: dict[str, Window] = field(default_factory=dict[str, Window])
    clerks: dict[str, str] = field(default_factory=dict[str, str])
    queues: dict[str, QueuePlan] = field(default_factory=dict[str, QueuePlan])
    floors: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    credits: dict[str, int] = field(default_factory=dict[str, int])
    servers: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    rivals: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict[str, tuple[tuple[str, str], ...]])
    pace: dict[str, Pace] = field(default_factory=dict[str, Pace])
    latest_at: int = 0
    reinstatements: int = 0
    spent_version: int = 0
