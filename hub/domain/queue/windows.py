"""Windows open, pause and close, and clerks come and go."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.queue.commands import CloseWindow, OpenWindow, PauseWindow, SignInClerk, SignOutClerk
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.events import (
    ClerkSignedIn,
    ClerkSignedOut,
    QueueEvent,
    TicketReturned,
    WindowClosed,
    WindowOpened,
    WindowPaused,
)
from hub.domain.queue.finding import check_seen, window_of, window_reply
from hub.domain.queue.layout import line_for, window_line
from hub.domain.queue.state import CLOSED, OPEN, PAUSED, QueueDay, Ticket, Window
from hub.domain.refusals import Refused


def open_window(day: QueueDay, command: OpenWindow) -> QueueDecided:
    """Raises ``Refused``: unknown-window, changed-meanwhile."""
    window = window_of(day, command.window)
    if window.state == OPEN:
        return _as_is(day, window)
    check_seen(window, command.seen)
    return Decided((WindowOpened(window.number, command.at),), window_reply(window, 1, _active(day, window), OPEN))


def pause_window(day: QueueDay, command: PauseWindow) -> QueueDecided:
    """Raises ``Refused``: unknown-window, window-closed, changed-meanwhile."""
    window = window_of(day, command.window)
    if window.state == PAUSED:
        return _as_is(day, window)
    if window.state == CLOSED:
        raise Refused("window-closed", window=window.number)
    check_seen(window, command.seen)
    paused = WindowPaused(window.number, command.why, command.at)
    return Decided((paused,), window_reply(window, 1, _active(day, window), PAUSED))


def close_window(day: QueueDay, command: CloseWindow) -> QueueDecided:
    """Who waits for this very window goes back to the category's line; the clerk is signed out.

    Raises ``Refused``: unknown-window, changed-meanwhile, window-busy.
    """
    window, at = window_of(day, command.window), command.at
    if window.state == CLOSED:
        return _as_is(day, window)
    check_seen(window, command.seen)
    if window.active is not None:
        raise Refused("window-busy", window=window.number, number=day.tickets[window.active].number)
    closing = closing_events(window, command.why, at)
    return Decided((*returned(day, window, at), *closing), window_reply(window, len(closing), None, CLOSED))


def closing_events(window: Window, why: str, at: int) -> tuple[QueueEvent, ...]:
    """The clerk out, then the window closed; each only where there is something to change."""
    events: list[QueueEvent] = []
    if window.clerk is not None:
        events.append(ClerkSignedOut(window.number, window.clerk, at))
    if window.state != CLOSED:
        events.append(WindowClosed(window.number, why, at))
    return tuple(events)


def returned(day: QueueDay, window: Window, at: int) -> tuple[QueueEvent, ...]:
    """Those who wait for this very window, sent back to their category in the order they stand."""
    line = day.lines.get(window_line(window.number), ())
    return tuple(
        TicketReturned(ticket, line_for(day, day.tickets[ticket].category, window.floor), at) for ticket in line
    )


def sign_in_clerk(day: QueueDay, command: SignInClerk) -> QueueDecided:
    """顶岗: whoever is signed in there is signed out, the ticket stays.

    Raises ``Refused``: unknown-window, clerk-elsewhere.
    """
    window, clerk, at = window_of(day, command.window), command.clerk, command.at
    if window.clerk == clerk:
        return _as_is(day, window)
    elsewhere = day.clerks.get(clerk)
    if elsewhere is not None:
        raise Refused("clerk-elsewhere", clerk=clerk, window=elsewhere)
    events: tuple[QueueEvent, ...] = (ClerkSignedIn(window.number, clerk, at),)
    if window.clerk is not None:
        events = (ClerkSignedOut(window.number, window.clerk, at), *events)
    return Decided(events, window_reply(window, len(events), _active(day, window)))


def sign_out_clerk(day: QueueDay, command: SignOutClerk) -> QueueDecided:
    """A clerk who is not at that window is signed out of it already. Raises ``Refused``: unknown-window."""
    window = window_of(day, command.window)
    if window.clerk != command.clerk:
        return _as_is(day, window)
    signed_out = ClerkSignedOut(window.number, command.clerk, command.at)
    return Decided((signed_out,), window_reply(window, 1, _active(day, window)))


def _active(day: QueueDay, window: Window) -> Ticket | None:
    return None if window.active is None else day.tickets[window.active]


def _as_is(day: QueueDay, window: Window) -> QueueDecided:
    return Decided((), window_reply(window, 0, _active(day, window)))
