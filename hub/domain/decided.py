"""What every area's ``decide`` returns: the events to be written, and the answer for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E", covariant=True)
R = TypeVar("R", covariant=True)


@dataclass(frozen=True, slots=True)
class Decided(Generic[E, R]):
    """``events`` in the order they happened (none: nothing changed); ``reply`` leaves after the commit."""

    events: tuple[E, ...]
    reply: R
