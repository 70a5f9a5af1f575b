"""The attendant's tablet: who needs somebody now, who was missed, where waits are long, what is broken.

People *at hand* have no phone to be told by, or an escort flag. They are listed while they are called and while at most
``NEAR`` wait before them; only the first ``NEAR + 1`` of every lane are looked at, since everybody else has more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.domain.hall.profile import Device, HallProfile
from hub.domain.queue.lines import APPOINTMENT, Lane, Line
from hub.domain.queue.reading import longest_wait, may_return
from hub.domain.queue.state import CALLED, OPEN, QueueDay, Ticket, Window
from hub.domain.queue.wait import Outlook, outlook
from hub.views.console import category
from hub.views.overview import LONG_MINUTES, DeviceRow, Presence, device_rows
from hub.views.ticket import floor_of
from hub.views.words import KIND, Words, minutes, of

NEAR = 3
MISSED_SHOWN = 40
APPOINTMENTS_SHOWN = 20

LOOK, HERE, LOOKED, SOON = "look", "called", "looked", "soon"
"""Find out whether they are there; bring them to the window; they were not found; go and tell them."""
_URGENCY = {LOOK: 0, HERE: 1, SOON: 2, LOOKED: 3}

PUBLIC_KINDS = ("kiosk", "ticket_printer", "hall_board", "locker_bank")
"""Devices that visitors stand before."""

SEATS = (
    Words("前排", "front rows"),
    Words("中排", "middle rows"),
    Words("后排", "back rows"),
    Words("轮椅席", "wheelchair place"),
    Words("服务台旁", "by the desk"),
    Words("自助区", "self-service zone"),
)
"""Seat notes that take one tap."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A ticket and what an attendant may want to know of whoever holds it. ``waited``: minutes since it was taken.

    ``window``: of its call. ``place``: the window or service area to go to. ``priority``: its class in words.
    """

    ticket: str
    number: str
    zh: str
    en: str
    state: str
    floor: int
    window: str | None
    place: Words
    waited: int
    note: str
    escort: bool
    has_phone: bool
    priority: Words | None
    printer: str | None


@dataclass(frozen=True, slots=True)
class AtHand:
    """``kind``: look, called, looked or soon. ``ahead`` and ``wait`` (p50, p90 in minutes) while it waits.

    ``minutes``: since the call.
    """

    holder: Holder
    kind: str
    ahead: int
    wait: tuple[int, int] | None
    recalls: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Missed:
    """``minutes``: since it was missed. ``left``: how often it may still be reinstated."""

    holder: Holder
    minutes: int
    left: int


@dataclass(frozen=True, slots=True)
class Long:
    """A line whose first has waited ``minutes``, and what is the matter."""

    zh: str
    en: str
    floor: int
    holder: Holder
    minutes: int
    waiting: int
    matter: Words


@dataclass(frozen=True, slots=True)
class Appointment:
    """Checked in and waiting. ``slot`` in ms."""

    holder: Holder
    slot: int
    ahead: int
    wait: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """``place``: where the device stands, as people call it."""

    row: DeviceRow
    place: Words


@dataclass(frozen=True, slots=True)
class Attendant:
    """``floor`` None: the whole hall. ``more_missed`` and ``more_appointments``: those beyond the ones listed."""

    floor: int | None
    hand: tuple[AtHand, ...]
    missed: tuple[Missed, ...]
    more_missed: int
    long: tuple[Long, ...]
    limit: int
    faults: tuple[Fault, ...]
    urgent: int
    appointments: tuple[Appointment, ...]
    more_appointments: int


def attendant(
    day: QueueDay,
    profile: HallProfile,
    presences: Sequence[Presence],
    missed: Iterable[Ticket],
    floor: int | None,
    now: int,
) -> Attendant:
    """What concerns an attendant on ``floor`` at ``now``. ``missed``: the missed of today, newest first."""
    at_hand = [*_called(day, profile, floor, now), *_soon(day, profile, floor, now)]
    at_hand.sort(key=lambda each: (_URGENCY[each.kind], -each.minutes, each.ahead, each.holder.number))
    back = [ticket for ticket in missed if floor in (None, floor_of(day, ticket.line)) and may_return(day, ticket, now)]
    faults = _faults(profile, presences, floor)
    checked_in, all_checked_in = _checked_in(day, floor)
    limit = LONG_MINUTES
    if day.plan is not None and day.plan.policy.long_wait_minutes is not None:
        limit = day.plan.policy.long_wait_minutes
    return Attendant(
        floor=floor,
        hand=tuple(at_hand),
        missed=tuple(_missed(day, profile, ticket, now) for ticket in back[:MISSED_SHOWN]),
        more_missed=max(0, len(back) - MISSED_SHOWN),
        long=tuple(_long(day, profile, floor, limit, now)),
        limit=limit,
        faults=faults,
        urgent=sum(fault.row.urgent for fault in faults),
        appointments=tuple(_appointment(day, profile, ticket, now) for ticket in checked_in),
        more_appointments=all_checked_in - len(checked_in),
    )


# People


def _wanted(ticket: Ticket) -> bool:
    return not ticket.has_phone or ticket.escort


def _lines(day: QueueDay, floor: int | None) -> Iterator[tuple[str, Line]]:
    for name, line in day.lines.items():
        if line.occupied and floor in (None, line.floor):
            yield name, line


def _soon(day: QueueDay, profile: HallProfile, floor: int | None, now: int) -> Iterator[AtHand]:
    for name, line in _lines(day, floor):
        if not day.servers.get(name):  # nobody is before them, since nobody calls them
            continue
        for lane in line.lanes.values():
            for ticket in _first(day, lane, NEAR + 1):
                if not _wanted(ticket):
                    continue
                told = _outlook(day, name, ticket, now)
                if told.ahead > NEAR:
                    break
                yield AtHand(_holder(day, profile, ticket, now), SOON, told.ahead, told.wait, 0, 0)


def _called(day: QueueDay, profile: HallProfile, floor: int | None, now: int) -> Iterator[AtHand]:
    for window in day.windows.values():
        if window.active is None or floor not in (None, window.floor):
            continue
        ticket = day.tickets[window.active]
        if ticket.state == CALLED and _wanted(ticket):
            since = minutes(ticket.called_at or now, now)
            yield AtHand(_holder(day, profile, ticket, now), _kind(day, ticket), 0, None, ticket.recalls, since)


def _kind(day: QueueDay, ticket: Ticket) -> str:
    if ticket.looked_at is not None and ticket.looked_at >= (ticket.called_at or 0):
        return LOOKED
    rules = None if day.plan is None else day.plan.policy.missed
    if rules is not None and not ticket.has_phone and rules.look_without_phone:
        return LOOK if ticket.recalls >= rules.recalls_without_phone else HERE
    return HERE


def _first(day: QueueDay, lane: Lane, count: int) -> Iterator[Ticket]:
    for index in range(min(len(lane), count)):
        yield day.tickets[lane.nth(index)]


def _outlook(day: QueueDay, line: str, ticket: Ticket, now: int) -> Outlook:
    return outlook(day, line, ticket.lane, ticket.key, now)


def _holder(day: QueueDay, profile: HallProfile, ticket: Ticket, now: int) -> Holder:
    named = category(day, ticket.category)
    called = ticket.window if ticket.state == CALLED else None
    return Holder(
        ticket=ticket.id,
        number=ticket.number,
        zh=named.zh,
        en=named.en,
        state=ticket.state,
        floor=floor_of(day, ticket.line, called),
        window=called,
        place=_place(day, profile, ticket, called),
        waited=minutes(ticket.issued_at, now),
        note=ticket.note,
        escort=ticket.escort,
        has_phone=ticket.has_phone,
        priority=_priority(day, ticket),
        printer=ticket.printer,
    )


def _priority(day: QueueDay, ticket: Ticket) -> Words | None:
    if ticket.priority is None:
        return None
    classes = () if day.plan is None else day.plan.policy.classes
    named = next((known for known in classes if known.name == ticket.priority), None)
    return Words(ticket.priority, ticket.priority) if named is None else Words(named.zh, named.en)


def _place(day: QueueDay, profile: HallProfile, ticket: Ticket, called: str | None) -> Words:
    """The window that calls, or the service area where most of the windows are that may, home ones first."""
    number = called if called is not None else ticket.line[1:] if ticket.line.startswith("@") else None
    if number is not None:
        return Words(f"{number} 号窗口", f"window {number}")
    servers = [day.windows[each] for each in day.servers.get(ticket.line, ())]
    home = [window for window in servers if window.home == ticket.category] or servers
    zones = [window.zone for window in home]
    most = max(zones, key=zones.count, default=None)
    zone = next((zone for zone in profile.zones if zone.id == most), None)
    if zone is not None:
        return Words(zone.zh, zone.en)
    floor = floor_of(day, ticket.line)
    return Words(f"{floor} 层", f"floor {floor}")


def _missed(day: QueueDay, profile: HallProfile, ticket: Ticket, now: int) -> Missed:
    times = 0 if day.plan is None else day.plan.policy.missed.times
    return Missed(
        _holder(day, profile, ticket, now), minutes(ticket.missed_at or now, now), max(0, times - ticket.reinstated)
    )


def _checked_in(day: QueueDay, floor: int | None) -> tuple[list[Ticket], int]:
    """The first appointments that wait, by slot, and how many there are: a lane stands in the order of its slots."""
    lanes = [lane for _, line in _lines(day, floor) if (lane := line.lanes.get(APPOINTMENT)) is not None]
    found = [ticket for lane in lanes for ticket in _first(day, lane, APPOINTMENTS_SHOWN)]
    found.sort(key=lambda ticket: (ticket.slot or 0, ticket.number))
    return found[:APPOINTMENTS_SHOWN], sum(len(lane) for lane in lanes)


def _appointment(day: QueueDay, profile: HallProfile, ticket: Ticket, now: int) -> Appointment:
    told = _outlook(day, ticket.line, ticket, now)
    return Appointment(_holder(day, profile, ticket, now), ticket.slot or ticket.issued_at, told.ahead, told.wait)


# Waits


def _long(day: QueueDay, profile: HallProfile, floor: int | None, limit: int, now: int) -> list[Long]:
    found: list[Long] = []
    for name, line in _lines(day, floor):
        waited = longest_wait(day, now, (name,)) // 60_000
        if waited <= limit:
            continue
        heads = [ticket for lane in line.lanes.values() for ticket in _first(day, lane, 1)]
        first = min(heads, key=lambda ticket: ticket.waiting_since)
        letters = line.letters or (first.category,)
        names = [category(day, letter) for letter in letters]
        found.append(
            Long(
                zh="、".join(named.zh for named in names),
                en=", ".join(named.en for named in names),
                floor=line.floor,
                holder=_holder(day, profile, first, now),
                minutes=waited,
                waiting=len(line),
                matter=_matter(day, name),
            )
        )
    return sorted(found, key=lambda row: -row.minutes)


def _matter(day: QueueDay, line: str) -> Words:
    if day.frozen is not None:
        return Words(f"大厅暂停叫号：{day.frozen}", f"calling is suspended: {day.frozen}")
    servers = [day.windows[number] for number in day.servers.get(line, ())]
    if not servers:
        return Words("当班人员都不能办", "no clerk on duty may serve it")
    opened = sum(window.state == OPEN for window in servers)
    stopped = [window for window in servers if window.state != OPEN]
    if not opened:
        return Words(f"没有窗口开放（{_numbers(stopped)}）", f"no window is open ({_numbers(stopped)})")
    if stopped:
        return Words(
            f"只开 {opened}/{len(servers)} 个窗口，{_numbers(stopped)} 没开",
            f"{opened} of {len(servers)} windows open, {_numbers(stopped)} not",
        )
    return Words(f"{opened} 个窗口都开着，人多", f"all {opened} windows are open: many people")


def _numbers(windows: Sequence[Window], most: int = 3) -> str:
    numbers = sorted(window.number for window in windows)
    return "、".join(numbers[:most]) + ("…" if len(numbers) > most else "")


# Devices


def _faults(profile: HallProfile, presences: Sequence[Presence], floor: int | None) -> tuple[Fault, ...]:
    registered = {device.id: device for device in profile.devices}
    found: list[Fault] = []
    for row in device_rows(profile, presences):
        device = registered.get(row.id)
        if device is None or device.kind not in PUBLIC_KINDS or not row.faulty:
            continue
        if floor is None or row.floor in (None, floor):
            found.append(Fault(row, _stands(registered, device, row.place)))
    return tuple(sorted(found, key=lambda fault: (not fault.row.urgent, fault.row.since)))


def _stands(registered: dict[str, Device], device: Device, place: Words) -> Words:
    """A printer stands where its kiosk stands."""
    kiosk = device if device.kiosk is None else registered.get(device.kiosk, device)
    if kiosk.kind == "kiosk":
        return Words(f"{kiosk.zh or place.zh} {kiosk.id}", f"{kiosk.en or place.en} {kiosk.id}")
    kind = of(KIND, device.kind)
    return Words(f"{place.zh}{kind.zh}", f"{place.en} {kind.en}")
