"""The hall board: which number goes where, now. Numbers and windows only, never a name."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.profile import HallProfile
from hub.domain.queue.state import CALLED, QueueDay, Ticket, Window

ROWS, COLUMNS = 6, 2
PINNED_MS = 15_000


@dataclass(frozen=True, slots=True)
class Scope:
    """``name``: ``hall``, ``floor/2`` or ``zone/<id>``; ``floor`` and ``zone`` None: all of them."""

    name: str
    zh: str
    en: str
    floor: int | None = None
    zone: str | None = None

    def covers(self, window: Window) -> bool:
        return self.floor in (None, window.floor) and self.zone in (None, window.zone)


@dataclass(frozen=True, slots=True)
class Call:
    """``key`` differs for every call and recall; ``at`` is the latest of them; ``fresh``: less than 15 s ago."""

    number: str
    window: str
    key: str
    at: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    letter: str
    zh: str
    en: str
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """``calls``: newest first, at most 12. ``waiting``: every queue of the scope, in the plan's order."""

    scope: Scope
    calls: tuple[Call, ...]
    waiting: tuple[Waiting, ...]


def scopes(profile: HallProfile) -> tuple[Scope, ...]:
    """Every scope that has windows: the hall, its floors, its zones."""
    floors = {window.floor for window in profile.windows}
    zones = {window.zone for window in profile.windows}
    hall = profile.hall
    return (
        Scope("hall", hall.zh, hall.en),
        *(Scope(f"floor/{f.number}", f.zh, f.en, floor=f.number) for f in profile.floors if f.number in floors),
        *(Scope(f"zone/{z.id}", z.zh, z.en, zone=z.id) for z in profile.zones if z.id in zones),
    )


def scope_named(profile: HallProfile, name: str) -> Scope | None:
    return next((scope for scope in scopes(profile) if scope.name == name), None)


def board(scope: Scope, day: QueueDay, now: int) -> Board:
    """The scope's board at ``now``. A number leaves it when its visit ends or it is missed, parked or transferred."""
    calls = [
        _call(window, day.tickets[window.active], now)
        for window in day.windows.values()
        if window.active is not None and scope.covers(window)
    ]
    calls.sort(key=lambda call: (call.at, call.number), reverse=True)
    return Board(scope, tuple(calls[: ROWS * COLUMNS]), waiting(scope, day))


def waiting(scope: Scope, day: QueueDay) -> tuple[Waiting, ...]:
    """People waiting per queue at the windows of the scope; tickets sent to one window count in their category."""
    if day.plan is None:
        return ()
    counts: dict[str, int] = {}
    for window in day.windows.values():
        if scope.covers(window):
            counts.update((letter, 0) for letter in window.categories)
    for name, line in day.lines.items():
        if not any(scope.covers(day.windows[number]) for number in day.servers.get(name, ())):
            continue
        if name.startswith("@"):
            for ticket in line:
                letter = day.tickets[ticket].category
                counts[letter] = counts.get(letter, 0) + 1
        else:
            letter = name.rpartition("/")[0]
            counts[letter] = counts.get(letter, 0) + len(line)
    return tuple(Waiting(q.letter, q.zh, q.en, counts[q.letter]) for q in day.plan.queues if q.letter in counts)


def _call(window: Window, ticket: Ticket, now: int) -> Call:
    at = ticket.called_at or 0
    if ticket.state == CALLED and ticket.recalls:
        at = max(at, window.since)
    key = f"{ticket.number}.{window.number}.{ticket.called_at}.{ticket.recalls}"
    return Call(ticket.number, window.number, key, at, 0 <= now - at < PINNED_MS)
