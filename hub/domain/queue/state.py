"""A business day's queue in memory. Only the writer changes it, through ``evolve``; views read it between batches."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.hall.plan import DayPlan, QueuePlan
from hub.domain.queue.lines import ORDINARY, Key, Line

WAITING, CALLED, SERVING, FINISHED = "waiting", "called", "serving", "finished"
MISSED, PARKED, ABANDONED, VOID, EXPIRED = "missed", "parked", "abandoned", "void", "expired"
OPEN, PAUSED, CLOSED = "open", "paused", "closed"
ACTIVE = (CALLED, SERVING)
ENDED = (FINISHED, ABANDONED, VOID, EXPIRED)
NO_PRINT, PENDING, PRINTED, FAILED, UNKNOWN = "none", "pending", "printed", "failed", "unknown"


NEVER = 1 << 60
"""Longer than any wait, in ms."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One window's part of a visit that went on elsewhere; ``done``: the categories done there."""

    window: str
    clerk: str | None
    done: tuple[str, ...]
    waited_ms: int
    called_at: int
    started_at: int | None
    ended_at: int


@dataclass(slots=True)
class Ticket:
    """One number of the day. ``line`` is where it waits or waited last: ``"A/1"``, or ``"@112"`` for one window.

    ``lane`` and ``key``: its place there, see ``hub.domain.queue.order``. ``todo``: the categories of the visit that
    are not done yet, ``category`` first; ``legs``: what other windows did of it. ``slot``: the appointment it checked
    in for. ``looked_at``: when an attendant looked for its holder last. ``hand``: a hand ticket, entered afterwards.
    ``window`` and ``clerk``: of the last call, until it waits
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
    recalled_at: int | None = None
    reinstated: int = 0
    transfers: int = 0
    rating: int | None = None
    copies: int = 0
    print_state: str = NO_PRINT
    told_ahead: int = 0
    told_wait: tuple[int, int] | None = None
    print_asked_at: int = 0
    earlier_prints: tuple[str, ...] = ()
    lane: str = ORDINARY
    todo: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    slot: int | None = None
    escort: bool = False
    note: str = ""
    looked_at: int | None = None
    late: bool = False
    hand: bool = False
    wrong_number: bool = False


@dataclass(slots=True)
class Window:
    """A window of the day; ``version`` rises with every event that touches it; ``active`` is a ticket id.

    ``categories``: what it serves now; ``planned``: by the plan, where they differ until ``until`` (None: all day).
    ``lines``: what it may call from with the clerk who sits there, each with its credit in ``bonuses`` (ms).
    ``passed``: calls in a row that went past somebody with priority, see ``hub.domain.queue.order``.
    ``leaving``: the plan no longer has it, it stays until its active ticket ends.
    ``since``: when an event last touched it.
    """

    number: str
    floor: int
    zone: str
    home: str
    categories: tuple[str, ...]
    planned: tuple[str, ...] = ()
    until: int | None = None
    lines: tuple[str, ...] = ()
    bonuses: tuple[int, ...] = ()
    passed: int = 0
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


@dataclass(frozen=True, slots=True)
class Pool:
    """Windows that share lines, and those lines: capacity is theirs together."""

    windows: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(slots=True)
class QueueDay:
    """``plan`` is None until the day was opened; ``numbers`` maps a number to its ticket id.

    Laid out from the plan (``hub.domain.queue.layout``): ``queues`` and ``floors`` by letter (``floors`` keeps letters
    that vanished today), ``credits`` in ms by lane, ``long_ms`` (who has waited so long is due), ``skills`` (of clerks
    who may not serve everything), ``servers`` (the windows that may call from a line), ``rivals`` (the lines those
    windows call from, each with the letter whose pace its tickets have) and ``pools`` by line.
    ``clerks``: clerk to window. ``issued``: how many numbers were given by letter, ``last_number``: the last of them.
    ``latest_at``: the latest time of issue.
    ``spent_version``: the highest version that a vanished window had reached. ``frozen``: why, while it is;
    ``released_at``: when it last ceased to be (ms).
    """

    plan: DayPlan | None = None
    closed: bool = False
    frozen: str | None = None
    released_at: int = 0
    tickets: dict[str, Ticket] = field(default_factory=dict[str, Ticket])
    numbers: dict[str, str] = field(default_factory=dict[str, str])
    issued: dict[str, int] = field(default_factory=dict[str, int])
    last_number: dict[str, int] = field(default_factory=dict[str, int])
    lines: dict[str, Line] = field(default_factory=dict[str, Line])
    windows: dict[str, Window] = field(default_factory=dict[str, Window])
    clerks: dict[str, str] = field(default_factory=dict[str, str])
    queues: dict[str, QueuePlan] = field(default_factory=dict[str, QueuePlan])
    floors: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    credits: dict[str, int] = field(default_factory=dict[str, int])
    long_ms: int = NEVER
    skills: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    servers: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    rivals: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict[str, tuple[tuple[str, str], ...]])
    pools: dict[str, Pool] = field(default_factory=dict[str, Pool])
    pace: dict[str, Pace] = field(default_factory=dict[str, Pace])
    latest_at: int = 0
    reinstatements: int = 0
    spent_version: int = 0
