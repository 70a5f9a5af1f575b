"""What a queue command answers; the wire and the API show these shapes as they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WaitMinutes:
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class TicketReply:
    """``ahead``: waiting tickets that stand before it at the windows that may serve it.

    ``floor``: where it is served first. ``late``: today may not suffice for it.
    """

    ticket: str
    number: str
    ahead: int
    wait_minutes: WaitMinutes | None
    printer: str | None
    floor: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class WindowReply:
    """The window after the act: its active number (None: nobody waits or it was finished) and its new version."""

    number: str | None
    ticket: str | None
    window: str
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class Done:
    """Acts without an answer of their own."""

    ok: bool = True


QueueReply = TicketReply | WindowReply | Done
