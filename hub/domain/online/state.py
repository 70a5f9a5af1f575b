"""How far the online hall's messages were taken: the state of stream ``online``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Online:
    """``taken``: number of the last message that was answered, ``hash`` (hex) the inbox's chain there; empty: none."""

    taken: int = 0
    hash: str = ""
