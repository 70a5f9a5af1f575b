"""The hall board: which number goes where, now. Numbers and windows only, never a name."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.profile import HallProfile
from hub.domain.hall.registry import Scope, scopes
from hub.domain.queue.state import CALLED, QueueDay, Ticket, Window

ROWS, COLUMNS = 6, 2
PINNED_MS = 15_000


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
    """``calls``: newest first, at most 12. ``waiting``: every queue of the scope, in the plan's order.

    ``frozen``: why nobody is called, while the hall is frozen.
    """

    scope: Scope
    calls: tuple[Call, ...]
    waiting: tuple[Waiting, ...]
    frozen: str | None


def scope_named(profile: HallProfile, name: str) -> Scope | None:
    return next((scope for scope in scopes(profile) if scope.name == name), None)


def board(scope: Scope, day: QueueDay, now: int) -> Board:
    """The scope's board at ``now``. A number leaves it when its visit ends or it is missed, parked or transferred."""
    calls = [
        _call(window, day.tickets[window.active], now)
        for window in day.windows.values()
        if window.active is not None and window.number in scope.windows
    ]
    calls.sort(key=lambda call: (call.at, call.number), reverse=True)
    return Board(scope, tuple(calls[: ROWS * COLUMNS]), waiting(scope, day), day.frozen)


def waiting(scope: Scope, day: QueueDay) -> tuple[Waiting, ...]:
    """People waiting per queue at the windows of the scope; tickets sent to one window count in their category."""
    if day.plan is None:
        return ()
    counts: dict[str, int] = {}
    covered = frozenset(scope.windows)
    for window in day.windows.values():
        if window.number in covered:
            counts.update((letter, 0) for letter in window.categories)
    for name, line in day.lines.items():
        if covered.isdisjoint(day.servers.get(name, ())):
            continue
        if line.window is not None:
            for ticket in line:
                letter = day.tickets[ticket].category
                counts[letter] = counts.get(letter, 0) + 1
        else:
            letter = line.letters[0]
            counts[letter] = counts.get(letter, 0) + len(line)
    return tuple(Waiting(q.letter, q.zh, q.en, counts[q.letter]) for q in day.plan.queues if q.letter in counts)


def _call(window: Window, ticket: Ticket, now: int) -> Call:
    at = ticket.called_at or 0
    if ticket.state == CALLED and ticket.recalls:
        at = max(at, window.since)
    key = f"{ticket.number}.{window.number}.{ticket.called_at}.{ticket.recalls}"
    return Call(ticket.number, window.number, key, at, 0 <= now - at < PINNED_MS)
