"""What a command about a consultation answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consulted:
    """The consultation after the act; ``changed`` False: it stood so already."""

    consultation: str
    state: str
    due: str
    changed: bool
