"""What a catalogue command answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogueReply:
    """``changed`` False: the version in force or to come says the same already."""

    version: int
    changed: bool
    valid_from: str
