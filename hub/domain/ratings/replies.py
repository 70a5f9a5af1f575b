"""What a command about a rating answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rectified:
    """The rectification after the act. ``changed`` False: it stood so already."""

    ticket: str
    state: str
    due: str
    changed: bool


RatingsReply = Rectified
