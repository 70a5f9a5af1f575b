"""The hall as its manager describes it: one value, published whole, that every business day pins.

Names come in Chinese and English. Times of day are local, as ``"HH:MM"``. Every list keeps the order of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.hall.appointments import Appointments
from hub.domain.hall.plan import AppointmentPolicy, MissedPolicy, PriorityClass

CN_MOBILE = "1[3-9][0-9]{9}"

CALENDARS = ("cn", "own", "weekdays", "every-day")
"""cn: the state calendar of China, imported from the package; own: one published from a file; the rest need none."""

OUTLET = "P"
"""出件: the service queue whose windows hand out results. A letter of the wire contract, like 咨询's Q."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hall:
    """``id`` is a level of every MQTT topic; ``timezone`` an IANA name; ``phone`` a pattern of the whole number."""

    id: str
    zh: str
    en: str
    timezone: str = "Asia/Shanghai"
    calendar: str = "cn"
    phone: str = CN_MOBILE


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """Other hours on some weekdays; ``closed`` makes them days off. A make-up working day keeps the ordinary hours."""

    weekdays: tuple[str, ...]
    opens: str = ""
    closes: str = ""
    closed: bool = False


CAPACITY = ("ignore", "warn", "stop")


@dataclass(frozen=True, slots=True)
class Roster:
    """午间值守: between two times of day at least ``open_percent`` of a floor's windows in use stay open."""

    begins: str
    ends: str
    open_percent: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Issuing starts ``issuing_before_minutes`` before ``opens``; ``day_starts`` rolls the business day over.

    ``capacity``: newcomers who cannot be served before ``closes`` are taken (``ignore``), told so (``warn``) or refused
    (``stop``).
    """

    opens: str = "09:00"
    closes: str = "17:00"
    issuing_before_minutes: int = 0
    day_starts: str = "04:00"
    weekdays: tuple[WeekdayHours, ...] = ()
    rosters: tuple[Roster, ...] = ()
    capacity: str = "ignore"


@dataclass(frozen=True, slots=True)
class Floor:
    number: int
    zh: str
    en: str
    public: bool = True


@dataclass(frozen=True, slots=True)
class Zone:
    """服务区: a part of one floor, with boards of scope ``zone/<id>``."""

    id: str
    zh: str
    en: str
    floor: int


@dataclass(frozen=True, slots=True)
class Department:
    """``review_body``, ``court``: as in ``Remedies``, where this department's are others than the hall's."""

    code: str
    zh: str
    en: str
    floor: int
    review_body: str = ""
    court: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """业务类别: ``items`` counts its service items, ``minutes`` estimates one service before today's pace is known.

    ``service`` marks queues with windows of their own (outlet, advice) that comprehensive windows leave alone.
    """

    letter: str
    zh: str
    en: str
    floors: tuple[int, ...]
    items: int = 0
    minutes: float = 10.0
    service: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """事项: one service item of a category, handled by ``department``; ``keywords`` are what people call it instead."""

    code: str
    zh: str
    en: str
    category: str
    department: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """``categories`` empty: a comprehensive window serves its whole floor, any other its home category only.

    ``departments`` empty: a comprehensive window serves every department of its floor, any other none.
    """

    number: str
    floor: int
    zone: str
    home: str
    comprehensive: bool = True
    categories: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clerk:
    """What a clerk (by account name) may serve, at any window; empty ``categories``: everything."""

    name: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is next, as the hall decides it, see ``QueuePolicy``; its version is that of the profile that carries it."""

    classes: tuple[PriorityClass, ...]
    home_credit_minutes: int
    missed: MissedPolicy
    whole_credit_minutes: int = 0
    long_wait_minutes: int | None = None
    rush_share: int = 0
    transfers: int = 0
    appointment: AppointmentPolicy = field(default_factory=AppointmentPolicy)


@dataclass(frozen=True, slots=True)
class Ratings:
    """差评整改: working days to close a low rating in (Beijing: 7); calls back that must fail before one gives up."""

    rectify_within_days: int = 7
    call_back_tries: int = 3


@dataclass(frozen=True, slots=True)
class Remedies:
    """救济途径 on notices: who reviews (复议机关) and the court (法院), by their Chinese names, which notices are in.

    Empty: the notice says what the law says of every agency.
    """

    review_body: str = ""
    court: str = ""


@dataclass(frozen=True, slots=True)
class Consultations:
    """咨询: working days in which a question is answered; the day of asking is day 0."""

    reply_within_days: int = 5


Option = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Device:
    """One line of the device registry, bound to a window, a kiosk, a floor or a scope: see ``BINDINGS``.

    ``options`` belong to the kind (a printer's ``host`` and ``port``).
    """

    id: str
    kind: str
    window: str | None = None
    kiosk: str | None = None
    floor: int | None = None
    scope: str | None = None
    zh: str = ""
    en: str = ""
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])


BINDINGS: Mapping[str, str | None] = {
    "kiosk": "floor",
    "ticket_printer": "kiosk",
    "call_button": "window",
    "window_display": "window",
    "rating_pad": "window",
    "document_camera": "window",
    "hall_board": "scope",
    "scanner": "floor",
    "locker_bank": "floor",
    "sms_modem": None,
    "sms_http": None,
    "sms_smpp": None,
}
"""Each kind the registry knows and the binding that a device of it needs."""


@dataclass(frozen=True, slots=True)
class HallProfile:
    hall: Hall
    hours: Hours
    policy: Policy
    floors: tuple[Floor, ...]
    zones: tuple[Zone, ...]
    departments: tuple[Department, ...]
    categories: tuple[Category, ...]
    windows: tuple[Window, ...]
    devices: tuple[Device, ...] = ()
    clerks: tuple[Clerk, ...] = ()
    remedies: Remedies = Remedies()
    ratings: Ratings = Ratings()
    appointments: Appointments = field(default_factory=Appointments)
    consultations: Consultations = Consultations()
    items: tuple[Item, ...] = ()


def remedies_of(profile: HallProfile, department: str) -> Remedies:
    """Against what that department does; what it names itself goes before what the hall names."""
    own = next((each for each in profile.departments if each.code == department), None)
    if own is None:
        return profile.remedies
    hall = profile.remedies
    return Remedies(own.review_body or hall.review_body, own.court or hall.court)


def categories_of(profile: HallProfile, window: Window) -> tuple[str, ...]:
    """The letters a window may serve, in the profile's order."""
    if window.categories:
        return tuple(c.letter for c in profile.categories if c.letter in window.categories)
    if window.comprehensive:
        return tuple(c.letter for c in profile.categories if window.floor in c.floors and not c.service)
    return (window.home,)


def departments_of(profile: HallProfile, window: Window) -> tuple[str, ...]:
    """The codes of the departments a window serves."""
    if window.departments or not window.comprehensive:
        return window.departments
    return tuple(d.code for d in profile.departments if d.floor == window.floor)
