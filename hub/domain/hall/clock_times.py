"""Times of day as profiles write them."""

from __future__ import annotations

import re

DAY_MINUTES = 24 * 60
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def minutes_of(clock: str) -> int | None:
    """Minutes since local midnight of ``"HH:MM"`` (up to ``24:00``); None for anything else."""
    if not _CLOCK.fullmatch(clock):
        return None
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
