"""One case in memory, stream ``case/<id>``. Only the writer changes it, through ``evolve``. It holds no personal value.

Clocks are intervals: where each began, was stopped and ended. Nothing is counted down.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.cases.machine import UNOPENED
from hub.domain.cases.records import Defect, Supply
from hub.domain.catalogue.item import Item


@dataclass(slots=True)
class Stop:
    """An excluded time: after ``from_day``, up to and including ``to_day``; None: it still lasts."""

    from_at: int
    from_day: str
    to_at: int | None = None
    to_day: str | None = None


@dataclass(slots=True)
class Clock:
    """``name`` as in ``records``; a clock that starts again (intake after a correction) is a new one of that name.

    ``limit`` without the extension; None: ``due`` was set by hand. ``due`` to ``provisional``: as last counted by an
    event; empty while stopped. ``missed``: that it passed is on record.
    """

    name: str
    from_at: int
    day: str
    limit: int | None
    due: str
    due_at: int
    calendar: int
    provisional: bool
    extended: int = 0
    stops: list[Stop] = field(default_factory=list[Stop])
    ended_at: int | None = None
    missed: bool = False

    @property
    def running(self) -> bool:
        return self.ended_at is None and not self.stopped

    @property
    def stopped(self) -> bool:
        return self.ended_at is None and bool(self.stops) and self.stops[-1].to_day is None


@dataclass(slots=True)
class Step:
    """One step of the route. ``state``: open, done, returned (its defects wait for the notice) or superseded.

    ``by``: who claimed it, empty when nobody did. ``verdict``: of the last opinion, ``passed`` by time.
    """

    id: str
    department: str
    opened_at: int
    state: str = "open"
    by: str = ""
    verdict: str = ""
    escalated: bool = False
    timed_out: bool = False
    defects: tuple[Defect, ...] = ()


@dataclass(slots=True)
class Opinion:
    step: str
    department: str
    by: str
    verdict: str
    text: str
    at: int


@dataclass(slots=True)
class PromisedMaterial:
    """``passed``: None until checked."""

    material: str
    passed: bool | None = None


@dataclass(slots=True)
class Case:
    """``person``: the subject of the applicant's ID. ``materials``: by code, the last supply.

    ``frozen``: sha256 by code, of what the case is decided on, from acceptance on.

    ``notices``: corrections told; ``asked``: materials the last one cites; ``supplied_since``: codes supplied since.
    ``owed``: secondary materials owed; ``chase``: moments at which to chase them, ``chased`` how many were used.
    ``special``: the step under way, ``excluded`` when its time does not count; ``special_days`` it was said to take
    from ``special_day`` on (0: not said). ``in_review``: the correction
    under way was told after acceptance. ``outcome`` with ``reason``: what it came to, empty while open.
    ``objected``: objections to it that were recorded.
    """

    state: str = UNOPENED
    number: str = ""
    item: Item = field(default_factory=lambda: Item("", "", "", "", ""))
    catalogue: int = 0
    category: str = ""
    channel: str = ""
    person: str = ""
    ticket: str | None = None
    window: str | None = None
    clerk: str | None = None
    external: str = ""
    opened_at: int = 0
    received_at: int = 0
    received_day: str = ""
    accepted_at: int | None = None
    accepted_by: str = ""
    deemed: bool = False
    decided_at: int | None = None
    delivered_at: int | None = None
    materials: dict[str, Supply] = field(default_factory=dict[str, Supply])
    excused: list[str] = field(default_factory=list[str])
    frozen: dict[str, str] = field(default_factory=dict[str, str])
    notices: int = 0
    asked: list[str] = field(default_factory=list[str])
    supplied_since: list[str] = field(default_factory=list[str])
    owed: list[str] = field(default_factory=list[str])
    chase: tuple[int, ...] = ()
    chased: int = 0
    promises: list[PromisedMaterial] = field(default_factory=list[PromisedMaterial])
    special: str = ""
    excluded: bool = False
    special_days: int = 0
    special_day: str = ""
    extended: bool = False
    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    opinions: list[Opinion] = field(default_factory=list[Opinion])
    in_review: bool = False
    clocks: list[Clock] = field(default_factory=list[Clock])
    milestones: list[str] = field(default_factory=list[str])
    result: str = ""
    outcome: str = ""
    reason: str = ""
    objected: int = 0

    def clock(self, name: str) -> Clock | None:
        """The clock of that name that has not ended; None without one."""
        return next((each for each in reversed(self.clocks) if each.name == name and each.ended_at is None), None)
