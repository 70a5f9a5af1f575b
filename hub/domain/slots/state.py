"""A business day's appointments in memory. Only the writer changes it, through ``evolve``; it knows nobody's name."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.slots.plan import SlotPlan

BOOKED, CHECKED_IN, CANCELLED, MOVED, NO_SHOW = "booked", "checked-in", "cancelled", "moved", "no-show"
FREE, SOLD, SPENT, RETURNED = "free", "sold", "spent", "returned"
ONLINE, COUNTER, KIOSK, PHONE = "online", "counter", "kiosk", "phone"
HALL_CHANNELS = (COUNTER, KIOSK, PHONE)


@dataclass(slots=True)
class Slot:
    """``leased``: places that are the online hall's, sold or not; ``booked``: those given in the hall.

    ``leases``: how many leases were ever made of it. ``planned``: the profile still has it.
    """

    plan: SlotPlan
    leased: int = 0
    booked: int = 0
    leases: int = 0
    planned: bool = True

    @property
    def held(self) -> int:
        return self.leased + self.booked

    @property
    def capacity(self) -> int:
        """The profile's, or what was given before it had less."""
        return max(self.plan.capacity if self.planned else 0, self.held)

    @property
    def walk_in(self) -> int:
        """What a smaller profile took away is first taken from the share of people without appointment."""
        return min(self.plan.walk_in if self.planned else 0, self.capacity - self.held)

    @property
    def left(self) -> int:
        """Places that may still be given, in the hall or as leases."""
        return self.capacity - self.walk_in - self.held if self.planned else 0

    @property
    def leasable(self) -> int:
        return max(min(self.plan.online - self.leased, self.left), 0) if self.planned else 0


@dataclass(slots=True)
class Unit:
    """One leased place. Its code is sold at most once: freed again it gets another one and this is ``spent``."""

    code: str
    lease: str
    state: str = FREE


@dataclass(slots=True)
class Lease:
    """``returned``: what becomes free of it now is the hall's."""

    id: str
    slot: str
    expires: int
    codes: list[str]
    returned: bool = False


@dataclass(slots=True)
class Booking:
    """``lease`` of the unit it holds; None: a place of the hall. ``seen``: False until an unseen sale is heard.

    ``phone`` and ``identity``: the subjects by which people are found. ``told_in``: the version of the stream's entry
    that holds the personal values. ``to_day`` and ``to_code``: where it was moved to.
    """

    code: str
    slot: str
    category: str
    channel: str
    lease: str | None
    booked_at: int
    also: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    state: str = BOOKED
    seen: bool = True
    phone: str | None = None
    identity: str | None = None
    told_in: int = 0
    ticket: str | None = None
    came_at: int | None = None
    to_day: str = ""
    to_slot: str = ""
    to_code: str = ""


@dataclass(slots=True)
class SlotDay:
    """``plan`` parts are empty until the day was laid out. ``version``: how many entries made it."""

    timezone: str = "UTC"
    late_ms: int = 0
    lease_ms: int = 0
    planned: tuple[SlotPlan, ...] = ()
    slots: dict[str, Slot] = field(default_factory=dict[str, Slot])
    leases: dict[str, Lease] = field(default_factory=dict[str, Lease])
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    bookings: dict[str, Booking] = field(default_factory=dict[str, Booking])
    version: int = 0

    def knows(self, code: str) -> bool:
        """Whether the code was ever given on this day."""
        return code in self.units or code in self.bookings
