"""One device in memory, stream ``device/<id>``. Only the writer changes it, through ``evolve``."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LostRange:
    """Events ``first`` to ``last``, both included, that nobody will ever see."""

    epoch: str
    first: int
    last: int
    at: int


@dataclass(slots=True)
class DeviceState:
    """``paper``: ok, low, out, or None when it never said. ``lost``: the newest ranges, the oldest forgotten first."""

    paper: str | None = None
    paper_since: int = 0
    lost: list[LostRange] = field(default_factory=list[LostRange])
    lost_events: int = 0
    scans: dict[str, int] = field(default_factory=dict[str, int])
