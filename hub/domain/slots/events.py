"""What happened to a day's appointments: the entries of stream ``slots/<business day>``. Times: ms since 1970, UTC.

People stand in fields of their own (``name``, ``phone``, ``identity``), sealed; nothing else names anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.personal import Personal
from hub.domain.slots.plan import SlotsPlan


@dataclass(frozen=True, slots=True)
class SlotsPlanned:
    plan: SlotsPlan
    at: int


@dataclass(frozen=True, slots=True)
class SlotsLeased:
    """One place for each of ``codes``; the online hall stops selling them at ``expires``."""

    lease: str
    slot: str
    codes: tuple[str, ...]
    expires: int
    at: int


@dataclass(frozen=True, slots=True)
class LeaseExtended:
    lease: str
    expires: int
    at: int


@dataclass(frozen=True, slots=True)
class LeaseReturned:
    """``codes``: the places that are the hall's again."""

    lease: str
    codes: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class UnitSold:
    """``code`` is the booking's from now on; it may have checked in before this was heard."""

    code: str
    lease: str
    slot: str
    category: str
    also: tuple[str, ...]
    items: tuple[str, ...]
    sold_at: int
    at: int
    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


@dataclass(frozen=True, slots=True)
class SlotBooked:
    code: str
    slot: str
    category: str
    also: tuple[str, ...]
    items: tuple[str, ...]
    channel: str
    at: int
    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    """``fresh``: the code under which the unit is its lease's again; None: the place is the hall's."""

    code: str
    slot: str
    why: str
    fresh: str | None
    at: int


@dataclass(frozen=True, slots=True)
class BookingMovedAway:
    """Its other half, ``BookingArrived`` under ``to_code``, is of the same command. ``fresh`` as when cancelled."""

    code: str
    slot: str
    to_day: str
    to_slot: str
    to_code: str
    fresh: str | None
    at: int


@dataclass(frozen=True, slots=True)
class BookingArrived:
    """``lease`` of the unit it took; None: a place of the hall."""

    code: str
    slot: str
    lease: str | None
    from_day: str
    from_code: str
    category: str
    also: tuple[str, ...]
    items: tuple[str, ...]
    channel: str
    at: int
    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


@dataclass(frozen=True, slots=True)
class BookingCheckedIn:
    """``unseen``: of a unit whose sale had not been heard; the check-in is the proof that it was sold."""

    code: str
    slot: str
    ticket: str
    category: str
    unseen: bool
    kiosk: str | None
    at: int


@dataclass(frozen=True, slots=True)
class NoShowRecorded:
    code: str
    slot: str
    at: int


SlotsEvent = (
    SlotsPlanned
    | SlotsLeased
    | LeaseExtended
    | LeaseReturned
    | UnitSold
    | SlotBooked
    | BookingCancelled
    | BookingMovedAway
    | BookingArrived
    | BookingCheckedIn
    | NoShowRecorded
)
