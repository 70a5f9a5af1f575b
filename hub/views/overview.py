"""The hall at one glance: is anything wrong, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.domain.hall.profile import Device, HallProfile
from hub.domain.hall.registry import scopes
from hub.domain.queue.advice import Counsel, counsel
from hub.domain.queue.layout import able
from hub.domain.queue.roster import Watch, watch
from hub.domain.queue.state import CALLED, OPEN, SERVING, QueueDay, Window
from hub.domain.queue.wait import outlook_of_newcomer
from hub.views.loads import LoadRow, floor_percent, load_rows
from hub.views.remedies import Counselled, counselled
from hub.views.words import DEVICE, KIND, TROUBLE, WINDOW, Words, minutes, of

LONG_MINUTES = 30


class Presence(Protocol):
    """A device as its link sees it; ``since`` in ms, ``trouble`` a code or None."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def since(self) -> int: ...
    @property
    def trouble(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the hall. ``longest``: minutes its first has waited; ``wait``: what a newcomer is told.

    ``could_open``: windows that may serve it and are paused or closed, the remedy of a long wait.
    """

    letter: str
    zh: str
    en: str
    floor: int
    waiting: int
    longest: int
    long: bool
    open: int
    servers: int
    wait: tuple[int, int] | None
    could_open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowCell:
    """Who sits where. ``minutes``: with the active ticket, since its call. ``since``: the window's last event, ms.

    ``categories``: what it does now, ``planned`` by the plan, ``until`` (ms) when they differ for a time; ``idle``: it
    is open with nobody at it; ``unable``: whoever sits there may serve nothing of it.
    """

    number: str
    state: str
    words: Words
    ticket: str | None
    serving: bool
    minutes: int
    home: str
    why: str
    clerk: str | None
    since: int
    categories: tuple[str, ...]
    planned: tuple[str, ...]
    until: int | None
    lent: bool
    idle: bool
    unable: bool
    leaving: bool


@dataclass(frozen=True, slots=True)
class FloorRow:
    """``percent`` and ``load`` as in ``LoadRow``; ``watch``: the roster that holds now."""

    number: int
    zh: str
    en: str
    waiting: int
    open: int
    percent: int | None
    load: str
    watch: Watch | None
    windows: tuple[WindowCell, ...]


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """``words``: its state or trouble in plain words; ``faulty``: somebody should go there;
    ``urgent``: now, since it does not work.
    """

    id: str
    kind: Words
    place: Words
    floor: int | None
    faulty: bool
    urgent: bool
    words: Words
    since: int


@dataclass(frozen=True, slots=True)
class Overview:
    """``long``: queues whose first has waited over 30 minutes. ``reachable``/``devices``: without fault, all known.

    ``counsel``: long waits with cause and remedy, and what to open next. ``frozen``: why, while the hall is.
    """

    issued: int
    waiting: int
    serving: int
    called: int
    open: int
    windows: int
    queues: tuple[QueueRow, ...]
    long: tuple[QueueRow, ...]
    floors: tuple[FloorRow, ...]
    faults: tuple[DeviceRow, ...]
    urgent: int
    reachable: int
    devices: int
    loads: tuple[LoadRow, ...]
    counsel: Counselled
    frozen: str | None
    closes: int | None


def overview(
    day: QueueDay, profile: HallProfile, presences: Sequence[Presence], now: int, given: Counsel | None = None
) -> Overview:
    """The hall at ``now``; ``given``: its counsel when it was asked for already."""
    advised = counsel(day, now) if given is None else given
    queues = _queues(day, now)
    floors = _floors(day, profile, queues, advised, now)
    devices = device_rows(profile, presences)
    faults = tuple(sorted((device for device in devices if device.faulty), key=lambda device: not device.urgent))
    active = [day.tickets[w.active].state for w in day.windows.values() if w.active is not None]
    return Overview(
        issued=len(day.tickets),
        waiting=sum(len(line) for line in day.lines.values()),
        serving=active.count(SERVING),
        called=active.count(CALLED),
        open=sum(window.state == OPEN for window in day.windows.values()),
        windows=len(day.windows),
        queues=queues,
        long=tuple(sorted((row for row in queues if row.long), key=lambda row: -row.longest)),
        floors=floors,
        faults=faults,
        urgent=sum(device.urgent for device in faults),
        reachable=len(devices) - len(faults),
        devices=len(devices),
        loads=load_rows(day, advised.loads),
        counsel=counselled(day, advised),
        frozen=day.frozen,
        closes=None if day.plan is None else day.plan.closes,
    )


def _queues(day: QueueDay, now: int) -> tuple[QueueRow, ...]:
    rows: list[QueueRow] = []
    for queue in () if day.plan is None else day.plan.queues:
        for floor in day.floors.get(queue.letter, ()):
            name = f"{queue.letter}/{floor}"
            servers = [day.windows[number] for number in day.servers.get(name, ()) if number in day.windows]
            opened = sum(window.state == OPEN for window in servers)
            first = day.lines[name].first()
            longest = 0 if first is None else minutes(day.tickets[first].waiting_since, now)
            rows.append(
                QueueRow(
                    letter=queue.letter,
                    zh=queue.zh,
                    en=queue.en,
                    floor=floor,
                    waiting=len(day.lines[name]),
                    longest=longest,
                    long=longest > LONG_MINUTES,
                    open=opened,
                    servers=len(servers),
                    wait=outlook_of_newcomer(day, name, now).wait,
                    could_open=tuple(window.number for window in servers if window.state != OPEN)[:4],
                )
            )
    return tuple(rows)


def _floors(
    day: QueueDay, profile: HallProfile, queues: Sequence[QueueRow], advised: Counsel, now: int
) -> tuple[FloorRow, ...]:
    rows: list[FloorRow] = []
    for floor in profile.floors:
        windows = [window for window in day.windows.values() if window.floor == floor.number]
        if windows:
            waiting = sum(row.waiting for row in queues if row.floor == floor.number)
            opened = sum(window.state == OPEN for window in windows)
            cells = tuple(_cell(day, window, now) for window in sorted(windows, key=lambda window: window.number))
            held = watch(day, floor.number, now)
            load = floor_percent(advised.loads, floor.number)
            rows.append(FloorRow(floor.number, floor.zh, floor.en, waiting, opened, *load, held, cells))
    return tuple(rows)


def _cell(day: QueueDay, window: Window, now: int) -> WindowCell:
    ticket = None if window.active is None else day.tickets[window.active]
    return WindowCell(
        number=window.number,
        state=window.state,
        words=of(WINDOW, window.state),
        ticket=None if ticket is None else ticket.number,
        serving=ticket is not None and ticket.state == SERVING,
        minutes=0 if ticket is None or ticket.called_at is None else minutes(ticket.called_at, now),
        home=window.home,
        why=window.why,
        clerk=window.clerk,
        since=window.since,
        categories=window.categories,
        planned=window.planned,
        until=window.until,
        lent=window.categories != window.planned,
        idle=window.state == OPEN and ticket is None,
        unable=window.clerk is not None and not able(day, window),
        leaving=window.leaving,
    )


def device_rows(profile: HallProfile, presences: Sequence[Presence]) -> tuple[DeviceRow, ...]:
    """Every registered device and every other that was seen; registered order, then ids."""
    seen = {presence.id: presence for presence in presences}
    places = _Places(profile)
    rows = [_row(device.id, device.kind, *places.of(device), seen.pop(device.id, None)) for device in profile.devices]
    stranger = Words("未登记", "not registered")
    rows += [_row(known.id, known.kind, stranger, None, known) for _, known in sorted(seen.items())]
    return tuple(rows)


_SOON = frozenset({"paper-low", "low"})


def _row(device: str, kind: str, place: Words, floor: int | None, presence: Presence | None) -> DeviceRow:
    if presence is None:
        return DeviceRow(device, of(KIND, kind), place, floor, False, False, of(DEVICE, "unseen"), 0)
    trouble = presence.trouble if presence.trouble is not None else "lost" if presence.state == "lost" else None
    words = of(TROUBLE, trouble) if trouble is not None else of(DEVICE, presence.state)
    urgent = trouble is not None and trouble not in _SOON
    return DeviceRow(device, of(KIND, kind), place, floor, trouble is not None, urgent, words, presence.since)


class _Places:
    """Where devices are, from what they are bound to."""

    def __init__(self, profile: HallProfile) -> None:
        self._floors = {floor.number: Words(floor.zh, floor.en) for floor in profile.floors}
        self._windows = {window.number: window.floor for window in profile.windows}
        self._kiosks = {device.id: device.floor for device in profile.devices if device.kind == "kiosk"}
        self._scopes = {scope.name: Words(scope.zh, scope.en) for scope in scopes(profile)}
        self._zones = {zone.id: zone.floor for zone in profile.zones}

    def of(self, device: Device) -> tuple[Words, int | None]:
        if device.window is not None:
            return Words(f"{device.window} 号窗口", f"window {device.window}"), self._windows.get(device.window)
        if device.kiosk is not None:
            return Words(f"取号机 {device.kiosk}", f"kiosk {device.kiosk}"), self._kiosks.get(device.kiosk)
        if device.floor is not None:
            named = self._floors.get(device.floor)
            return named or Words(f"{device.floor} 层", f"floor {device.floor}"), device.floor
        if device.scope is not None:
            return of(self._scopes, device.scope), self._floor_of_scope(device.scope)
        return Words("大厅", "hall"), None

    def _floor_of_scope(self, scope: str) -> int | None:
        kind, _, name = scope.partition("/")
        if kind == "zone":
            return self._zones.get(name)
        return int(name) if name.isdigit() else None
