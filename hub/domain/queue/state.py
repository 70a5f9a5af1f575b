"""A business day's queue in memory. Only the writer changes it, through ``evolve``; views read it between batches."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.hall.plan import DayPlan
from hub.domain.queue.lines import Line

WAITING, CALLED, SERVING, FINISHED = "waiting", "called", "serving", "finished"
MISSED, PARKED, ABANDONED, VOID, EXPIRED = "missed", "parked", "abandoned", "void", "expired"
OPEN, PAUSED, CLOSED = "open", "paused", "closed"


@dataclass(slots=True)
class Ticket:
    """One number of the day. ``line`` is where it waits or waited last: ``"A/1"``, or ``"@112"`` for one window.

    ``print_state``: none, pending, printed, failed or unknown, of copy ``copies``.
    """

    id: str
    number: str
    category: str
    line: str
    key: tuple[int, int, int]
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
    print_state: str = "none"


@dataclass(slots=True)
class Window:
    """A window of the day; ``version`` rises with every event that touches it; ``active`` is a ticket id."""

    number: str
    floor: int
    zone: str
    home: str
    categories: tuple[str, ...]
    lines: tuple[str, ...] = ()
    state: str = CLOSED
    why: str = ""
    clerk: str | None = None
    active: str | None = None
    last_finished: str | None = None
    version: int = 0
    since: int = 0


@dataclass(slots=True)
class QueueDay:
    """``day`` is empty until the day was opened; ``numbers`` maps a number to its ticket id."""

    plan: DayPlan | None = None
    closed: bool = False
    tickets: dict[str, Ticket] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    clerks: dict[str, str] = field(default_factory=dict)
