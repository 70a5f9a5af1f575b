"""The day's figures counted again, one question at a time, straight from its raw events: slow, plain, and no fold.

Nothing of ``hub.views.report`` is used here but ``Times`` values to compare with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.queue import events as e

Events = Sequence[object]


def of(events: Events, *kinds: type) -> list:
    return [event for event in events if isinstance(event, kinds)]


def tickets(events: Events) -> list[str]:
    return [event.ticket for event in of(events, e.TicketIssued, e.HandTicketEntered)]


def about(events: Events, ticket: str) -> list:
    return [event for event in events if getattr(event, "ticket", None) == ticket]


def birth(events: Events, ticket: str):
    return of(about(events, ticket), e.TicketIssued, e.HandTicketEntered)[0]


def was(events: Events, ticket: str, kind: type) -> int:
    return len(of(about(events, ticket), kind))


def served_by_hand(event: object) -> bool:
    return isinstance(event, e.HandTicketEntered) and event.finished_at is not None


def served(events: Events, ticket: str) -> bool:
    return was(events, ticket, e.ServiceFinished) > 0 or served_by_hand(birth(events, ticket))


def joined(events: Events, ticket: str) -> int:
    born = birth(events, ticket)
    return born.taken_at if isinstance(born, e.HandTicketEntered) else born.at


def first_call(events: Events, ticket: str) -> int | None:
    born = birth(events, ticket)
    if served_by_hand(born):
        return born.called_at
    calls = of(about(events, ticket), e.TicketCalled)
    return calls[0].at if calls else None


def wait(events: Events, ticket: str) -> int | None:
    called = first_call(events, ticket)
    return None if called is None else max(0, called - joined(events, ticket))


def waits(events: Events, among: Iterable[str]) -> list[int]:
    return [found for ticket in among if (found := wait(events, ticket)) is not None]


def stood_at(events: Events, ticket: str) -> set[str]:
    own = about(events, ticket)
    windows = {each.window for each in of(own, e.ServiceStarted, e.ServiceFinished, e.LegFinished, e.TicketTransferred)}
    born = birth(events, ticket)
    return {born.window} if served_by_hand(born) else windows


def several(events: Events, ticket: str) -> bool:
    born = birth(events, ticket)
    return isinstance(born, e.TicketIssued) and len({born.category, *born.also}) > 1


def wrong(events: Events, ticket: str) -> bool:
    return any(each.wrong for each in of(about(events, ticket), e.TicketTransferred))


def services(events: Events) -> list[tuple[str, int, int | None, int]]:
    """(category at the window, call, start or None, finish) of every part that a window finished."""
    found: list[tuple[str, int, int | None, int]] = []
    for ticket in tickets(events):
        born = birth(events, ticket)
        category = born.category
        if served_by_hand(born):
            found.append((category, born.called_at, None, born.finished_at))
            continue
        called = started = None
        for event in about(events, ticket):
            if isinstance(event, e.TicketCalled):
                called, started = event.at, None
            elif isinstance(event, e.ServiceStarted):
                started = event.at
            elif isinstance(event, e.TicketTransferred):
                category = event.category
            elif isinstance(event, (e.ServiceFinished, e.LegFinished)):
                assert called is not None
                found.append((category, called, None if started == event.at else started, event.at))
                if isinstance(event, e.LegFinished):
                    category = event.category
    return found


def later_waits(events: Events) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for ticket in tickets(events):
        left: e.LegFinished | None = None
        for event in about(events, ticket):
            if isinstance(event, e.LegFinished):
                left = event
            elif isinstance(event, e.TicketCalled) and left is not None:
                found.append((left.category, event.at - left.at))
                left = None
    return found


def percentile(spells: Sequence[int], percent: int) -> int | None:
    if not spells:
        return None
    ordered = sorted(spell // 60_000 for spell in spells)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def hour(at: int, timezone: str) -> tuple[str, str]:
    """Local date and hour with the offset then, so that a doubled hour is two."""
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(timezone))
    return local.strftime("%Y-%m-%d %H"), local.strftime("%z")


def milliseconds_at_windows(events: Events, window: str, until: int) -> dict[str, int]:
    """Open, paused and with a visitor, by walking the day event by event."""
    found = dict.fromkeys(("open", "paused", "busy", "serving", "busy_open"), 0)
    state, ticket, serving, last = "closed", None, False, 0
    for event in [*events, None]:
        at = until if event is None else getattr(event, "at", last)
        if isinstance(event, (e.HandTicketEntered, e.VisitRated)):
            continue
        spent = max(0, at - last) if last else 0
        if state in ("open", "paused"):
            found[state] += spent
        if ticket is not None:
            found["busy"] += spent
            found["serving"] += spent if serving else 0
            found["busy_open"] += spent if state == "open" else 0
        last = max(last, at)
        if event is None:
            break
        if getattr(event, "window", None) == window:
            if isinstance(event, e.WindowOpened):
                state = "open"
            elif isinstance(event, e.WindowPaused):
                state = "paused"
            elif isinstance(event, e.WindowClosed):
                state = "closed"
            elif isinstance(event, e.TicketCalled):
                ticket, serving = event.ticket, False
            elif isinstance(event, e.ServiceStarted):
                serving = True
        if ticket is not None and getattr(event, "ticket", None) == ticket:
            gone = (e.ServiceFinished, e.LegFinished, e.TicketMissed, e.TicketTransferred, e.TicketParked)
            if isinstance(event, (*gone, e.TicketAbandoned, e.TicketVoided, e.TicketExpired)):
                ticket, serving = None, False
        if isinstance(event, e.DayClosed):
            break
    return found


def milliseconds_of_clerk(events: Events, clerk: str, until: int) -> dict[str, int]:
    """Signed in, by window."""
    found: dict[str, int] = {}
    since: dict[str, int] = {}
    for event in of(events, e.ClerkSignedIn, e.ClerkSignedOut):
        if event.clerk != clerk:
            continue
        if isinstance(event, e.ClerkSignedIn):
            since[event.window] = event.at
            found.setdefault(event.window, 0)
        else:
            found[event.window] += event.at - since.pop(event.window)
    for window, at in since.items():
        found[window] += until - at
    return found
