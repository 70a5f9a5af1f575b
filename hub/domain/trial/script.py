"""A day as a script: what its people did, apart from whom the rules called when. A rerun plays it under any plan.

Held as recorded: when visitors came, for what, with which priority, appointment and phone; how long each held a window
at each call, and how that call ended (served, missed, parked, transferred, gone); how long they were away after being
missed or parked; when those who gave up gave up; when windows opened, paused and closed, who sat there and what they
were re-skilled to; how long each window took to call while somebody waited; when the hall was frozen.

Free to change: who is called next, by which window and when, hence every wait, and who is served at all.

Hand tickets that were served while the hub was dead are no part of it: no rule called them.

What a rerun cannot know: a visitor who gave up is taken to give up at the same time of day if not called by then, and
to be served like others of the category if called; nobody gives up who did not in the record, however long the wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.hall.plan import DayPlan
from hub.domain.queue.commands import (
    AdoptPlan,
    CloseWindow,
    FreezeHall,
    OpenWindow,
    PauseWindow,
    ReleaseHall,
    ReskillWindow,
    SignInClerk,
    SignOutClerk,
)

SERVED, MISSED, PARKED, TRANSFERRED, GONE = "served", "missed", "parked", "transferred", "gone"
"""How a call ended."""

Act = (
    OpenWindow
    | PauseWindow
    | CloseWindow
    | SignInClerk
    | SignOutClerk
    | ReskillWindow
    | FreezeHall
    | ReleaseHall
    | AdoptPlan
)
"""What clerks and supervisors did at its time of day. A pause begins when the ticket that was there is done."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One call of a visitor. Times in ms.

    ``held``: from the call until the window was free of them; ``walk``: until the service was started, 0 when nobody
    pressed it. ``away``: from being missed or parked until they were back, None: never; ``by_name``: and then called by
    name instead of waiting again. ``done``: the categories served. ``to``: the category or window transferred to;
    ``wrong``: because the number had been taken for the wrong one.
    """

    end: str
    held: int
    walk: int = 0
    away: int | None = None
    by_name: bool = False
    done: tuple[str, ...] = ()
    to: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """``at``: when they came (ms). ``also``: further categories of the visit. ``floor``: where they asked, as far as
    their line tells. ``taken_at``: of a hand ticket entered at ``at``. ``leaves``: when they gave up waiting.
    """

    ticket: str
    at: int
    category: str
    floor: int
    also: tuple[str, ...] = ()
    priority: str | None = None
    phone: bool = False
    slot: int | None = None
    number: str = ""
    taken_at: int | None = None
    turns: tuple[Turn, ...] = ()
    leaves: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one ticket fared. ``waited``: ms from its issue to its first call, or until it left or the hall closed when
    it was never called. ``later``: ms of waiting after that, by transfer, reinstatement or a further window.
    ``rule``: by which it was first called, one of ``hub.domain.queue.order.RULES``; empty when never, or by an old log.
    """

    waited: int
    later: int
    called: bool
    served: bool
    rule: str
    window: str | None


@dataclass(frozen=True, slots=True)
class Script:
    """``gaps``: by window, how long (ms) it took to call each time it was free and somebody waited; ``gap`` for those
    without. ``lasting``: windows that worked at the end of the day until nobody waited for them. ``means``: ms of a
    service by category. ``ends``: when the hall was closed; ``over`` False: it was not yet, that is the last event.
    ``outcomes``: how the tickets fared in the record, by id; empty for a day that was drawn.
    """

    plan: DayPlan
    begins: int
    ends: int
    visitors: tuple[Visitor, ...]
    acts: tuple[Act, ...]
    gaps: Mapping[str, tuple[int, ...]]
    gap: int
    means: Mapping[str, int]
    lasting: frozenset[str] = frozenset()
    over: bool = True
    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
