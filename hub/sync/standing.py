"""How each way of the line is, as the outage page, ``/metrics`` and ``hallhub sync status`` show it."""

from __future__ import annotations

from typing import Literal

import msgspec

Phase = Literal["off", "opening", "sending", "quiet", "waiting", "dark", "forked", "paused"]


class FeedStanding(msgspec.Struct, frozen=True):
    """The way up. ``committed``: the last entry that the receiver acknowledged, None before it was ever reached.

    ``phase``: ``waiting`` when the receiver is there and asked for patience, ``dark`` when it is not there or makes no
    sense. ``since`` (ms): when the present trouble began, 0 without one. ``problem``: its code (``hub.sync.troubles``),
    ``detail`` for whoever mends it. ``rate``: acknowledged entries a second of late; ``eta``: seconds until all is up.
    ``heard_at`` (ms): the last good answer.
    """

    phase: Phase = "off"
    epoch: str = ""
    committed: int | None = None
    head: int = 0
    since: int = 0
    problem: str = ""
    detail: str = ""
    rate: float = 0.0
    eta: float | None = None
    heard_at: int = 0
    sent: int = 0


class InboxStanding(msgspec.Struct, frozen=True):
    """The way down. ``taken``: the last message answered, ``last``: the last one there is, as the receiver said.

    ``phase``: ``listening``, ``dark``, ``stopped`` (a person has to look), ``paused`` or ``off``.
    """

    phase: Literal["off", "listening", "dark", "stopped", "paused"] = "off"
    taken: int = 0
    last: int = 0
    since: int = 0
    problem: str = ""
    detail: str = ""
    heard_at: int = 0


class LineStanding(msgspec.Struct, frozen=True):
    """Both ways. ``configured``: an online hall is named in the settings."""

    configured: bool = False
    url: str = ""
    hall: str = ""
    feed: FeedStanding = FeedStanding()
    inbox: InboxStanding = InboxStanding()
