"""What a command about appointments answers; a check-in answers as a ticket that is taken."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.replies import QueueReply


@dataclass(frozen=True, slots=True)
class BookingReply:
    """Times are local, of that day: ``09:30``. ``state``: booked, cancelled, checked-in or no-show."""

    code: str
    day: str
    slot: str
    starts: str
    ends: str
    zh: str
    en: str
    category: str
    state: str


@dataclass(frozen=True, slots=True)
class LeaseReply:
    """``units``: how many places of the lease are the online hall's to sell now."""

    lease: str
    units: int
    expires: int


@dataclass(frozen=True, slots=True)
class SlotsDone:
    """Acts without an answer of their own."""

    ok: bool = True


SlotsReply = BookingReply | LeaseReply | SlotsDone | QueueReply
