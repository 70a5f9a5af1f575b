"""Windows open, pause and close, and clerks come and go."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.queue.commands import (
    CloseWindow,
    OpenWindow,
    PauseWindow,
    ReskillWindow,
    RestoreSkills,
    SignInClerk,
    SignOutClerk,
)
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.events import (
    ClerkSignedIn,
    ClerkSignedOut,
    QueueEvent,
    SkillsRestored,
    TicketReturned,
    WindowClosed,
    WindowOpened,
    WindowPaused,
    WindowReskilled,
)
from hub.domain.queue.finding import check_seen, plan_of, window_of, window_reply
from hub.domain.queue.layout import line_for, window_line
from hub.domain.queue.roster import check_roster
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
    """A paused window takes another reason. Raises ``Refused``: unknown-window, window-closed, changed-meanwhile,
    roster-floor.
    """
    window = window_of(day, command.window)
    if window.state == PAUSED and command.why in ("", window.why):
        return _as_is(day, window)
    if window.state == CLOSED:
        raise Refused("window-closed", window=window.number)
    check_seen(window, command.seen)
    if window.state == OPEN and not command.anyway:
        check_roster(day, window, command.at)
    paused = WindowPaused(window.number, command.why, command.at)
    return Decided((paused,), window_reply(window, 1, _active(day, window), PAUSED))


def close_window(day: QueueDay, command: CloseWindow) -> QueueDecided:
    """Who waits for this very window goes back to the category's line; the clerk is signed out.

    Raises ``Refused``: unknown-window, changed-meanwhile, window-busy, roster-floor.
    """
    window, at = window_of(day, command.window), command.at
    if window.state == CLOSED:
        return _as_is(day, window)
    check_seen(window, command.seen)
    if window.active is not None:
        raise Refused("window-busy", window=window.number, number=day.tickets[window.active].number)
    if window.state == OPEN and not command.anyway:
        check_roster(day, window, at)
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


def reskill_window(day: QueueDay, command: ReskillWindow) -> QueueDecided:
    """潮汐窗口; an hour that outlasts the day is until its end.

    Raises ``Refused``: unknown-window, unknown-category, bad-value, changed-meanwhile.
    """
    window, at = window_of(day, command.window), command.at
    for letter in command.categories:
        if letter not in day.queues:
            raise Refused("unknown-category", category=letter[:40])
    if command.until is not None and command.until <= at:
        raise Refused("bad-value", field="until", problem="已过去 / is over")
    categories = tuple(dict.fromkeys(command.categories)) or window.planned
    until = command.until
    if categories == window.planned or (until is not None and until >= plan_of(day).ends):
        until = None
    if (categories, until) == (window.categories, window.until):
        return _as_is(day, window)
    check_seen(window, command.seen)
    event: QueueEvent = WindowReskilled(window.number, categories, until, at)
    if categories == window.planned:
        event = SkillsRestored(window.number, at)
    return Decided((event,), window_reply(window, 1, _active(day, window)))


def restore_skills(day: QueueDay, command: RestoreSkills) -> QueueDecided:
    """By the clock. Raises ``Refused``: unknown-window."""
    window = window_of(day, command.window)
    if window.until != command.until:
        return _as_is(day, window)
    return Decided((SkillsRestored(window.number, command.at),), window_reply(window, 1, _active(day, window)))


def sign_in_clerk(day: QueueDay, command: SignInClerk) -> QueueDecided:
    """顶岗: whoever is signed in there is signed out, the ticket stays.

    Raises ``Refused``: unknown-window, clerk-elsewhere, clerk-busy-elsewhere.
    """
    window, clerk, at = window_of(day, command.window), command.clerk, command.at
    if window.clerk == clerk:
        return _as_is(day, window)
    events: tuple[QueueEvent, ...] = (ClerkSignedIn(window.number, clerk, at),)
    if window.clerk is not None:
        events = (ClerkSignedOut(window.number, window.clerk, at), *events)
    reply = window_reply(window, len(events), _active(day, window))
    elsewhere = day.clerks.get(clerk)
    if elsewhere is not None:
        left = day.windows[elsewhere]
        if not command.move:
            raise Refused("clerk-elsewhere", clerk=clerk, window=elsewhere)
        if left.active is not None:
            number = day.tickets[left.active].number
            raise Refused("clerk-busy-elsewhere", clerk=clerk, window=elsewhere, number=number)
        events = (ClerkSignedOut(elsewhere, clerk, at), *events)
    return Decided(events, reply)


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
