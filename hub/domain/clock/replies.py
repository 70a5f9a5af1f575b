"""What a clock command answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """``frozen`` after the command."""

    frozen: bool


ClockReply = Clock
