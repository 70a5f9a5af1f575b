"""What would shorten a wait: acts tried out on an imagined day, kept only when the estimate falls.

A candidate is decided and evolved as the act itself would be, so nothing is proposed that the hub would refuse. Its
worth is the ninetieth percentile of what a newcomer of the line would be told (``hub.domain.queue.wait``), before and
after, this act alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hub.domain.queue.causes import FROZEN, HELD, IDLE, Cause, Wait, lacking, long_waits
from hub.domain.queue.commands import OpenWindow, QueueCommand, ReskillWindow, SignInClerk
from hub.domain.queue.decide import decide
from hub.domain.queue.evolve import evolve
from hub.domain.queue.load import HOUR, Load, loads, share
from hub.domain.queue.state import CLOSED, OPEN, PAUSED, QueueDay, Window
from hub.domain.queue.wait import outlook_of_newcomer
from hub.domain.refusals import Refused

RESUME, OPENING, MOVE, RESKILL, RELEASE = "resume", "open", "move", "reskill", "release"
ACTS = (RESUME, OPENING, MOVE, RESKILL, RELEASE)
"""What a manager does in the hub; not so are ``urge`` (a window to call), ``ask`` (go and see there) and ``steer``."""
URGE, ASK, STEER = "urge", "ask", "steer"

BROKEN = "设备故障"
"""The reason of a pause that no word to the clerk ends."""
SPARE_PERCENT = 80
"""A window is lent only by windows whose next hour's work, without it, stays under this share of their time."""
WORTH_MINUTES = 15
"""A newcomer's p90 from which an act is worth proposing."""
WORTH_GAIN = 3
"""The minutes by which it must fall."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """``before`` and ``after``: minutes, the line's p90 now and with the act; None: no window open for it.

    ``reskill``: the window serves ``categories`` until ``until``, ``added`` of them new. ``move``: ``clerk`` goes there
    from ``source``.
    """

    act: str
    line: str = ""
    window: str = ""
    before: int | None = None
    after: int | None = None
    categories: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    until: int | None = None
    clerk: str | None = None
    source: str = ""

    @property
    def gain(self) -> int | None:
        """Minutes by which the p90 falls; None when there was no telling before."""
        return None if self.before is None or self.after is None else self.before - self.after


@dataclass(frozen=True, slots=True)
class Trouble:
    """Long waits with one cause at windows that share lines, the longest first, and what would mend that one."""

    waits: tuple[Wait, ...]
    cause: Cause
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class Counsel:
    """All of it at one moment. ``openings``: worth doing next, with windows that no trouble's remedy names."""

    loads: tuple[Load, ...]
    troubles: tuple[Trouble, ...]
    openings: tuple[Remedy, ...]


def counsel(day: QueueDay, at: int) -> Counsel:
    """What a manager should know of the day at ``at`` and could do about it."""
    known = loads(day, at)
    pool_of = {line: load.windows for load in known for line in load.lines}
    grouped: dict[tuple[tuple[str, ...], Cause], list[Wait]] = {}
    for wait in long_waits(day, known, at):
        windows = () if wait.cause.code == FROZEN else pool_of.get(wait.line, ())
        grouped.setdefault((windows, wait.cause), []).append(wait)
    troubles = tuple(
        Trouble(tuple(waits), cause, remedy_of(day, waits[0], known, at)) for (_, cause), waits in grouped.items()
    )
    named = {each.remedy.window for each in troubles}
    return Counsel(tuple(known), troubles, tuple(openings(day, known, at, named)))


def remedy_of(day: QueueDay, wait: Wait, known: Sequence[Load], at: int) -> Remedy:
    """What would mend a long wait; always something."""
    if wait.cause.code == FROZEN:
        return Remedy(RELEASE)
    if wait.cause.code == IDLE:
        return Remedy(URGE, wait.line, wait.cause.windows[0])
    found = best_act(day, wait.line, known, at)
    return found if found is not None else _no_act(wait.line, wait.cause)


def _no_act(line: str, cause: Cause) -> Remedy:
    if cause.code == HELD:
        return Remedy(ASK, line, cause.windows[0])
    number = line.removeprefix("@")
    return Remedy(STEER, line) if number == line else Remedy(ASK, line, number)


def openings(day: QueueDay, known: Sequence[Load], at: int, but: Collection[str] = ()) -> list[Remedy]:
    """What to open or re-skill next, one act for each pool worth it, the most useful first.

    A pool's line with the longest outlook stands for it. ``but``: windows that are spoken for.
    """
    found: list[Remedy] = []
    for load in known:
        worst = max(
            (line for line in load.lines if day.lines[line].window is None or day.lines[line].occupied),
            key=lambda line: (_unknown(day, line, at), _p90(day, line, at) or 0, len(day.lines[line])),
            default=None,
        )
        if worst is None or (not _unknown(day, worst, at) and (_p90(day, worst, at) or 0) < WORTH_MINUTES):
            continue
        act = best_act(day, worst, known, at, but)
        if act is None or (act.gain is not None and act.gain < WORTH_GAIN):
            continue
        if act.window not in {each.window for each in found}:
            found.append(act)
    found.sort(key=lambda each: (each.gain is not None, -(each.gain or 0), each.window))
    return found


def best_act(day: QueueDay, line: str, known: Sequence[Load], at: int, but: Collection[str] = ()) -> Remedy | None:
    """The act that lowers this line's estimate most; None when none does. People are not moved nor windows lent
    before everything that may serve the line anyway is open.
    """
    if day.frozen is not None or day.closed:
        return None
    before = _p90(day, line, at)
    best: Remedy | None = None
    for kind in (_openable, _lendable):
        for command, remedy in kind(day, line, known, at, but):
            after = _after(day, command, line, at)
            if after is None or (before is not None and after >= before):
                continue
            if best is None or best.after is None or after < best.after:
                best = replace(remedy, before=before, after=after)
        if best is not None:
            return best
    return None


Candidate = tuple[QueueCommand, Remedy]


def _openable(day: QueueDay, line: str, _known: Sequence[Load], at: int, but: Collection[str]) -> Iterator[Candidate]:
    """The most fitting paused and the most fitting closed window that may serve the line; best with a clerk there."""
    letters = day.lines[line].letters
    servers = [day.windows[number] for number in day.servers.get(line, ()) if number not in but]
    for state, act in ((PAUSED, RESUME), (CLOSED, OPENING)):
        fitting = [window for window in servers if window.state == state and window.why != BROKEN]
        if fitting:
            window = min(fitting, key=lambda each: (each.clerk is None, each.home not in letters, each.number))
            yield OpenWindow("", at, window.number), Remedy(act, line, window.number, clerk=window.clerk)


def _lendable(day: QueueDay, line: str, known: Sequence[Load], at: int, but: Collection[str]) -> Iterator[Candidate]:
    letters = day.lines[line].letters
    if not letters:
        return
    missing = [window for window in lacking(day, line) if window.state == OPEN and window.number not in but]
    for window in missing[:1]:
        for clerk, source in _free_clerks(day, window, letters, but):
            command = SignInClerk("", at, window.number, clerk, move=True)
            yield command, Remedy(MOVE, line, window.number, clerk=clerk, source=source)
            break
    window = _lender(day, line, known, but)
    if window is not None:
        added = tuple(letter for letter in letters if letter not in window.categories)
        categories = (*window.categories, *added)
        command = ReskillWindow("", at, window.number, categories, at + HOUR)
        yield command, Remedy(RESKILL, line, window.number, categories=categories, added=added, until=at + HOUR)


def _free_clerks(
    day: QueueDay, window: Window, letters: tuple[str, ...], but: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Who may serve some of ``letters`` and sits where nobody is served now; those of the same floor first."""
    seats = [day.windows[number] for number in day.clerks.values() if number in day.windows and number not in but]
    for seat in sorted(seats, key=lambda each: (each.floor != window.floor, each.state == OPEN, each.number)):
        skills = None if seat.clerk is None else day.skills.get(seat.clerk)
        if seat.clerk is None or seat.active is not None or seat.number == window.number:
            continue
        if skills is None or not set(skills).isdisjoint(letters):
            yield seat.clerk, seat.number


def _lender(day: QueueDay, line: str, known: Sequence[Load], but: Collection[str]) -> Window | None:
    """An open window elsewhere whose clerk may do some of the line's categories, of a pool that can spare it."""
    letters, floor = day.lines[line].letters, day.lines[line].floor
    best: Window | None = None
    least = (True, 0.0)
    for load in known:
        if line in load.lines or not load.opened:
            continue
        percent = share(load.work_ms, load.time_ms * (load.opened - 1) / load.opened)
        if percent is None or percent >= SPARE_PERCENT:
            continue
        for number in load.windows:
            window = day.windows[number]
            if window.state != OPEN or number in but or window.leaving or window.until is not None:
                continue
            skills = None if window.clerk is None else day.skills.get(window.clerk)
            if skills is not None and set(skills).isdisjoint(letters):
                continue
            standing = (window.floor != floor, float(percent))
            if best is None or standing < least:
                best, least = window, standing
    return best


def imagined(day: QueueDay, command: QueueCommand) -> QueueDay | None:
    """The day after ``command``, of those about windows and clerks; None when it is refused or changes nothing."""
    copy = replace(day, windows={name: replace(each) for name, each in day.windows.items()}, clerks=dict(day.clerks))
    try:
        events = decide(copy, command).events
    except Refused:
        return None
    for event in events:
        evolve(copy, event)
    return copy if events else None


def _after(day: QueueDay, command: QueueCommand, line: str, at: int) -> int | None:
    then = imagined(day, command)
    return None if then is None else _p90(then, line, at)


def _p90(day: QueueDay, line: str, at: int) -> int | None:
    wait = outlook_of_newcomer(day, line, at).wait
    return None if wait is None else wait[1]


def _unknown(day: QueueDay, line: str, at: int) -> bool:
    """Whether people wait there and nobody can say how long."""
    return day.lines[line].occupied and _p90(day, line, at) is None
