"""What a hall command answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """``changed`` False: what was asked stood already. ``from_day``: first business day ruled; None for a calendar."""

    version: int
    changed: bool
    from_day: str | None = None


HallReply = Published
