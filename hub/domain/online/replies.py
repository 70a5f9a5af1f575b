"""What a command about the online hall's inbox answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inbox:
    """``taken``: number of the last message that counts as answered."""

    taken: int
