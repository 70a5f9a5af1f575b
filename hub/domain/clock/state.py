"""What is known of the server's clock, stream ``hub``. Only the writer changes it, through ``evolve``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ClockState:
    """While ``frozen``, rollover, expiry and deadline events wait. ``by_ms`` sums the steps not yet confirmed."""

    frozen: bool = False
    since: int = 0
    by_ms: int = 0
    steps: int = 0
