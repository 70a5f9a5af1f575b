"""What may be asked of a business day's appointments. Times: ms since 1970, UTC; codes and ids are made by the hub.

Those that the online hall asks for (``SellUnit``, ``MoveBooking``, ``CancelBooking``, ``ReturnLease``) arrive once
each, in its order, however late: nothing here judges by the time of arrival what was done in time.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.personal import Personal
from hub.domain.slots.plan import SlotsPlan


@dataclass(frozen=True, slots=True)
class PlanSlots:
    """Lay the day's slots out, or anew. Places that were given stay given, also in slots that vanish."""

    day: str
    at: int
    plan: SlotsPlan


@dataclass(frozen=True, slots=True)
class LeaseUnits:
    """Lease up to ``len(codes)`` places of a slot to the online hall, each under its own code.

    ``lease``: its id within the day; a lease that is there already is left as it is.
    """

    day: str
    at: int
    lease: str
    slot: str
    codes: tuple[str, ...]
    expires: int


@dataclass(frozen=True, slots=True)
class ExtendLease:
    """The online hall may sell until ``expires`` (ms), never sooner than before."""

    day: str
    at: int
    lease: str
    expires: int


@dataclass(frozen=True, slots=True)
class ReturnLease:
    """From the online hall, after all its sales: the ``codes`` it did not sell. It sells nothing of the lease again."""

    day: str
    at: int
    lease: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SellUnit:
    """From the online hall: the unit ``code`` was sold at ``sold_at``, for the category (letter) of ``items``."""

    day: str
    at: int
    lease: str
    code: str
    category: str
    sold_at: int
    also: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


@dataclass(frozen=True, slots=True)
class BookSlot:
    """In the hall: ``channel`` is counter, kiosk or phone (taken by staff). ``code``: fresh, becomes the booking's."""

    day: str
    at: int
    slot: str
    code: str
    category: str
    channel: str
    also: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


@dataclass(frozen=True, slots=True)
class MoveBooking:
    """To another slot, of another day or this one, in one step.

    ``unit``: the leased unit that the online hall moves it to, whose code it then has; None: a place of the hall, under
    the booking's own code. ``fresh``: the code under which a unit that becomes free goes back to its lease. The
    personal values are the booking's own, read back for the new day's entry. ``asked_at``: when the citizen asked (ms),
    None: now.
    """

    day: str
    at: int
    code: str
    to_day: str
    to_slot: str
    fresh: str
    unit: str | None = None
    asked_at: int | None = None
    name: Personal | None = None
    phone: Personal | None = None
    identity: Personal | None = None


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """``fresh`` and ``asked_at`` as in ``MoveBooking``."""

    day: str
    at: int
    code: str
    fresh: str
    why: str = ""
    asked_at: int | None = None


@dataclass(frozen=True, slots=True)
class CheckIn:
    """签到: the booking's ticket, in one step with it. ``ticket`` is the id it gets, unless it has one.

    ``code`` empty: the day's booking of the person ``subject`` (a phone's or an identity's). ``category`` is needed for
    a unit whose sale is not known yet, in a group of several. ``elsewhere``: the day the code belongs to, when that is
    another one. ``phone``: the booking's own, read back, so that its holder is told by SMS. The rest as in
    ``TakeTicket``.
    """

    day: str
    at: int
    code: str
    ticket: str
    subject: str | None = None
    category: str | None = None
    elsewhere: str | None = None
    floor: int = 1
    priority: str | None = None
    phone: Personal | None = None
    kiosk: str | None = None
    printer: str | None = None
    escort: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordNoShow:
    """By the clock: nobody came for the booking until its check-in was over."""

    day: str
    at: int
    code: str


SlotsCommand = (
    PlanSlots
    | LeaseUnits
    | ExtendLease
    | ReturnLease
    | SellUnit
    | BookSlot
    | MoveBooking
    | CancelBooking
    | CheckIn
    | RecordNoShow
)
