"""What a device command answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recorded:
    """``changed`` False: it was known already."""

    changed: bool


DeviceReply = Recorded
