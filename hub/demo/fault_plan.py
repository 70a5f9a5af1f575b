"""What is wrong with a line, direction by direction, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["open", "refuse", "silent"]
"""``refuse``: connections are reset, new ones too. ``silent``: bytes are swallowed and nobody hears of it."""


@dataclass(frozen=True, slots=True)
class Direction:
    """What happens to the bytes of one direction. ``0`` and ``None`` stand for nothing.

    ``delay``, ``jitter``: seconds that each part is under way, the latter drawn evenly on top; the order stays.
    ``rate``: bytes a second, of each connection. ``truncate``: a connection is reset after so many bytes. ``drop``:
    chance that a part, as it is read, resets its connection; drawn from the proxy's seed.
    """

    way: Way = "open"
    delay: float = 0.0
    jitter: float = 0.0
    rate: float = 0.0
    truncate: int | None = None
    drop: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """``up``: from who connects to the target. ``hold_every``: each n-th connection waits until a later one got an
    answer, so that it is overtaken; alone, it waits ``hold_seconds`` at most.
    """

    up: Direction = Direction()
    down: Direction = Direction()
    hold_every: int = 0
    hold_seconds: float = 2.0


@dataclass(slots=True)
class Counters:
    """``reset``: connections ended by a fault; ``overtaken``: held back until a later one had its answer."""

    connections: int = 0
    refused: int = 0
    reset: int = 0
    overtaken: int = 0
    unreachable: int = 0
    up: int = 0
    down: int = 0
    swallowed: int = 0
    replayed: int = 0
