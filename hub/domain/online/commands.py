"""What is asked of stream ``online``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RewindInbox:
    """The online hall has only ``to`` messages, the last with ``hash``."""

    to: int
    hash: str
    at: int


OnlineCommand = RewindInbox
